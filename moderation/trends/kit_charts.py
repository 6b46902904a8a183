"""The charts of an article kit: each as PNG, SVG, CSV and JSON, with its alternative text; one family, no hues."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert

from moderation.trends import chart
from moderation.trends.shapes import Report
from moderation.trends.summary import figure
from moderation.trends.words import category_ja, period_ja, reason_ja

_LINE, _PALE, _TEXT = "#1f5a94", "#9a9a9a", "#222222"
_WIDTH = 560
_ROW = 26
_MOST_REASONS = 8


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
    made = (_daily(report), _change(report), _reasons(report))
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
    spans = base.mark_rule(color=_LINE, strokeWidth=2).encode(
        x=alt.X("low:Q", scale=scale, title="前の期間に対する比（1より右は増加）"), x2="high:Q", y=y
    )
    points = base.mark_point(size=70, stroke=_LINE, opacity=1).encode(
        x="ratio:Q",
        y=y,
        fill=alt.condition("datum.change != 'unclear'", alt.value(_LINE), alt.value("#ffffff")),
    )
    same = (
        alt.Chart(alt.InlineData(values=[{"one": 1}]))
        .mark_rule(color=_PALE, strokeDash=[4, 3])
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
        .mark_bar(stroke=_LINE)
        .encode(
            x=alt.X("reports:Q", title="件", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("name:N", title=None, sort=None),
            yOffset=alt.YOffset("period:N", sort=["前の期間", "この期間"]),
            fill=alt.Fill(
                "period:N",
                title=None,
                sort=["前の期間", "この期間"],
                scale=alt.Scale(domain=["前の期間", "この期間"], range=["#ffffff", _LINE]),
                legend=alt.Legend(orient="bottom", symbolStrokeColor=_LINE),
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
    whole = (
        spec.properties(
            title=alt.TitleParams(
                f"{title}　{period_ja(report.period.first, report.period.last)}",
                subtitle=subtitle,
                anchor="start",
                frame="group",
                fontSize=15,
                subtitleFontSize=12,
                offset=14,
            )
        )
        .configure(font=chart.FONT, background="#ffffff", padding=16)
        .configure_axis(
            labelColor=_TEXT, titleColor=_TEXT, gridColor="#dddddd", labelFontSize=12, labelLimit=260,
            titleFontWeight="normal",
        )
        .configure_title(color=_TEXT, subtitleColor=_TEXT, fontWeight="normal")
        .configure_view(stroke=None)
        .to_dict()
    )  # fmt: skip
    return KitChart(
        name=name,
        title=title,
        alternative=alternative,
        rows=rows,
        png=vl_convert.vegalite_to_png(whole, scale=2.0),
        svg=vl_convert.vegalite_to_svg(whole),
    )
