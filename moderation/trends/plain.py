"""A report as plain text for a terminal or a mail."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from moderation.trends.intervals import Interval
from moderation.trends.shapes import CategoryTrend, Rate, Report
from moderation.trends.summary import figure, summary
from moderation.trends.words import (
    CANNOT_TELL,
    CHANGE_JA,
    DEFINITIONS,
    STATE_JA,
    action_ja,
    category_ja,
    day_ja,
    outcome_ja,
    period_ja,
    reason_ja,
    why_ja,
)


def to_text(report: Report) -> str:
    """Summary, categories, days, rooms, what people did, versions and definitions, in Japanese."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    period, before = report.period, report.period.before
    yield f"傾向レポート {report.service} {period_ja(period.first, period.last)}"
    yield f"比較: {period_ja(before.first, before.last)}"
    yield ""
    yield from (f"・{sentence}" for sentence in summary(report))
    yield ""
    yield from _table(
        (
            "カテゴリ",
            "件数",
            "人数",
            "1,000件あたり（95%の幅）",
            "視聴者1,000人あたり",
            "前の期間",
            "比（95%の幅）",
            "増減",
        ),
        [_category(trend) for trend in report.categories],
    )
    yield ""
    yield from _table(
        ("日", "メッセージ", "該当", "1,000件あたり", ""),
        [
            (
                day_ja(day.day),
                f"{day.messages:,}",
                f"{day.hits.get('all', 0):,}",
                _or_dash(day.rate("all")),
                STATE_JA[day.state],
            )
            for day in report.days
        ],
    )
    rooms = [row for row in report.by_room if row.category == "all"]
    if rooms:
        yield ""
        yield from _table(
            ("配信の種類", "部屋", "メッセージ", "該当", "1,000件あたり（95%の幅）"),
            [
                (row.room_category, f"{row.rooms:,}", f"{row.messages:,}", f"{row.hits:,}", _rate(row.rate))
                for row in rooms
            ],
        )
    yield from _counts("通報の理由", {reason_ja(name): n for name, n in report.reports.items()})
    yield from _counts("人による判断", {outcome_ja(name): n for name, n in report.decisions.items()})
    yield from _counts("措置", {action_ja(name): n for name, n in report.actions.items()})
    yield ""
    for one in report.versions:
        yield f"版: モデル {one.model}、辞書 {one.lexicon}、正規化 {one.fold}、ルール {one.ruleset}"
    yield from (f"{name}: {meaning}" for name, meaning in DEFINITIONS)


def _category(trend: CategoryTrend) -> tuple[str, ...]:
    comparison = trend.comparison
    ratio = comparison.ratio
    change = CHANGE_JA[comparison.change]
    return (
        category_ja(trend.category),
        f"{trend.hits:,}",
        f"{trend.hit_authors:,}",
        _rate(trend.per_messages),
        _or_dash(trend.per_viewers.value if trend.per_viewers else None),
        _or_dash(trend.before),
        "-" if ratio.value is None else figure(ratio.value) + _width(ratio.interval),
        f"{change}（{why_ja(comparison)}）" if comparison.why else change,
    )


def _rate(rate: Rate | None) -> str:
    return "-" if rate is None else figure(rate.value) + _width(rate.interval)


def _width(interval: Interval | None) -> str:
    return (
        f"（幅は{CANNOT_TELL}）"
        if interval is None
        else f" ({figure(interval.low)}〜{figure(interval.high)})"
    )


def _or_dash(value: float | None) -> str:
    return "-" if value is None else figure(value)


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield ""
        yield f"{title}: " + "、".join(f"{name} {count:,}件" for name, count in counts.items())


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns side by side; Japanese characters take two places."""
    widths = [max(_places(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, *rows):
        cells = [cell + " " * (width - _places(cell)) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def _places(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
