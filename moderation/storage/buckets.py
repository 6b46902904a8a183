"""Raise the counts of trend buckets and day rows. Functions take a connection of the archive."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table

from moderation.storage import bulk
from moderation.storage.tables.archive import day_authors, day_rooms, fact_buckets, facts, trend_buckets
from moderation.trends.count import Counts
from moderation.trends.facts import FactKey


def add(connection: Connection, counts: Counts) -> None:
    """Add counts to what stands there.

    Rows are sorted by key: two recorders then wait for each other in one order, and never in a ring.
    """
    _raise(
        connection,
        trend_buckets,
        [
            key._asdict() | {"messages": n[0], "hits": n[1], "holds": n[2], "blocks": n[3]}
            for key, n in sorted(counts.buckets.items())
        ],
        sums=("messages", "hits", "holds", "blocks"),
    )
    _raise(
        connection,
        day_rooms,
        [
            _day_row(key, "room")
            | {"room_category": counts.room_categories[key], "messages": n[0], "hits": n[1]}
            for key, n in sorted(counts.rooms.items())
        ],
        sums=("messages", "hits"),
        latest=("room_category",),
    )
    _raise(
        connection,
        day_authors,
        [
            _day_row(key, "author")
            | {
                "age_band": counts.author_facts[key][0],
                "new_account": counts.author_facts[key][1],
                "messages": n[0],
                "hits": n[1],
            }
            for key, n in sorted(counts.authors.items())
        ],
        sums=("messages", "hits"),
        latest=("age_band", "new_account"),
    )


def add_facts(connection: Connection, counts: Mapping[FactKey, int]) -> None:
    """Add counts of decisions, actions and reports to what stands there."""
    _raise(
        connection,
        fact_buckets,
        [key._asdict() | {"count": n} for key, n in sorted(counts.items())],
        sums=("count",),
    )


def new_facts(connection: Connection, ids: Sequence[str], *, now: datetime) -> set[str]:
    """Remember outbox ids as counted, and say which of them were not counted before."""
    if not ids:
        return set()
    rows = [{"id": fact_id, "at": now} for fact_id in sorted(set(ids))]
    counted = bulk.write(
        connection, facts, rows, lambda statement: statement.on_conflict_do_nothing().returning(facts.c.id)
    )
    return set(counted.scalars())


def _day_row(key: Any, who: str) -> dict[str, Any]:
    row: dict[str, Any] = key._asdict()
    row[who] = row.pop("who")
    return row


def _raise(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    sums: Iterable[str],
    latest: Iterable[str] = (),
) -> None:
    """Upsert rows: columns of ``sums`` are added, those of ``latest`` replaced."""
    if rows:
        bulk.write(
            connection,
            table,
            rows,
            lambda statement: statement.on_conflict_do_update(
                index_elements=list(table.primary_key),
                set_={name: table.c[name] + statement.excluded[name] for name in sums}
                | {name: statement.excluded[name] for name in latest},
            ),
        )
