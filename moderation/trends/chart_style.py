"""One family: what every chart of ours has in common. Dark blue and greys, so that nothing is said by hue."""

import re
from typing import Any

from moderation.trends import vega as alt

FONT = "Noto Sans CJK JP"
LINE, PALE, TEXT, GAP = "#1f5a94", "#9a9a9a", "#222222", "#e3e3e3"


def title(text: str, *below: str) -> Any:
    """A chart's title, with lines below it."""
    return alt.TitleParams(
        text,
        subtitle=list(below),
        anchor="start",
        frame="group",
        fontSize=15,
        subtitleFontSize=12,
        offset=14,
    )


def styled(chart: Any) -> dict[str, Any]:
    """A chart in our style, as Vega-Lite."""
    spec: dict[str, Any] = (
        chart.configure(font=FONT, background="#ffffff", padding=16)
        .configure_axis(
            labelColor=TEXT,
            titleColor=TEXT,
            gridColor="#dddddd",
            labelFontSize=12,
            labelLimit=260,
            titleFontWeight="normal",
        )
        .configure_title(color=TEXT, subtitleColor=TEXT, fontWeight="normal")
        .configure_view(stroke=None)
        .to_dict()
    )
    return spec


_COUNTED_ID = re.compile(r"\b(clip|gradient_)(\d+)\b")


def stable(svg: str) -> str:
    """An SVG whose ids begin at 0: the renderer counts them on from chart to chart."""
    seen: dict[str, str] = {}
    return _COUNTED_ID.sub(lambda found: seen.setdefault(found[0], f"{found[1]}{len(seen)}"), svg)
