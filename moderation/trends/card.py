"""The card: one picture that says the article at a glance, sized for a link preview (1,200 × 630)."""

from collections.abc import Sequence
from html import escape

import vl_convert

from moderation.taxonomy import Category
from moderation.trends import chart, chart_style
from moderation.trends.advice import ADVICE
from moderation.trends.kit_text import headline
from moderation.trends.shapes import Report
from moderation.trends.summary import figure
from moderation.trends.words import period_ja

_WIDTH, _HEIGHT = 1200, 630
_INK, _PALE, _GROUND, _ACCENT = "#1b2733", "#5b6770", "#ffffff", "#1f5a94"
_TITLE_SIZE, _TITLE_PLACES = 54, 20
_POINT_SIZE, _POINT_PLACES = 32, 32
_NO_LINE_START = "、。，．）」』】〕？！ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
"""What may not begin a line of Japanese (kinsoku)."""


def card_svg(report: Report, about: Sequence[Category]) -> str:
    """The card as SVG."""
    y = 112.0
    size = f'width="{_WIDTH}" height="{_HEIGHT}"'
    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="{chart_style.FONT}">',
        f'<rect {size} fill="{_GROUND}"/>',
        f'<rect width="18" height="{_HEIGHT}" fill="{_ACCENT}"/>',
    ]
    for line in lines_of(headline(report, about), _TITLE_PLACES):
        parts.append(_text(line, 72, y, _TITLE_SIZE, _INK, bold=True))
        y += _TITLE_SIZE * 1.35
    if about:
        y += 6
        parts.append(_text(_amount(report, about[0]), 72, y, 26, _PALE))
        y += 58
        for number, point in enumerate(ADVICE[about[0]].easy_points, start=1):
            parts.append(_text(str(number), 72, y, 34, _ACCENT, bold=True))
            for line in lines_of(point, _POINT_PLACES):
                parts.append(_text(line, 116, y, _POINT_SIZE, _INK))
                y += _POINT_SIZE * 1.4
            y += 16
    period = period_ja(report.period.first, report.period.last)
    parts.append(_text(f"集計期間 {period}", 72, _HEIGHT - 40, 22, _PALE))
    return "".join([*parts, "</svg>"])


def card_png(report: Report, about: Sequence[Category]) -> bytes:
    """The card as PNG."""
    chart.use_fonts()
    found: bytes = vl_convert.svg_to_png(card_svg(report, about), scale=1.0)
    return found


def _amount(report: Report, category: Category) -> str:
    rate = report.category(category.value).per_messages
    if rate is None:
        return "この期間に数えたメッセージはありません"
    return f"メッセージ1,000件あたり{figure(rate.value)}件（自動判定）"


def lines_of(text: str, places: int) -> list[str]:
    """A Japanese text in lines of at most so many characters; punctuation never begins one.

    A line ends after a comma or full stop, where there is one beyond its first third.

    >>> lines_of("あいうえお。かき", 5), lines_of("あいう、えおかき", 6)
    (['あいうえお。', 'かき'], ['あいう、', 'えおかき'])
    """
    lines: list[str] = []
    rest = text
    while len(rest) > places:
        cut = places
        while cut < len(rest) and rest[cut] in _NO_LINE_START:
            cut += 1
        pause = max(rest.rfind(mark, places // 3, cut) for mark in "、。")
        if pause >= 0:
            cut = pause + 1
        lines.append(rest[:cut])
        rest = rest[cut:]
    return [*lines, rest] if rest else lines


def _text(text: str, x: float, y: float, size: float, fill: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x}" y="{y:.0f}" font-size="{size}" fill="{fill}"{weight}>{escape(text)}</text>'
