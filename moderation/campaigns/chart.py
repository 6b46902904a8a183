"""A campaign's chart: the daily rate around the publication, with everything marked that may move it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import jpholiday
import vl_convert

from moderation.campaigns.campaign import Campaign, EventKind
from moderation.campaigns.variance import Days
from moderation.trends import chart, chart_style
from moderation.trends import vega as alt
from moderation.trends.days import Period, jst_day_of
from moderation.trends.words import period_ja

_WIDTH, _HEIGHT = 820, 260
_LABEL_SIZE = 11
_LABEL_GAP = 8
_LINES = 14
"""Lines of labels that fit into the height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened on a day; ``heavy``: the article itself and what followed it."""

    day: date
    label: str
    heavy: bool = False


def marks(
    campaign: Campaign,
    others: Sequence[Campaign],
    changes: Sequence[tuple[datetime, str]],
    period: Period,
) -> list[Mark]:
    """What is marked within a period, oldest first: articles, changes of rules and models, holidays."""
    found = [Mark(day=jst_day_of(campaign.published_at), label="公開", heavy=True)]
    for event in campaign.events:
        label = "改訂" if event.kind is EventKind.REVISION else "続報"
        found.append(Mark(day=jst_day_of(event.at), label=label, heavy=True))
    found += [
        Mark(day=jst_day_of(other.published_at), label=f"記事「{other.title[:12]}」") for other in others
    ]
    found += [Mark(day=jst_day_of(at), label=label) for at, label in changes]
    found += [Mark(day=day, label=name) for day in period.days() if (name := jpholiday.is_holiday_name(day))]
    inside = [mark for mark in found if period.first <= mark.day <= period.last]
    return sorted(inside, key=lambda mark: (mark.day, not mark.heavy, mark.label))


def alternative_text(days: Days, campaign: Campaign, told: Sequence[Mark], period: Period) -> str:
    """What the chart shows, for those who do not see it."""
    published = jst_day_of(campaign.published_at)
    before, after = (days.hits[side].sum() for side in (~days.after, days.after))
    names = "、".join(f"{mark.day.month}月{mark.day.day}日 {mark.label}" for mark in told)
    return (
        f"{period_ja(period.first, period.last)}の、該当した書き込みの多さを日ごとに示した折れ線グラフ。"
        f"公開日は{published.month}月{published.day}日。公開前に{before:,.0f}件、公開後に{after:,.0f}件。"
        f"印: {names}。"
    )


def png(days: Days, told: Sequence[Mark], period: Period, published: date) -> bytes:
    """The chart as PNG."""
    chart.use_fonts()
    found: bytes = vl_convert.vegalite_to_png(_spec(days, told, period, published), scale=2.0)
    return found


def svg(days: Days, told: Sequence[Mark], period: Period, published: date) -> str:
    """The chart as SVG."""
    chart.use_fonts()
    return chart_style.stable(vl_convert.vegalite_to_svg(_spec(days, told, period, published)))


def table(days: Days, published: date) -> list[tuple[date, int, float]]:
    """Each day with its hits, and how many its messages would have brought at the period's usual rates."""
    factor = float(days.hits.sum() / days.expected.sum()) if days.expected.sum() else 0.0
    return [
        (published + timedelta(days=int(number)), int(hits), float(expected) * factor)
        for number, hits, expected in zip(days.number, days.hits, days.expected, strict=True)
    ]


def _spec(days: Days, told: Sequence[Mark], period: Period, published: date) -> dict[str, Any]:
    rows = list(_rows(days, period, published))
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%-m/%-d", grid=False, labelOverlap=True))
    base = alt.Chart(alt.InlineData(values=rows))
    line = base.mark_line(
        color=chart_style.LINE, strokeWidth=2, invalid="break-paths-show-domains", point=True
    ).encode(x=x, y=alt.Y("ratio:Q", title="ふだんを1とした多さ", scale=alt.Scale(domainMin=0)))
    usual = (
        alt.Chart(alt.InlineData(values=[{"one": 1}]))
        .mark_rule(color=chart_style.PALE, strokeDash=[4, 3])
        .encode(y="one:Q")
    )
    placed = [
        {"day": _noon(mark.day), "label": mark.label, "heavy": mark.heavy, "line": line}
        for mark, line in zip(told, lines_of(told, period), strict=True)
    ]
    marked = alt.Chart(alt.InlineData(values=placed))
    rules = marked.mark_rule(color=chart_style.TEXT).encode(
        x="day:T",
        strokeWidth=alt.condition("datum.heavy", alt.value(2.5), alt.value(1)),
        strokeDash=alt.condition("datum.heavy", alt.value([1, 0]), alt.value([2, 3])),
    )
    texts = marked.mark_text(
        align="left", dx=4, fontSize=_LABEL_SIZE, color=chart_style.TEXT, baseline="top"
    ).encode(
        x="day:T",
        text="label:N",
        y=alt.Y("line:Q", axis=None, scale=alt.Scale(domain=[_LINES, 0])),
    )
    layers = alt.layer(line, usual, rules)
    whole = alt.layer(layers, texts).resolve_scale(y="independent").properties(width=_WIDTH, height=_HEIGHT)
    subtitle = [
        "測定モデルで数えた件数を、曜日・時間帯からふだん見込まれる件数で割っています。",
        "線の切れ目は、公開日と欠測です。",
    ]
    title = f"公開の前と後　{period_ja(period.first, period.last)}"
    return chart_style.styled(whole.properties(title=chart_style.title(title, *subtitle)))


def lines_of(told: Sequence[Mark], period: Period) -> list[int]:
    """The line of each mark's label, counted from the top: the first one where no other label is in its way."""
    a_day = _WIDTH / period.length
    ends: list[float] = []
    found = []
    for mark in told:
        start = (mark.day - period.first).days * a_day
        free = next((line for line, end in enumerate(ends) if end <= start), len(ends))
        if free == len(ends) and free < _LINES:
            ends.append(0.0)
        line = min(free, _LINES - 1)
        ends[line] = start + _LABEL_SIZE * len(mark.label) + _LABEL_GAP
        found.append(line)
    return found


def _rows(days: Days, period: Period, published: date) -> Iterator[dict[str, Any]]:
    known = {day: (hits, usual) for day, hits, usual in table(days, published)}
    for day in period.days():
        hits, usual = known.get(day, (0, 0.0))
        yield {"day": _noon(day), "ratio": hits / usual if usual else None}


def _noon(day: date) -> str:
    return datetime.combine(day, time(12)).isoformat()
