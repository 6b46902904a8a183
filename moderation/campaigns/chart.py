"""A campaign's chart: the daily rate around the publication, with everything marked that may move it."""

from collections.abc import Container, Iterator, Sequence
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
from moderation.trends.figures import Gap
from moderation.trends.summary import figure
from moderation.trends.words import period_ja

_WIDTH, _HEIGHT = 820, 260
_LABEL_SIZE = 11
_LABEL_GAP = 8
_LINES = 14
"""Lines of labels that fit into the height."""
_MOST_ABOVE = 5
_MOST_TICKS = 12
_EXTREME = 2.0
"""A day is extreme where it is more than so many times the highest ordinary one,"""
_ORDINARY = 20
"""and no more than one day in so many is: a week of trouble is no outlier."""
_HEADROOM = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened on a day; ``heavy``: the article itself and what followed it."""

    day: date
    label: str
    heavy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is drawn.

    Attributes:
        days: The days that count; every other day of the period breaks the line.
        origin: The day that ``days`` counts its numbers from.
        marks: Oldest first.
    """

    days: Days
    origin: date
    period: Period
    marks: tuple[Mark, ...]
    published: date

    @property
    def usual(self) -> float:
        """Hits per expected hit, over all of the days."""
        expected = float(self.days.expected.sum())
        return float(self.days.hits.sum()) / expected if expected else 0.0

    def rows(self) -> list[tuple[date, int, float]]:
        """Each day with its hits, and how many its messages would have brought at the period's usual rates."""
        return [
            (self.origin + timedelta(days=int(number)), int(hits), float(expected) * self.usual)
            for number, hits, expected in zip(
                self.days.number, self.days.hits, self.days.expected, strict=True
            )
        ]


def marks(
    campaign: Campaign,
    others: Sequence[Campaign],
    changes: Sequence[tuple[datetime, str]],
    gaps: Sequence[Gap],
    counted: Container[date],
    period: Period,
) -> tuple[Mark, ...]:
    """What is marked within a period, oldest first: articles, changes of rules and models, outages, holidays.

    Days that lost some messages and are ``counted`` nevertheless are told apart from those that are left out.
    """
    found = [Mark(day=jst_day_of(campaign.published_at), label="公開", heavy=True)]
    for event in campaign.events:
        label = "改訂" if event.kind is EventKind.REVISION else "続報"
        found.append(Mark(day=jst_day_of(event.at), label=label, heavy=True))
    found += [
        Mark(day=jst_day_of(other.published_at), label=f"記事「{other.title[:12]}」") for other in others
    ]
    found += [Mark(day=jst_day_of(at), label=label) for at, label in changes]
    lost = {jst_day_of(gap.started_at) for gap in gaps}
    found += _outages({day for day in lost if day not in counted}, "欠測")
    found += _outages({day for day in lost if day in counted}, "一部欠測")
    found += [Mark(day=day, label=name) for day in period.days() if (name := jpholiday.is_holiday_name(day))]
    inside = {mark for mark in found if period.first <= mark.day <= period.last}
    return tuple(sorted(inside, key=lambda mark: (mark.day, not mark.heavy, mark.label)))


def _outages(days: set[date], name: str) -> Iterator[Mark]:
    """One mark for days that follow each other."""
    for first in sorted(day for day in days if day - timedelta(days=1) not in days):
        length = next(n for n in range(1, len(days) + 1) if first + timedelta(days=n) not in days)
        yield Mark(day=first, label=name if length == 1 else f"{name}（{length}日間）")


def alternative_text(picture: Picture) -> str:
    """What the chart shows, for those who do not see it."""
    period, published = picture.period, picture.published
    names = "、".join(f"{mark.day.month}月{mark.day.day}日 {mark.label}" for mark in picture.marks)
    days = picture.days
    if period.first <= published <= period.last:
        before, after = (days.hits[side].sum() for side in (~_is_after(picture), _is_after(picture)))
        amount = (
            f"公開日は{published.month}月{published.day}日。公開前に{before:,.0f}件、公開後に{after:,.0f}件。"
        )
    else:
        amount = f"この期間に{days.hits.sum():,.0f}件。"
    beyond = "".join(
        f"{day.month}月{day.day}日はふだんの{figure(ratio)}倍。" for day, ratio in _extremes(picture)
    )
    return (
        f"{period_ja(period.first, period.last)}の、該当した書き込みの多さを日ごとに示した折れ線グラフ。"
        f"{amount}{beyond}" + (f"印: {names}。" if names else "")
    )


def png(picture: Picture) -> bytes:
    """The chart as PNG."""
    chart.use_fonts()
    found: bytes = vl_convert.vegalite_to_png(_spec(picture), scale=2.0)
    return found


def svg(picture: Picture) -> str:
    """The chart as SVG."""
    chart.use_fonts()
    return chart_style.stable(vl_convert.vegalite_to_svg(_spec(picture)))


