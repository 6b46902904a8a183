"""Daily counts of a measurement model, as a campaign's effect and its planning need them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, Integer, case, func, select

from moderation.campaigns.regression import Array
from moderation.storage.tables.archive import (
    day_authors,
    day_rooms,
    day_totals,
    hour_totals,
    trend_buckets,
)
from moderation.storage.trends import day_groups
from moderation.storage.trends.day_groups import KINDS
from moderation.storage.trends.sums import within
from moderation.trends.count import ALL, LIVE
from moderation.trends.days import JST, Period, jst_day_of
from moderation.trends.groups import GROUPS, KIND, PART_GROUPS

_ASKED_AT_ONCE = 5_000
"""Authors or rooms in one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hourly:
    """Counts by day of a period and hour of the day in Japan."""

    messages: Array
    hits: Array
    control: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """Counts by kind of random group, group and day of a period."""

    messages: Array
    hits: Array
    control: Array


def messages_by_day(archive: Connection, service: str, period: Period, source: str) -> dict[date, int]:
    """Messages that were counted with a source on each day that has any."""
    table = day_totals.c
    rows = archive.execute(
        select(table.day, func.sum(table.messages))
        .where(
            table.service_id == service,
            table.source == source,
            table.category == ALL,
            within(table.day, period),
        )
        .group_by(table.day)
    )
    return {day: int(messages) for day, messages in rows if messages}


def hourly(
    archive: Connection,
    service: str,
    period: Period,
    source: str,
    *,
    categories: Collection[str],
    control: Collection[str],
    kinds: Sequence[str] | None = None,
) -> Hourly:
    """Counts by hour; of some kinds of rooms only, where ``kinds`` is given."""
    table: Any = hour_totals.c if kinds is None else trend_buckets.c
    chosen = select(table.hour, table.category, func.sum(table.messages), func.sum(table.hits)).where(
        table.service_id == service,
        table.source == source,
        table.hour >= period.start,
        table.hour < period.end,
        table.category.in_([ALL, *categories, *control]),
    )
    if kinds is not None:
        chosen = chosen.where(table.room_category.in_(list(kinds)))
    shape = (period.length, 24)
    found = Hourly(messages=np.zeros(shape), hits=np.zeros(shape), control=np.zeros(shape))
    for hour, category, messages, hits in archive.execute(chosen.group_by(table.hour, table.category)):
        place = ((jst_day_of(hour) - period.first).days, hour.astimezone(JST).hour)
        if category == ALL:
            found.messages[place] += float(messages)
        elif category in categories:
            found.hits[place] += float(hits)
        else:
            found.control[place] += float(hits)
    return found


def grouped(
    archive: Connection,
    service: str,
    period: Period,
    source: str,
    *,
    categories: Collection[str],
    control: Collection[str],
    kinds: Sequence[str] | None = None,
) -> Grouped:
    """Counts by random group: of authors, rooms and pairs; of the rooms alone where ``kinds`` is given."""
    segments = list(KINDS) if kinds is None else [KIND + kind for kind in kinds]
    shape = (len(KINDS), GROUPS if kinds is None else PART_GROUPS, period.length)
    found = Grouped(messages=np.zeros(shape), hits=np.zeros(shape), control=np.zeros(shape))
    for one in day_groups.read(
        archive,
        service=service,
        source=source,
        first=period.first,
        last=period.last,
        segments=lambda segment: segment.in_(segments),
    ):
        # Where only rooms are known they stand in the first place, and nobody in the others.
        kind, day = KINDS.index(one.segment) if kinds is None else 0, (one.day - period.first).days
        for category, messages, hits in zip(one.categories, *one.counts, strict=True):
            if category == ALL:
                found.messages[kind, :, day] += messages
            if category in categories:
                found.hits[kind, :, day] += hits
            if category in control:
                found.control[kind, :, day] += hits
    return found


def of_rooms(
    archive: Connection,
    service: str,
    period: Period,
    source: str,
    *,
    rooms: Sequence[str],
    categories: Collection[str],
    control: Collection[str],
) -> Grouped:
    """Counts of single rooms (pseudonyms), each as a group of its own."""
    table = day_rooms.c
    at = {room: number for number, room in enumerate(rooms)}
    shape = (len(KINDS), len(rooms), period.length)
    found = Grouped(messages=np.zeros(shape), hits=np.zeros(shape), control=np.zeros(shape))
    for some in _in_parts(rooms):
        for room, day, of, category, messages, hits in archive.execute(
            select(table.room, table.day, table.source, table.category, table.messages, table.hits).where(
                table.service_id == service,
                table.source.in_([LIVE, source]),
                within(table.day, period),
                table.room.in_(some),
            )
        ):
            place = (0, at[room], (day - period.first).days)
            if of == LIVE:
                # How much was said is the same whoever measures it.
                found.messages[place] += messages if category == ALL else 0
            elif category in categories:
                found.hits[place] += hits
            elif category in control:
                found.control[place] += hits
    return found


def of_authors(
    archive: Connection,
    service: str,
    period: Period,
    source: str,
    *,
    authors: Iterable[str],
    categories: Collection[str],
) -> tuple[Array, Array]:
    """Messages and hits by day of some authors (pseudonyms) together."""
    table = day_authors.c
    messages, hits = np.zeros(period.length), np.zeros(period.length)
    said = func.sum(case(((table.source == LIVE) & (table.category == ALL), table.messages), else_=0))
    hit = (table.source == source) & table.category.in_(list(categories))
    for some in _in_parts(sorted(authors)):
        rows = archive.execute(
            select(table.day, said.cast(Integer), func.sum(case((hit, table.hits), else_=0)).cast(Integer))
            .where(
                table.service_id == service,
                table.day.in_(list(period.days())),
                table.author.in_(some),
            )
            .group_by(table.day)
        )
        for day, wrote, bad in rows:
            messages[(day - period.first).days] += wrote
            hits[(day - period.first).days] += bad
    return messages, hits


def _in_parts(names: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _ASKED_AT_ONCE):
        yield list(names[start : start + _ASKED_AT_ONCE])
