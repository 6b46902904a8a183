"""A report as JSON and CSV."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from moderation.trends.compare import Comparison
from moderation.trends.intervals import Interval
from moderation.trends.shapes import CategoryTrend, PartTrend, Rate, Report
from moderation.trends.summary import summary
from moderation.trends.words import DEFINITIONS, category_ja

_DIGITS = 6


class Table(StrEnum):
    """What a CSV file may hold."""

    DAYS = "days"
    CATEGORIES = "categories"
    ROOMS = "rooms"


def to_dict(report: Report) -> dict[str, Any]:
    """The report as JSON values; rates are per 1,000, None means that it cannot be told."""
    period, before = report.period, report.period.before
    return {
        "service": report.service,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "tz": "Asia/Tokyo",
        "compared_with": {"from": before.first.isoformat(), "to": before.last.isoformat()},
        "compared_with_weekdays": {
            "from": report.weekdays.first.isoformat(),
            "to": report.weekdays.last.isoformat(),
        },
        "source": report.source,
        "messages": {"now": report.messages, "before": report.messages_before},
        "active_viewers": {
            "now": report.viewers,
            "before": report.viewers_before,
            "relative_error": _rounded(report.viewers_error),
        },
        "rooms": report.rooms,
        "hours_streamed": _rounded(report.hours_streamed),
        "categories": [_category(trend) for trend in report.categories],
        "days": [
            {
                "day": day.day.isoformat(),
                "state": day.state.value,
                "messages": day.messages,
                "not_counted": day.lost,
                "hits": {trend.category: day.hits.get(trend.category, 0) for trend in report.categories},
                "per_1000_messages": {
                    trend.category: _rounded(day.rate(trend.category)) for trend in report.categories
                },
            }
            for day in report.days
        ],
        "by_room_category": [
            {
                "room_category": row.room_category,
                "category": row.category,
                "rooms": row.rooms,
                "messages": row.messages,
                "hits": row.hits,
                "per_1000_messages": _rate(row.rate),
            }
            for row in report.by_room
        ],
        "by_account": [_part(row) for row in report.by_account],
        "by_age_band": [_part(row) for row in report.by_age],
        "hours_of_week": [
            {
                "weekday": one.weekday,
                "hour": one.hour,
                "messages": one.messages,
                "per_1000_messages": None
                if one.rates is None
                else {name: _rounded(rate) for name, rate in one.rates.items()},
            }
            for one in report.hours
        ],
        "decisions": dict(report.decisions),
        "actions": dict(report.actions),
        "reports": {"now": dict(report.reports), "before": dict(report.reports_before)},
        "versions": [
            {"model": one.model, "lexicon": one.lexicon, "fold": one.fold, "ruleset": one.ruleset}
            for one in report.versions
        ],
        "versions_changed": report.versions_changed,
        "gaps": [
            {
                "from": gap.started_at.isoformat(),
                "to": gap.ended_at.isoformat(),
                "why": gap.why,
                "messages": gap.messages,
            }
            for gap in report.gaps
        ],
        "summary": list(summary(report)),
        "definitions": dict(DEFINITIONS),
    }


def to_json(report: Report) -> str:
    """The same as text, for people and programs."""
    return json.dumps(to_dict(report), ensure_ascii=False, indent=2) + "\n"


def _part(row: PartTrend) -> dict[str, Any]:
    return {
        "part": row.part,
        "category": row.category,
        "messages": row.messages,
        "hits": row.hits,
        "per_1000_messages": _rate(row.rate),
    }


def _category(trend: CategoryTrend) -> dict[str, Any]:
    return {
        "category": trend.category,
        "name": category_ja(trend.category),
        "hits": {"now": trend.hits, "before": trend.hits_before},
        "holds": trend.holds,
        "blocks": trend.blocks,
        "authors": trend.hit_authors,
        "per_1000_messages": _rate(trend.per_messages),
        "per_1000_active_viewers": _rate(trend.per_viewers),
        "per_1000_messages_before": _rounded(trend.before),
        **_comparison(trend.comparison),
        "same_weekdays": _comparison(trend.weekdays),
        "upheld": None
        if trend.upheld is None
        else {
            "share": _rounded(trend.upheld.value),
            **_bounds(trend.upheld.interval),
            "decisions": trend.upheld.whole,
        },
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    ratio = comparison.ratio
    return {
        "ratio": None if ratio.value is None else {"value": _rounded(ratio.value), **_bounds(ratio.interval)},
        "p_value": _rounded(ratio.p_value),
        "q_value": _rounded(comparison.q_value),
        "change": comparison.change.value,
        "why_unclear": comparison.why.value if comparison.why else None,
    }


def _rate(rate: Rate | None) -> dict[str, float | None] | None:
    return None if rate is None else {"value": _rounded(rate.value), **_bounds(rate.interval)}


def _bounds(interval: Interval | None) -> dict[str, float | None]:
    if interval is None:
        return {"low": None, "high": None}
    return {"low": _rounded(interval.low), "high": _rounded(interval.high)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def to_csv(report: Report, table: Table = Table.DAYS) -> str:
    """One table as CSV with a header line; an empty cell means that it cannot be told."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows(_ROWS[table](report))
    return file.getvalue()


def _day_rows(report: Report) -> Iterable[Sequence[Any]]:
    yield ("day", "state", "category", "name", "messages", "not_counted", "hits", "per_1000_messages")
    for day in report.days:
        for trend in report.categories:
            name = trend.category
            yield (
                day.day.isoformat(),
                day.state.value,
                name,
                category_ja(name),
                day.messages,
                day.lost,
                day.hits.get(name, 0),
                _cell(day.rate(name)),
            )


def _category_rows(report: Report) -> Iterable[Sequence[Any]]:
    yield (
        "category",
        "name",
        "messages",
        "hits",
        "authors",
        "per_1000_messages",
        "low",
        "high",
        "per_1000_active_viewers",
        "per_1000_messages_before",
        "ratio",
        "ratio_low",
        "ratio_high",
        "q_value",
        "change",
        "why_unclear",
    )
    for trend in report.categories:
        ratio = trend.comparison.ratio
        rate = trend.per_messages
        yield (
            trend.category,
            category_ja(trend.category),
            report.messages,
            trend.hits,
            trend.hit_authors,
            _cell(rate.value if rate else None),
            *_cells(rate.interval if rate else None),
            _cell(trend.per_viewers.value if trend.per_viewers else None),
            _cell(trend.before),
            _cell(ratio.value),
            *_cells(ratio.interval),
            _cell(trend.comparison.q_value),
            trend.comparison.change.value,
            trend.comparison.why.value if trend.comparison.why else "",
        )


def _room_rows(report: Report) -> Iterable[Sequence[Any]]:
    yield (
        "room_category",
        "category",
        "name",
        "rooms",
        "messages",
        "hits",
        "per_1000_messages",
        "low",
        "high",
    )
    for row in report.by_room:
        yield (
            _harmless(row.room_category),
            row.category,
            category_ja(row.category),
            row.rooms,
            row.messages,
            row.hits,
            _cell(row.rate.value),
            *_cells(row.rate.interval),
        )


_ROWS = {Table.DAYS: _day_rows, Table.CATEGORIES: _category_rows, Table.ROOMS: _room_rows}


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.{_DIGITS}g}"


def _cells(interval: Interval | None) -> tuple[str, str]:
    return ("", "") if interval is None else (_cell(interval.low), _cell(interval.high))


def _harmless(text: str) -> str:
    """A service's text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