def _is_after(picture: Picture) -> Any:
    return picture.days.number > (picture.published - picture.origin).days


def _ratios(picture: Picture) -> dict[date, float]:
    return {day: hits / usual for day, hits, usual in picture.rows() if usual}


def _top(ratios: Sequence[float]) -> float:
    """Where the scale ends: above the highest day that is not extreme, so that extreme ones do not flatten the rest."""
    ranked = sorted(ratios, reverse=True)
    ordinary = max(ranked[max(1, len(ranked) // _ORDINARY) :], default=0.0)
    shown = [ratio for ratio in ranked if ratio <= _EXTREME * ordinary or not ordinary]
    return max(1.0, _HEADROOM * max(shown, default=0.0))


def _extremes(picture: Picture) -> list[tuple[date, float]]:
    """Days beyond the scale."""
    ratios = _ratios(picture)
    top = _top(tuple(ratios.values()))
    return [(day, ratio) for day, ratio in ratios.items() if ratio > top]


def _spec(picture: Picture) -> dict[str, Any]:
    period = picture.period
    top, extremes = _top(tuple(_ratios(picture).values())), _extremes(picture)
    rows = list(_rows(picture, top))
    told = sorted(
        (*picture.marks, *(Mark(day=day, label=f"{figure(ratio)}倍") for day, ratio in extremes)),
        key=lambda mark: mark.day,
    )
    lines = lines_of(told, period)
    # The labels' lines lie above the highest day.
    height = top / (1 - min(len(set(lines)), _MOST_ABOVE) / _LINES)
    ticks = [row["day"] for row in rows[:: -(-len(rows) // _MOST_TICKS)]]
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%-m/%-d", grid=False, values=ticks))
    y = alt.Y("ratio:Q", title=None, scale=alt.Scale(domain=[0, height], nice=False))
    base = alt.Chart(alt.InlineData(values=rows))
    line = base.mark_line(
        color=chart_style.LINE, strokeWidth=2, invalid="break-paths-show-domains", point=True
    ).encode(x=x, y=y)
    beyond = (
        base.transform_filter("datum.beyond")
        .mark_point(shape="triangle-up", size=90, filled=True, color=chart_style.LINE, opacity=1)
        .encode(x=x, y=y)
    )
    usual = (
        alt.Chart(alt.InlineData(values=[{"one": 1}]))
        .mark_rule(color=chart_style.PALE, strokeDash=[4, 3])
        .encode(y="one:Q")
    )
    placed = [
        {"day": _noon(mark.day), "label": mark.label, "heavy": mark.heavy, "line": at}
        for mark, at in zip(told, lines, strict=True)
    ]
    marked = alt.Chart(alt.InlineData(values=placed))
    rules = marked.mark_rule(color=chart_style.TEXT).encode(
        x="day:T",
        strokeWidth=alt.condition("datum.heavy", alt.value(2.5), alt.value(1)),
        strokeDash=alt.condition("datum.heavy", alt.value([1, 0]), alt.value([2, 3])),
    )
    layers = alt.layer(line, beyond, usual, rules)
    # A white edge keeps a label readable where the rule of another mark crosses it.
    texts = alt.layer(
        _labels(marked, stroke="#ffffff", strokeWidth=4), _labels(marked, color=chart_style.TEXT)
    )
    whole = alt.layer(layers, texts).resolve_scale(y="independent").properties(width=_WIDTH, height=_HEIGHT)
    return chart_style.styled(whole.properties(title=_title(picture, bool(extremes))))


def _title(picture: Picture, beyond: bool) -> Any:
    period, inside = picture.period, picture.period.first <= picture.published <= picture.period.last
    name = "公開の前と後" if inside else "公開の前"
    after_it = inside and picture.published not in _ratios(picture)
    return chart_style.title(
        f"{name}　{period_ja(period.first, period.last)}",
        "縦は、ふだんを1とした多さ：測定モデルで数えた件数を、曜日・時間帯からふだん見込まれる件数で割った値です。",
        f"線の切れ目は、{'公開日と' if after_it else ''}欠測です。"
        + ("▲は目盛りを超えた日で、何倍かを添えています。" if beyond else ""),
    )


def _labels(marked: Any, **style: Any) -> Any:
    return marked.mark_text(align="left", dx=4, fontSize=_LABEL_SIZE, baseline="top", **style).encode(
        x="day:T",
        text="label:N",
        y=alt.Y("line:Q", axis=None, scale=alt.Scale(domain=[_LINES, 0])),
    )


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


def _rows(picture: Picture, top: float) -> Iterator[dict[str, Any]]:
    known = _ratios(picture)
    for day in picture.period.days():
        ratio = known.get(day)
        beyond = ratio is not None and ratio > top
        yield {"day": _noon(day), "ratio": top if beyond else ratio, "beyond": beyond}


def _noon(day: date) -> str:
    return datetime.combine(day, time(12)).isoformat()
