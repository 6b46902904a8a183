"""The chart of a report: daily rates, one small panel a category, the same style everywhere."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_jp_regular
import vl_convert

from moderation.trends import chart_style
from moderation.trends import vega as alt
from moderation.trends.count import ALL
from moderation.trends.shapes import DayState, Report
from moderation.trends.words import category_ja, period_ja

_MOST_PANELS = 9
_MOST_TICKS = 7
_AXIS_WIDTH = 34
_COLUMNS = 3
_PANEL_WIDTH = 250
_PANEL_HEIGHT = 110
_ROW_GAP, _COLUMN_GAP = 64, 52
"""Room for a panel's own axes and name: panels are set by their plots, so that all of a row stand level."""
_SCALE = 2.0


def png(report: Report) -> bytes:
    """The chart as PNG, at twice the size for sharp screens and print."""
    use_fonts()
    found: bytes = vl_convert.vegalite_to_png(_spec(report), scale=_SCALE)
    return found


def svg(report: Report) -> str:
    """The chart as SVG."""
    use_fonts()
    return chart_style.stable(vl_convert.vegalite_to_svg(_spec(report)))


def alternative_text(report: Report) -> str:
    """What the picture shows, for those who do not see it; the table beside it has the figures."""
    names = "、".join(category_ja(name) for name in _shown(report))
    missing = sum(day.state is DayState.GAP for day in report.days)
    gaps = f"欠測の{missing}日は線が切れています。" if missing else ""
    return (
        f"{period_ja(report.period.first, report.period.last)}の、メッセージ1,000件あたりの件数の日ごとの"
        f"折れ線グラフ。カテゴリ別に1枚: {names}。{gaps}"
    )


@cache
def use_fonts() -> None:
    """Japanese glyphs come from a package, so that they are there on a machine without fonts."""
    vl_convert.register_font_directory(str(Path(noto_cjk_sans_jp_regular.__file__).parent))


def _shown(report: Report) -> list[str]:
    """``all`` first, then the categories with most hits."""
    trends = sorted(report.categories, key=lambda trend: (trend.category != ALL, -trend.hits))
    return [trend.category for trend in trends if trend.hits or trend.category == ALL][:_MOST_PANELS]


def _rows(report: Report, name: str) -> Iterator[dict[str, Any]]:
    half = timedelta(hours=12)
    for day in report.days:
        noon = datetime.combine(day.day, time(12))
        yield {
            "day": noon.isoformat(),
            "starts": (noon - half).isoformat(),
            "ends": (noon + half).isoformat(),
            "rate": day.rate(name),
            "whole": day.state is DayState.COMPLETE,
            "gap": day.state is DayState.GAP,
        }


def _panel(report: Report, name: str) -> Any:
    """Daily rates of one category: a line that breaks at gaps, a grey field over each gap."""
    rows = list(_rows(report, name))
    base = alt.Chart(alt.InlineData(values=rows))
    x = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(domain=[rows[0]["starts"], rows[-1]["ends"]]),
        axis=alt.Axis(format="%-m/%-d", labelOverlap=True, grid=False, values=_ticks(rows)),
    )
    highest = max((row["rate"] or 0.0 for row in rows), default=0.0)
    y = alt.Y(
        "rate:Q",
        title=None,
        scale=alt.Scale(domain=[0, highest or 1.0], nice=True),
        axis=alt.Axis(tickCount=4, minExtent=_AXIS_WIDTH),
    )
    gaps = (
        base.transform_filter("datum.gap")
        .mark_rect(color=chart_style.GAP)
        .encode(x=alt.X("starts:T"), x2="ends:T")
    )
    line = base.mark_line(color=chart_style.LINE, strokeWidth=2, invalid="break-paths-show-domains").encode(
        x=x, y=y
    )
    points = base.mark_point(
        size=34, strokeWidth=1.5, stroke=chart_style.LINE, opacity=1, invalid="filter"
    ).encode(x=x, y=y, fill=alt.condition("datum.whole", alt.value(chart_style.LINE), alt.value("#ffffff")))
    return alt.layer(gaps, line, points).properties(
        width=_PANEL_WIDTH,
        height=_PANEL_HEIGHT,
        title=alt.TitleParams(category_ja(name), anchor="start", frame="group", fontSize=13, offset=8),
    )


def _ticks(rows: list[dict[str, Any]]) -> list[str]:
    """The middles of some days, at most ``_MOST_TICKS``, the first one always."""
    step = -(-len(rows) // _MOST_TICKS)
    return [row["day"] for row in rows[::step]]


def _spec(report: Report) -> dict[str, Any]:
    panels = alt.concat(
        *(_panel(report, name) for name in _shown(report)),
        columns=_COLUMNS,
        bounds="flush",
        spacing={"row": _ROW_GAP, "column": _COLUMN_GAP},
    )
    period = period_ja(report.period.first, report.period.last)
    return chart_style.styled(
        panels.properties(
            title=chart_style.title(
                f"メッセージ1,000件あたりの件数（日ごと）　{period}",
                "縦の目盛りはカテゴリ別に違います。",
                "白い点は集計が一部の日、灰色と線の切れ目は欠測です。",
            )
        )
    )
