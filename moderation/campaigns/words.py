"""What an effect and a plan say, in Japanese, made from their figures and never beyond them."""

from collections.abc import Iterator

from moderation.campaigns.effect import LEAST_AFTER, LEAST_BEFORE, LEAST_HITS, Effect, Reason, Verdict
from moderation.campaigns.plan import MOST_WEEKS, NoPlan, Plan
from moderation.campaigns.timeseries import Estimate
from moderation.trends.intervals import Interval
from moderation.trends.summary import figure
from moderation.trends.words import period_ja

VERDICT_JA = {Verdict.LESS: "減った", Verdict.MORE: "増えた", Verdict.UNCLEAR: "判断できない"}
REASON_JA = {
    Reason.NOT_PUBLISHED: "記事はまだ公開されていません",
    Reason.TOO_EARLY: f"公開の翌日から数えて、まだ{LEAST_AFTER}日たっていません",
    Reason.TOO_SHORT_BEFORE: f"公開前に、同じ測定モデルで数えた日が{LEAST_BEFORE}日ありません",
    Reason.NOT_MEASURED: "この期間は測定モデルで数えていません",
    Reason.REPINNED: "測定モデルが途中で替わり、前後を通して数えたモデルがありません",
    Reason.TOO_FEW_HITS: f"該当した件数が前後のどちらかで{LEAST_HITS}件に届かず、少なすぎます",
    Reason.WITHIN_CHANCE: "変化は、偶然に起こる範囲を超えていません",
    Reason.TREND_BEFORE: "公開の前から増減の流れがあり、それを差し引くと変化があったと言えません",
    Reason.CONTROL_DISAGREES: "記事で触れていないものと比べると、同じ向きの変化が見えません",
    Reason.PLACEBO: "記事のない日付で同じように調べても、たびたび「変化」が出ます",
    Reason.BEYOND_CHANCE: "変化は、偶然に起こる範囲を超えています",
    Reason.CONTROL_AGREES: "記事で触れていないものと比べても、同じ向きの変化が見えます",
    Reason.NO_CONTROL: "比べられる対照がないため、同じ時期のほかの原因は除けていません",
    Reason.CONTROL_TREND: "対照とは公開の前から動きが違うため、対照との比較は使っていません",
    Reason.OVERLAP: "同じ時期に、同じ内容のほかの記事があり、どの記事によるものかは分けられません",
    Reason.GAPS: "数えられなかった日を除いています",
}

NO_PLAN_JA = {
    NoPlan.NOT_MEASURED: "測定モデルで数えた日がないため、まだ見積もれません。",
    NoPlan.TOO_SHORT_BEFORE: "測定モデルで数えた日が4週間に満たないため、まだ見積もれません。",
    NoPlan.TOO_FEW_HITS: "直近8週間に該当した件数がないか少なすぎるため、まだ見積もれません。",
}

ESTIMATES_JA = {
    "前後の変化（判定に使う値）": "曜日と時間帯をそろえて、公開の前と後の1,000件あたりの件数を比べた値。判定はこの値で決めます。",
    "傾きも考えに入れた変化": "前からの増減の流れがそのまま続いたと考えたときと比べた値。",
    "公開前の1週間ごとの動き": "公開の前に、1週間で何倍になっていたか。1倍から離れているほど、前からの流れがあります。",
    "触れていないカテゴリと比べて": "同じ日の、どの記事も触れていないカテゴリの変化で割った値。全体に共通する増減が除かれます。",
    "対象でない配信と比べて": "同じ日の、記事の対象でない配信の変化で割った値。",
    "読んでいない人と比べて": "記事を読んだ人の変化を、ほかの人の変化で割った値。",
}
"""The estimates' names on the console, and what each means."""


def sentences(effect: Effect) -> tuple[str, ...]:
    """The verdict first, then its reasons, then the figures."""
    return (
        f"判定：{VERDICT_JA[effect.verdict]}",
        *(f"{REASON_JA[reason]}。" for reason in effect.reasons),
        *_figures(effect),
    )


def _figures(effect: Effect) -> Iterator[str]:
    series = effect.series
    if series.before is not None and series.after is not None:
        yield (
            f"公開前の{period_ja(series.before.first, series.before.last)}と、"
            f"公開後の{period_ja(series.after.first, series.after.last)}を比べました"
            "（公開した日は入れていません）。"
        )
    if series.before_rate is not None and series.after_rate is not None:
        ratio = ""
        if series.ratio is not None and series.ratio.value is not None:
            width = _width(series.ratio.interval).replace("95%の幅", "書き手と配信のばらつきによる95%の幅")
            ratio = f"（{figure(series.ratio.value)}倍{width}）"
        yield (
            f"1,000件あたり、公開前は{figure(1000 * series.before_rate)}件、"
            f"公開後は{figure(1000 * series.after_rate)}件でした{ratio}。"
        )
    for name, estimate in (
        ("曜日と時間帯をそろえた前後の変化（判定に使う値）", effect.level),
        ("公開前後の傾きも考えに入れた変化", effect.with_trend),
        ("記事で触れていないカテゴリと比べた変化", effect.control),
        ("対象でない配信と比べた変化", effect.rooms),
        ("記事を読んだ人の、読んでいない人と比べた変化", effect.readers),
    ):
        if estimate is not None:
            yield f"{name}は{estimate_ja(estimate)}です。"
    if effect.placebo:
        alarms = sum(one.told for _, one in effect.placebo)
        yield f"記事のない{len(effect.placebo)}個の日付で同じ計算をすると、変化ありと出たのは{alarms}個でした。"
    if series.others:
        yield f"同じ時期のほかの記事：{'、'.join(f'「{title}」' for title in series.others)}。"


def estimate_ja(estimate: Estimate) -> str:
    """A factor with its interval: 0.81倍（95%の幅 0.70〜0.93倍）."""
    return f"{figure(estimate.ratio)}倍（{_width(estimate.interval).removeprefix('、')}）"


def _width(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f"、95%の幅 {figure(interval.low)}〜{figure(interval.high)}倍"


def plan_ja(plan: Plan | NoPlan, change: float) -> tuple[str, ...]:
    """この規模の変化なら何週間で分かるか."""
    if isinstance(plan, NoPlan):
        return (NO_PLAN_JA[plan],)
    weeks = plan.weeks_for(change)
    size = f"{abs(change):.0%}の{'減少' if change < 0 else '増加'}"
    first = (
        f"{size}は、公開の前後それぞれ{weeks}週間（約{plan.messages_for(weeks):,}件ずつ）で、5回に4回は分かります。"
        if weeks is not None
        else f"{size}は、前後{MOST_WEEKS}週間ずつ数えても、分かる見込みがありません。"
    )
    return (
        first,
        f"前後4週間ずつで分かるのは、{abs(plan.least_change(4)):.0%}以上減ったときです。",
        (
            f"直近{plan.days}日間の1日あたりの件数（メッセージ {plan.messages_a_day:,.0f}件、"
            f"該当 {figure(plan.hits_a_day)}件）とばらつきから見積もりました。"
        ),
    )
