"""Sums of random groups by day: of open days a row a group, of closed days a row a segment.

The recorder adds to open rows (``day_groups``), whatever the day. Once a day in Japan is over, its rows
are packed into ``closed_groups``: some 37 rows instead of 18,000. Whoever reads adds both up, so a message that
comes late for a closed day counts at once, and is packed with the rest when the day is closed again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Row, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite

from moderation.storage.tables.archive import closed_groups, day_groups
from moderation.trends.groups import AUTHOR, GROUPS, PAIR, PART_GROUPS, ROOM

KINDS = (AUTHOR, ROOM, PAIR)
"""Segments of the whole service; all others are parts of it."""

Counts = NDArray[np.int64]
"""[messages, hits] by category and group."""


class GroupDay(NamedTuple):
    """Counts of one day and segment. A day may come in two of them, which add up."""

    day: date
    segment: str
    categories: Sequence[str]
    counts: Counts


class _Place(NamedTuple):
    service_id: str
    day: date
    source: str
    segment: str


def read(
    connection: Connection,
    *,
    service: str,
    source: str,
    first: date,
    last: date,
    segments: Callable[[ColumnElement[str]], ColumnElement[bool]],
) -> Iterator[GroupDay]:
    """Counts from the first day to the last.

    Args:
        connection: A snapshot of the archive: a day may be closed at any moment.
        service: Whose messages.
        source: Counted with what: ``live`` or a measurement model.
        first: First day.
        last: Last day, in the period.
        segments: Which segments, as a condition.
    """

    def asked(table: Any) -> tuple[ColumnElement[bool], ...]:
        columns = table.c
        days = columns.day.between(first, last)
        return columns.service_id == service, columns.source == source, days, segments(columns.segment)

    # All at once: row by row, as many rows take three times as long.
    for row in connection.execute(select(closed_groups).where(*asked(closed_groups))).all():
        yield _unpacked(row)
    yield from _gathered(connection.execute(select(day_groups).where(*asked(day_groups))).all()).values()


def summed(days: Iterable[GroupDay]) -> Iterator[tuple[str, str, Counts]]:
    """Segment, category, and [messages, hits] by group over some days. A pair may come more than once."""
    sums: dict[tuple[str, tuple[str, ...]], Counts] = {}
    for one in days:
        place = one.segment, tuple(one.categories)
        if place in sums:
            sums[place] += one.counts
        else:
            sums[place] = one.counts.astype(np.int64)
    for (segment, categories), counts in sums.items():
        for at, category in enumerate(categories):
            yield segment, category, counts[:, at]


def waiting(connection: Connection, *, last: date, most: int) -> list[tuple[str, date]]:
    """Services and days, up to the last one, that have open rows; the oldest first."""
    table = day_groups.c
    rows = connection.execute(
        select(table.service_id, table.day)
        .where(table.day <= last)
        .distinct()
        .order_by(table.day, table.service_id)
        .limit(most)
    )
    return [(service, day) for service, day in rows]


def close(connection: Connection, service: str, day: date) -> int:
    """Pack the open rows of a day, beside what was packed before; how many rows those were.

    In one transaction, so that each count stands in one of the two tables, or in the other. Recorders and
    others who close wait for each other.
    """
    if connection.dialect.name == "postgresql":
        # Without it two of them could lock the rows of a day in different orders, and wait for ever.
        connection.execute(text("LOCK TABLE day_groups, closed_groups IN SHARE ROW EXCLUSIVE MODE"))
    table, packed = day_groups.c, closed_groups.c
    mine = (table.service_id == service, table.day == day)
    rows = connection.execute(select(day_groups).where(*mine)).all()
    if not rows:
        return 0
    found = _gathered(rows)
    for row in connection.execute(
        select(closed_groups).where(packed.service_id == service, packed.day == day)
    ):
        place = _Place(row.service_id, row.day, row.source, row.segment)
        if place in found:
            found[place] = _sum(found[place], _unpacked(row))
    keep(connection, ((place.service_id, place.source, one) for place, one in found.items()))
    connection.execute(delete(day_groups).where(*mine))
    return len(rows)


def keep(connection: Connection, days: Iterable[tuple[str, str, GroupDay]]) -> None:
    """Write closed days by service and source, in place of what stood there."""
    rows = [
        {
            "service_id": service,
            "day": one.day,
            "source": source,
            "segment": one.segment,
            "categories": list(one.categories),
            "width": (width := np.min_scalar_type(one.counts.max()).itemsize),
            "counts": one.counts.astype(f"<u{width}").tobytes(),
        }
        for service, source, one in days
    ]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(closed_groups)
    kept = ("categories", "width", "counts")
    connection.execute(
        new.on_conflict_do_update(
            index_elements=list(closed_groups.primary_key),
            set_={name: new.excluded[name] for name in kept},
        ),
        rows,
    )


def _unpacked(row: Row[Any]) -> GroupDay:
    counts = np.frombuffer(row.counts, f"<u{row.width}")
    return GroupDay(row.day, row.segment, row.categories, counts.reshape(2, len(row.categories), -1))


def _gathered(rows: Iterable[Any]) -> dict[_Place, GroupDay]:
    """Rows a group, by the segment that they are of."""
    cells: dict[_Place, dict[str, list[tuple[int, int, int]]]] = defaultdict(lambda: defaultdict(list))
    for service, day, source, segment, group, category, messages, hits in rows:
        cells[_Place(service, day, source, segment)][category].append((group, messages, hits))
    found = {}
    for place, by_category in cells.items():
        groups = GROUPS if place.segment in KINDS else PART_GROUPS
        counts = np.zeros((2, len(by_category), groups), np.int64)
        for at, of_category in enumerate(by_category.values()):
            group, messages, hits = zip(*of_category, strict=True)
            counts[:, at, group] = messages, hits
        found[place] = GroupDay(place.day, place.segment, tuple(by_category), counts)
    return found


def _sum(one: GroupDay, other: GroupDay) -> GroupDay:
    categories = sorted({*one.categories, *other.categories})
    counts = np.zeros((2, len(categories), one.counts.shape[-1]), np.int64)
    for each in (one, other):
        counts[:, [categories.index(name) for name in each.categories]] += each.counts
    return GroupDay(one.day, one.segment, categories, counts)
