"""The charts of an article kit: each as PNG, SVG, CSV and JSON, with its alternative text; one family, no hues."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert

from moderation.trends import chart, chart_style
from moderation.trends import vega as alt
from moderation.trends.count import ALL
from moderation.trends.shapes import FEWEST_AN_HOUR, Report
from moderation.trends.summary import figure
from moderation.trends.words import WEEKDAYS_JA, category_ja, period_ja, reason_ja

_WIDTH = 560
_ROW = 26
_MOST_REASONS = 8
_RATIOS = (0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100)
"""Where the axis of ratios has its lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitChart:
    """One chart; ``rows`` are its data, a mapping a row."""

    name: str
    title: str
    alternative: str
    rows: Sequence[Mapping[str, Any]]
    png: bytes
    svg: str

    def csv(self) -> str:
        """Its data with a header line; an empty cell means that it cannot be told."""
        file = io.StringIO()
        if self.rows:
            writer = csv.DictWriter(file, fieldnames=list(self.rows[0]))
            writer.writeheader()
            writer.writerows(self.rows)
        return file.getvalue()

    def json(self) -> str:
        """The same as JSON."""
        return json.dumps(list(self.rows), ensure_ascii=False, indent=2) + "\n"


def charts(report: Report) -> tuple[KitChart, ...]:
    """Those that have something to show."""
    made = (_daily(report), _change(report), hours(report), _reasons(report))
    return tuple(one for one in made if one is not None)


def _daily(report: Report) -> KitChart:
    return KitChart(
        name="daily",
        title="日ごとの推移",
        alternative=chart.alternative_text(report),
        rows=[
            {
                "day": day.day.isoformat(),
                "category": trend.category,
                "name": category_ja(trend.category),
                "messages": day.messages,
                "hits": day.hits.get(trend.category, 0),
                "per_1000_messages": day.rate(trend.category),
                "state": day.state.value,
            }
            for day in report.days
            for trend in report.categories
            if trend.hits or trend.category == "all"
        ],
        png=chart.png(report),
        svg=chart.svg(report),
    )


def _change(report: Report) -> KitChart | None:
    rows = [
        {
            "category": trend.category,
            "name": category_ja(trend.category),
            "ratio": ratio.value,
            "low": ratio.interval.low,
            "high": ratio.interval.high,
            "change": trend.comparison.change.value,
        }
        for trend in report.categories
        if (ratio := trend.comparison.ratio).value is not None and ratio.interval is not None
    ]
    if not rows:
        return None
    base = alt.Chart(alt.InlineData(values=rows))
    y = alt.Y("name:N", title=None, sort=None)
    scale = alt.Scale(type="log", nice=True)
    spans = base.mark_rule(color=chart_style.LINE, strokeWidth=2).encode(
        x=alt.X(
            "low:Q",
            scale=scale,
            title="前の期間に対する比（1より右は増加）",
            axis=alt.Axis(values=_RATIOS, format="~g"),
        ),
        x2="high:Q",
        y=y,
    )
    points = base.mark_point(size=70, stroke=chart_style.LINE, opacity=1).encode(
        x="ratio:Q",
        y=y,
        fill=alt.condition("datum.change != 'unclear'", alt.value(chart_style.LINE), alt.value("#ffffff")),
    )
    same = (
        alt.Chart(alt.InlineData(values=[{"one": 1}]))
        .mark_rule(color=chart_style.PALE, strokeDash=[4, 3])
        .encode(x="one:Q")
    )
    spec = alt.layer(same, spans, points).properties(width=_WIDTH, height=_ROW * len(rows))
    said = "、".join(f"{row['name']}{figure(float(row['ratio']))}倍" for row in rows)
    return _drawn(
        "change",
        "前の期間とくらべて",
        ["点は比、線は95%の幅です。", "塗った点だけが、増えた・減ったと言えるものです。"],
        f"前の期間に対する比を、カテゴリごとに点と95%の幅で示した図。{said}。",
        rows,
        spec,
        report,
    )


