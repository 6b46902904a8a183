"""Read the sums that a trend report is made from. Functions take a connection of the archive."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, select

from moderation.storage.tables.archive import (
    day_rooms,
    day_totals,
    fact_buckets,
    gaps,
    hour_totals,
)
from moderation.storage.trends import day_groups
from moderation.storage.trends.day_groups import KINDS
from moderation.storage.trends.people_count import count_people
from moderation.trends.count import ALL, LIVE
from moderation.trends.days import Period
from moderation.trends.figures import CountedWith, DayCount, Figures, Gap, Groups, HourCount, Part
from moderation.trends.groups import GROUPS, PART_GROUPS


def read(connection: Connection, *, service: str, period: Period, today: date, source: str = LIVE) -> Figures:
    """The sums of a period and of those it is compared with.

    Args:
        connection: A snapshot of the archive.
        service: Whose messages.
        period: Whole days in Japan.
        today: The day in Japan it is now.
        source: Counted with what: ``live`` or a measurement model.
    """
    periods = (period, period.before, period.weekdays_before)
    rooms, of_kind = _rooms(connection, service, period)
    return Figures(
        service=service,
        period=period,
        today=today,
        source=source,
        hours=_hours(connection, service, period, source),
        days=_days(connection, service, period, source),
        groups=read_groups(connection, service, periods, source),
        parts=_parts(connection, service, period, source),
        people=count_people(connection, service=service, period=period, source=source),
        people_before=count_people(connection, service=service, period=period.before, source=source),
        rooms=rooms,
        rooms_of_kind=of_kind,
        facts=_facts(connection, service, period),
        facts_before=_facts(connection, service, period.before),
        versions=(
            _versions(connection, service, periods[0], source),
            _versions(connection, service, periods[1], source),
            _versions(connection, service, periods[2], source),
        ),
        gaps=read_gaps(connection, service, period, source=source),
    )


def read_groups(connection: Connection, service: str, periods: tuple[Period, ...], source: str) -> Groups:
    """Sums over random groups of authors, rooms and pairs in each of some periods."""
    shape = (len(periods), len(KINDS), GROUPS)
    messages = np.zeros(shape)
    hits: dict[str, Any] = defaultdict(lambda: np.zeros(shape))
    days = list(
        day_groups.read(
            connection,
            service=service,
            source=source,
            first=min(period.first for period in periods),
            last=max(period.last for period in periods),
            segments=lambda segment: segment.in_(KINDS),
        )
    )
    for at, period in enumerate(periods):
        within_it = (one for one in days if period.first <= one.day <= period.last)
        for segment, category, (wrote, hit) in day_groups.summed(within_it):
            kind = KINDS.index(segment)
            if category == ALL:
                messages[at, kind] += wrote
            hits[category][at, kind] += hit
    return Groups(messages=messages, hits=dict(hits))


def within(day: ColumnElement[date], period: Period) -> ColumnElement[bool]:
    """Whether a day lies in a period."""
    return day.between(period.first, period.last)


def _parts(connection: Connection, service: str, period: Period, source: str) -> Mapping[str, Part]:
    messages: dict[str, Any] = defaultdict(lambda: np.zeros(PART_GROUPS))
    hits: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(lambda: np.zeros(PART_GROUPS)))
    days = day_groups.read(
        connection,
        service=service,
        source=source,
        first=period.first,
        last=period.last,
        segments=lambda segment: segment.not_in(KINDS),
    )
    for segment, category, (wrote, hit) in day_groups.summed(days):
        if category == ALL:
            messages[segment] += wrote
        hits[segment][category] += hit
    return {segment: Part(messages=messages[segment], hits=dict(of)) for segment, of in hits.items()}


def _hours(connection: Connection, service: str, period: Period, source: str) -> tuple[HourCount, ...]:
    table = hour_totals.c
    rows = connection.execute(
        select(table.hour, table.category, table.messages, table.hits)
        .where(table.service_id == service, table.source == source, *_between(table.hour, period))
        .order_by(table.hour, table.category)
    )
    return tuple(
        HourCount(hour=hour, category=category, messages=messages, hits=hits)
        for hour, category, messages, hits in rows.all()
    )


def _days(connection: Connection, service: str, period: Period, source: str) -> tuple[DayCount, ...]:
    table = day_totals.c
    sums = [func.sum(table[name]).label(name) for name in ("messages", "hits", "holds", "blocks")]
    rows = connection.execute(
        select(table.day, table.category, *sums)
        .where(table.service_id == service, table.source == source, within(table.day, period))
        .group_by(table.day, table.category)
        .order_by(table.day, table.category)
    )
    return tuple(
        DayCount(
            day=row.day,
            category=row.category,
            messages=int(row.messages),
            hits=int(row.hits),
            holds=int(row.holds),
            blocks=int(row.blocks),
        )
        for row in rows
    )


def _versions(connection: Connection, service: str, period: Period, source: str) -> frozenset[CountedWith]:
    table = day_totals.c
    rows = connection.execute(
        select(table.model_version, table.lexicon_version, table.fold_version, table.ruleset_version)
        .where(
            table.service_id == service,
            table.source == source,
            table.category == ALL,
            within(table.day, period),
        )
        .distinct()
    )
    return frozenset(CountedWith(*row) for row in rows)


def _rooms(connection: Connection, service: str, period: Period) -> tuple[int, dict[str, int]]:
    """Distinct rooms, and those of each kind; one that changed its kind counts in both."""
    table = day_rooms.c
    rows = connection.execute(
        select(table.room, table.room_category)
        .where(
            table.service_id == service,
            table.source == LIVE,
            table.category == ALL,
            within(table.day, period),
        )
        .distinct()
    ).all()
    of_kind: dict[str, int] = {}
    for row in rows:
        of_kind[row.room_category] = of_kind.get(row.room_category, 0) + 1
    return len({row.room for row in rows}), of_kind


def _between(hour: ColumnElement[datetime], period: Period) -> tuple[ColumnElement[bool], ...]:
    return hour >= period.start, hour < period.end


def _facts(connection: Connection, service: str, period: Period) -> dict[tuple[str, str, str], int]:
    table = fact_buckets.c
    total = func.sum(table.count).label("total")
    rows = connection.execute(
        select(table.kind, table.category, table.value, total)
        .where(table.service_id == service, *_between(table.hour, period))
        .group_by(table.kind, table.category, table.value)
    )
    return {(row.kind, row.category, row.value): int(row.total) for row in rows if row.total}


def read_gaps(connection: Connection, service: str, period: Period, *, source: str = LIVE) -> tuple[Gap, ...]:
    """What was not counted: messages that never arrived, and those that a measurement model missed."""
    rows = connection.execute(
        select(gaps)
        .where(
            gaps.c.service_id == service,
            gaps.c.why.not_like("measure:%") | (gaps.c.why == source),
            *_between(gaps.c.started_at, period),
        )
        .order_by(gaps.c.started_at, gaps.c.why)
    )
    return tuple(
        Gap(
            started_at=row.started_at,
            ended_at=row.ended_at or row.started_at,
            why=row.why,
            messages=row.messages,
        )
        for row in rows
    )
