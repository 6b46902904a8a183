"""Japanese words of trend reports, and the definition of each figure."""

from datetime import date

from moderation.review.decision import ACTION_JA, OUTCOME_JA
from moderation.taxonomy import CATEGORY_JA, REASON_JA, Category, InquiryTopic
from moderation.trends.compare import Change, Comparison, Why
from moderation.trends.count import ALL
from moderation.trends.shapes import DayState

ALL_JA = "いずれかのカテゴリ"
CANNOT_TELL = "判断できない"

CHANGE_JA = {Change.UP: "増えた", Change.DOWN: "減った", Change.UNCLEAR: CANNOT_TELL}
WHY_JA = {
    Why.NOTHING_NOW: "この期間にメッセージがありません",
    Why.NOTHING_BEFORE: "前の期間にメッセージがありません",
    Why.VERSIONS_CHANGED: "比べる間に判定のしくみの版が変わりました",
    Why.TOO_FEW_AUTHORS: "該当した人が少なすぎます",
    Why.WITHIN_CHANCE: "偶然の範囲を超えていません",
}
STATE_JA = {
    DayState.COMPLETE: "",
    DayState.PARTIAL: "一部が数えられていません",
    DayState.RUNNING: "集計の途中です",
    DayState.GAP: "欠測（数えられなかったメッセージが多いため）",
    DayState.EMPTY: "メッセージなし",
}
GAP_JA = {"redis_away": "記録先の停止", "stream_full": "記録の渋滞"}

WEEKDAYS_JA = "月火水木金土日"
ACCOUNTS_JA = {
    "new": "作って30日未満のアカウント",
    "old": "作って30日以上のアカウント",
    "unknown": "作成日が分からないアカウント",
}
AGES_JA = {"minor": "未成年", "adult": "成人", "unknown": "年齢が分からない人"}

TOPIC_JA = {
    InquiryTopic.STREAMING: "配信",
    InquiryTopic.GAME: "ゲーム",
    InquiryTopic.BOTH: "配信とゲームの両方",
    InquiryTopic.ACCOUNT: "アカウント",
    InquiryTopic.PAYMENT: "支払い",
    InquiryTopic.OTHER: "その他",
}

# A value that this version does not know is shown as it stands in the database.
_REASONS: dict[str, str] = {reason.value: name for reason, name in REASON_JA.items()}
_OUTCOMES: dict[str, str] = {outcome.value: name for outcome, name in OUTCOME_JA.items()}
_TOPICS: dict[str, str] = {topic.value: name for topic, name in TOPIC_JA.items()}
_ACTIONS: dict[str, str] = {action.value: name for action, name in ACTION_JA.items()}

DEFINITIONS: tuple[tuple[str, str], ...] = (
    ("メッセージ", "期間に数えた書き込みの数。"),
    ("件数", "そのカテゴリの基準に達したメッセージの数。1件が複数のカテゴリに入ることがあります。"),
    ("人数", "そのカテゴリの基準に達したメッセージを、1件以上書いた人の数。"),
    ("1,000件あたり", "期間に数えたメッセージ1,000件のうち、そのカテゴリの基準に達した件数。自動判定による件数で、人が確かめた件数ではありません。"),
    ("視聴者1,000人あたり", "期間に1回以上書き込んだ人（アクティブ視聴者）1,000人あたりの、そのカテゴリの基準に達したメッセージの件数。見ているだけの人は含みません。"),
    ("95%の幅", "真の値がこの間にあると95%の確かさで言える範囲。同じ人の書き込みは互いに似るため、件数ではなく人を単位にして幅を広めに取っています。"),
    ("増えた・減った", "すぐ前の同じ長さの期間と比べ、全カテゴリを同時に調べることを考えに入れても（偽発見率5%）、偶然では説明しにくいもの。それ以外は「判断できない」とします。"),
    ("前の期間", "すぐ前の同じ長さの期間の、1,000件あたりの件数。"),
    ("比", "この期間の1,000件あたりの件数を、前の期間のもので割った値。1なら変わらず、2なら2倍です。"),
    ("前の同じ曜日", "曜日の並びがそろう、すぐ前の期間と比べた増減と比。"),
    ("違反と認めた割合", "そのカテゴリで、人が「違反あり」か「違反なし」と結論を出したもののうち、「違反あり」の割合。"),
    ("測定モデル", "数え方をそろえるために固定した判定モデル。ルールや自動判定を変えても数え方が変わらないため、変更をまたいで増減を調べられます。ルールだけが見つけたものは入りません。"),
    ("先に気づいていた割合", "通報されたメッセージのうち、通報がなくても自動判定が保留・ブロック・審査行きにしていたものの割合。保存期間を過ぎたメッセージは数えません。低いほど、視聴者が困っているのに自動判定が気づけていません。"),
    ("ふだん", "増加のお知らせでは、直近28日間の同じ種類の日（平日か休日）の同じ時間帯から見込まれる件数。言い方では、前の4週間の割合から見込まれる件数（2人以上が使った日だけを数えます）。"),
    ("日", "日本時間の0時から24時まで。"),
    ("欠測", "判定はしたものの数えられなかったメッセージが多い日。0件ではないため、率を出さず、グラフでは線を切っています。"),
)  # fmt: skip
"""Each figure's name, and what it means."""


def category_ja(name: str) -> str:
    """The Japanese name of a category, or of ``all``."""
    return ALL_JA if name == ALL else CATEGORY_JA[Category(name)]


def why_ja(comparison: Comparison) -> str:
    """Why nothing can be said of a category; empty where something can."""
    if comparison.why is None:
        return ""
    width = comparison.ratio.interval
    if comparison.why is Why.WITHIN_CHANCE and width is not None and not width.low <= 1 <= width.high:
        return "全カテゴリを同時に調べると、偶然の範囲を超えていません"
    return WHY_JA[comparison.why]


def reason_ja(name: str) -> str:
    """The Japanese name of a report's reason."""
    return _REASONS.get(name, name)


def topic_ja(name: str) -> str:
    """The Japanese name of what a letter is about."""
    return _TOPICS.get(name, name)


def about_ja(name: str) -> str:
    """The Japanese name of a report's reason or an inquiry's topic."""
    return _REASONS.get(name) or topic_ja(name)


def outcome_ja(name: str) -> str:
    """The Japanese name of a decision's outcome."""
    return _OUTCOMES.get(name, name)


def action_ja(name: str) -> str:
    """The Japanese name of an action."""
    return _ACTIONS.get(name, name)


def day_ja(day: date) -> str:
    """A day as people write it: 8月20日（木）."""
    return f"{day.month}月{day.day}日（{WEEKDAYS_JA[day.weekday()]}）"


def period_ja(first: date, last: date) -> str:
    """A period with its years: 2026年8月14日（金）〜8月20日（木）."""
    if first == last:
        return f"{first.year}年{day_ja(first)}"
    year = "" if first.year == last.year else f"{last.year}年"
    return f"{first.year}年{day_ja(first)}〜{year}{day_ja(last)}"