def _reasons(report: Report) -> KitChart | None:
    names = list(report.reports)[:_MOST_REASONS]
    rows = [
        {"reason": name, "name": reason_ja(name), "period": period, "reports": counts.get(name, 0)}
        for name in names
        for period, counts in (("前の期間", report.reports_before), ("この期間", report.reports))
    ]
    if not rows:
        return None
    spec = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(stroke=chart_style.LINE)
        .encode(
            x=alt.X("reports:Q", title="件", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("name:N", title=None, sort=None),
            yOffset=alt.YOffset("period:N", sort=["前の期間", "この期間"]),
            fill=alt.Fill(
                "period:N",
                title=None,
                sort=["前の期間", "この期間"],
                scale=alt.Scale(domain=["前の期間", "この期間"], range=["#ffffff", chart_style.LINE]),
                legend=alt.Legend(orient="bottom", symbolStrokeColor=chart_style.LINE),
            ),
        )
        .properties(width=_WIDTH, height=2 * _ROW * len(names))
    )
    said = "、".join(f"{reason_ja(name)}{report.reports[name]:,}件" for name in names)
    return _drawn(
        "reports",
        "通報の理由",
        ["白い棒は前の期間、塗った棒はこの期間です。"],
        f"通報の理由ごとの件数を前の期間と並べた棒グラフ。この期間は{said}。",
        rows,
        spec,
        report,
    )


def hours_alternative(report: Report) -> str:
    """What the heat map shows, for those who do not see it; empty where there is none.

    Hours of a handful of messages are not told: one message would make the worst hour of a week.
    """
    told = [(one.rates.get(ALL, 0.0), one) for one in report.hours if one.rates is not None and one.enough]
    if not told:
        return ""
    rate, at = max(told, key=lambda pair: pair[0])
    return (
        "曜日と時間ごとの1,000件あたりの件数を濃さで示した図。"
        f"最も多いのは{WEEKDAYS_JA[at.weekday]}曜日の{at.hour}時台で、{figure(rate)}件。"
    )


def hours(report: Report) -> KitChart | None:
    """The heat map of weekday and hour; None where too little was counted."""
    rows = [
        {
            "weekday": WEEKDAYS_JA[one.weekday],
            "hour": one.hour,
            "messages": one.messages,
            "per_1000_messages": None if one.rates is None else one.rates.get(ALL, 0.0),
        }
        for one in report.hours
    ]
    told = [row for row, one in zip(rows, report.hours, strict=True) if one.rates is not None and one.enough]
    if not told:
        return None
    x = alt.X("hour:O", title="時（日本時間）", axis=alt.Axis(labelAngle=0))
    y = alt.Y("weekday:N", title=None, sort=list(WEEKDAYS_JA))
    field = alt.Chart(alt.InlineData(values=rows)).mark_rect(fill=chart_style.GAP).encode(x=x, y=y)
    cells = (
        alt.Chart(alt.InlineData(values=told))
        .mark_rect(stroke="#ffffff")
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "per_1000_messages:Q",
                title="1,000件あたり",
                scale=alt.Scale(range=["#f2f5f9", "#0b2e52"], domainMin=0),
                legend=alt.Legend(orient="bottom", gradientLength=240, tickCount=4),
            ),
        )
    )
    return _drawn(
        "hours",
        "曜日と時間",
        [
            "濃いほど、1,000件あたりの件数が多い時間です。",
            f"灰色は、メッセージが{FEWEST_AN_HOUR}件に満たない時間です。",
        ],
        hours_alternative(report),
        rows,
        alt.layer(field, cells).properties(width=_WIDTH, height=_ROW * 7),
        report,
    )


def _drawn(
    name: str,
    title: str,
    subtitle: list[str],
    alternative: str,
    rows: Sequence[Mapping[str, Any]],
    spec: Any,
    report: Report,
) -> KitChart:
    chart.use_fonts()
    period = period_ja(report.period.first, report.period.last)
    whole = chart_style.styled(spec.properties(title=chart_style.title(f"{title}　{period}", *subtitle)))
    return KitChart(
        name=name,
        title=title,
        alternative=alternative,
        rows=rows,
        png=vl_convert.vegalite_to_png(whole, scale=2.0),
        svg=chart_style.stable(vl_convert.vegalite_to_svg(whole)),
    )
