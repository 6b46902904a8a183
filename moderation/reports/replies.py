"""Reply templates: what support answers most often, in Japanese, by topic. A person sends them, and may change them."""

from dataclasses import dataclass

from moderation.taxonomy import InquiryTopic


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTemplate:
    """One template; ``topics`` empty means every topic."""

    name: str
    text: str
    topics: frozenset[InquiryTopic] = frozenset()


_GREETING = "お問い合わせありがとうございます。\n\n"
_CLOSING = "\n\nご不明な点がありましたら、このままご返信ください。"
_TALK = frozenset({InquiryTopic.STREAMING, InquiryTopic.GAME, InquiryTopic.BOTH})

TEMPLATES: tuple[ReplyTemplate, ...] = (
    ReplyTemplate(
        name="確認しています",
        text=f"{_GREETING}内容を確認しています。結果が分かりしだい、あらためてご連絡します。{_CLOSING}",
    ),
    ReplyTemplate(
        name="対応しました",
        text=f"{_GREETING}お知らせいただいた件を確認し、利用規約に基づいて対応しました。相手の方の情報や対応の細かな内容は、お伝えできないことをご了承ください。{_CLOSING}",
        topics=_TALK,
    ),
    ReplyTemplate(
        name="違反とまではいえない",
        text=f"{_GREETING}前後のやり取りも含めて確認しましたが、利用規約に反するとまでは判断できませんでした。不快に感じる相手は、ブロックやミュートで表示しないようにできます。{_CLOSING}",
        topics=_TALK,
    ),
    ReplyTemplate(
        name="通報のしかた",
        text=f"{_GREETING}気になる発言は、その発言のメニューから「通報」を選んでお知らせください。発言の場所が分かるため、より早く確認できます。{_CLOSING}",
        topics=_TALK,
    ),
    ReplyTemplate(
        name="くわしく教えてください",
        text=f"{_GREETING}確認のため、いつ・どの配信で・どのような発言があったかをお知らせください。画面の写しがあれば添えてください。{_CLOSING}",
    ),
    ReplyTemplate(
        name="権利侵害の申出",
        text=f"{_GREETING}名誉やプライバシー、著作権などの侵害については、専用の「削除申出」の窓口で受け付けています。受付から七日以内に結果をお知らせします。{_CLOSING}",
        topics=_TALK | {InquiryTopic.OTHER},
    ),
    ReplyTemplate(
        name="アカウントの安全",
        text=f"{_GREETING}パスワードを変え、心当たりのない端末からログアウトしてください。ほかのサービスと同じパスワードは使わないでください。{_CLOSING}",
        topics=frozenset({InquiryTopic.ACCOUNT}),
    ),
    ReplyTemplate(
        name="お支払いの担当へ",
        text=f"{_GREETING}お支払いについては担当の窓口で確認します。購入の日時と、購入の際に届いた番号をお知らせください。{_CLOSING}",
        topics=frozenset({InquiryTopic.PAYMENT}),
    ),
    ReplyTemplate(
        name="つらい気持ちのとき",
        text=f"{_GREETING}お話しくださりありがとうございます。つらい気持ちを一人で抱えないでください。身近な人や、地域の相談窓口に話すことができます。今すぐ危険があるときは、迷わず110番か119番に連絡してください。",
    ),
)
"""In the order they are offered."""


def templates_for(topic: InquiryTopic) -> list[ReplyTemplate]:
    """Those that fit a topic."""
    return [one for one in TEMPLATES if not one.topics or topic in one.topics]
