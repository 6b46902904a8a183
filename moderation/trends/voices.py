"""What viewers' letters and silent reactions say, in Japanese sentences that never go beyond the figures."""

from collections.abc import Iterator

from moderation.taxonomy import InquiryTopic
from moderation.trends.compare import Change
from moderation.trends.quiet import Quiet
from moderation.trends.summary import figure
from moderation.trends.themes import Theme, Themes
from moderation.trends.words import period_ja, topic_ja

_THEMES_NAMED = 3

DEFINITIONS: tuple[tuple[str, str], ...] = (
    ("話題", "文のある通報とお問い合わせを、共通する言葉でまとめたもの。3件以上に共通するものだけを出しています。同じ通報とお問い合わせからは、いつも同じ話題ができます。"),
    ("増えた・減った", "すぐ前の同じ長さの期間と、書いた人の数で比べたもの。全部の話題を同時に調べることを考えに入れても（偽発見率5%）偶然では説明しにくいときだけ言います。"),
    ("配信・ゲーム", "お問い合わせは選ばれた区分、通報は文の言葉から。どちらともいえないものは数えていません。"),
    ("ブロック・ミュートされた書き込み", "該当した書き込みのうち、10分以内に書き手がだれかにブロックかミュートをされたもの。"),
    ("離れる速さ", "該当した書き込みの後3分間に離れた視聴者の、1分あたりの人数を、同じ配信のほかの時間と比べた値。1倍なら同じです。視聴者の出入りの記録が足りないときは「—」です。"),
    ("通報されなかった不満", "上のブロック・ミュートされた書き込みのうち、だれも通報しなかったもの。該当した書き込みの新しい順に2万件までを調べています。"),
    ("引用", "その話題らしい文から順に3つまで。名前、連絡先、リンク、数字などは伏せています。未成年に関わるものは件数に入りますが、引用しません。"),
)  # fmt: skip
"""Each word of the page, and what it means."""


def sentences(themes: Themes, quiet: Quiet) -> tuple[str, ...]:
    """The most important first."""
    return (*_letters(themes), *_moved(themes), *_topics(themes), *_quiet(quiet))


def _letters(themes: Themes) -> Iterator[str]:
    period = period_ja(themes.period.first, themes.period.last)
    empty = f"このほかに、理由だけで文のない通報が{themes.empty:,}件あります。" if themes.empty else ""
    if not themes.letters:
        yield f"{period}に、文のある通報やお問い合わせはありません。{empty}"
        return
    yield (
        f"{period}に、文のある通報とお問い合わせが{themes.letters:,}件（前の期間は{themes.before:,}件）届きました。"
        f"{empty}"
    )
    if themes.themes:
        named = "、".join(f"「{_name(theme)}」{theme.letters:,}件" for theme in themes.themes[:_THEMES_NAMED])
        yield f"多かった話題は、{named}です。"
    else:
        yield "3件以上に共通する話題は見つかりませんでした。"


def _moved(themes: Themes) -> Iterator[str]:
    for theme in themes.themes:
        if theme.change is not Change.UNCLEAR:
            word = "増えました" if theme.change is Change.UP else "減りました"
            yield f"「{_name(theme)}」について書いた人は、{theme.senders_before:,}人から{theme.senders:,}人に{word}。"
    if themes.themes and themes.before and all(one.change is Change.UNCLEAR for one in themes.themes):
        yield "前の期間と比べて、増えた・減ったと言える話題はありません。"


def _topics(themes: Themes) -> Iterator[str]:
    named = [
        f"{topic_ja(topic)} {themes.topics[topic]:,}件"
        for topic in (InquiryTopic.STREAMING.value, InquiryTopic.GAME.value, InquiryTopic.BOTH.value)
        if themes.topics.get(topic)
    ]
    if named:
        yield f"内容で分けると、{'、'.join(named)}です。"


def _quiet(quiet: Quiet) -> Iterator[str]:
    if not quiet.hits:
        return
    if quiet.answered:
        yield (
            f"該当した書き込み{quiet.hits:,}件のうち{quiet.answered:,}件では、10分以内に書き手がだれかにブロック・"
            f"ミュートされました。うち{quiet.unreported:,}件は、通報がありませんでした。"
        )
    ratio, interval = quiet.leave_ratio, quiet.leave_interval
    if ratio is None or interval is None:
        return
    width = f"{figure(ratio)}倍（95%の幅 {figure(interval.low)}〜{figure(interval.high)}倍）"
    if interval.low > 1:
        yield f"該当した書き込みの後の3分間は、同じ配信のほかの時間の{width}の速さで視聴者が離れていました。"
    else:
        yield f"該当した書き込みの後に視聴者が離れやすいかは、判断できません（{width}）。"


def _name(theme: Theme) -> str:
    return "・".join(theme.names[:2])
