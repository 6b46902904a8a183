"""Raise the counts of trend buckets and day rows. Functions take a connection of the archive."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table

from moderation.storage import bulk
from moderation.storage.tables.archive import (
    day_authors,
    day_groups,
    day_rooms,
    day_totals,
    fact_buckets,
    facts,
    hour_totals,
    trend_buckets,
)
from moderation.trends.count import Counts, OfDay
from moderation.trends.facts import FactKey
from moderation.trends.keys import DayKey


def add(connection: Connection, counts: Counts) -> None:
    """Add counts to what stands there.

    Rows are sorted by key: two recorders then wait for each other in one order, and never in a ring.
    """
    for table, sums in (
        (trend_buckets, counts.buckets),
        (day_totals, counts.totals),
        (hour_totals, counts.hours),
        (day_groups, counts.groups),
    ):
        added = tuple(column.name for column in table.columns if not column.primary_key)
        _raise(connection, table, _columns((*key, *n) for key, n in sorted(sums.items())), sums=added)
    _raise_days(connection, day_rooms, "room", ("room_category",), counts.rooms)
    _raise_days(connection, day_authors, "author", ("age_band", "new_account"), counts.authors)


def _raise_days(
    connection: Connection, table: Table, who: str, facts: tuple[str, ...], days: Mapping[DayKey, OfDay]
) -> None:
    names = (who, *DayKey._fields, *facts, "messages", "hits")
    columns: list[list[Any]] = [[] for _ in names]
    for key, of_day in sorted(days.items(), key=itemgetter(0)):
        people = sorted(of_day.messages)
        values: tuple[Iterable[Any], ...] = (
            people,
            *([value] * len(people) for value in key),
            *zip(*map(of_day.facts.__getitem__, people), strict=True),
            map(of_day.messages.__getitem__, people),
            map(of_day.hits.__getitem__, people),
        )
        for column, more in zip(columns, values, strict=True):
            column.extend(more)
    _raise(connection, table, columns, names=names, sums=("messages", "hits"), latest=facts)


def add_facts(connection: Connection, counts: Mapping[FactKey, int]) -> None:
    """Add counts of decisions, actions and reports to what stands there."""
    _raise(
        connection,
        fact_buckets,
        _columns((*key, n) for key, n in sorted(counts.items())),
        sums=("count",),
    )


def new_facts(connection: Connection, ids: Sequence[str], *, now: datetime) -> set[str]:
    """Remember outbox ids as counted, and say which of them were not counted before."""
    given = sorted(set(ids))
    known = bulk.insert_new(connection, facts, ("id", "at"), (given, [now] * len(given)))
    return {fact_id for fact_id in given if (fact_id,) not in known}


def _columns(rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True))


def _raise(
    connection: Connection,
    table: Table,
    columns: Sequence[Sequence[Any]],
    *,
    sums: Sequence[str],
    latest: Sequence[str] = (),
    names: tuple[str, ...] | None = None,
) -> None:
    """Upsert rows: columns of ``sums`` are added, those of ``latest`` replaced.

    Columns stand in the order of ``names``: the primary key and the sums, unless something else is said.
    """
    if columns and columns[0]:
        bulk.write_columns(
            connection,
            table,
            names or (*(column.name for column in table.primary_key), *sums),
            columns,
            lambda statement: statement.on_conflict_do_update(
                index_elements=list(table.primary_key),
                set_={name: table.c[name] + statement.excluded[name] for name in sums}
                | {name: statement.excluded[name] for name in latest},
            ),
        )
