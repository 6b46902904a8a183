"""Write many rows at once, the quick way of each store.

SQLite runs one small statement many times, with values as the driver takes them. PostgreSQL takes all
rows as one JSON value, which it takes apart itself: with a parameter a cell, writing and parsing the
statement takes most of the time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, Text, bindparam, cast, column, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

from moderation.storage.tables.base import Json, UtcDateTime

_ENCODER = msgspec.json.Encoder()


def write(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    conflict: Callable[[Any], Any],
) -> None:
    """Insert rows that all have the same columns, at least one of them.

    ``write_tuples`` takes them without their names.

    Args:
        connection: A unit of work.
        table: Where to.
        rows: JSON-like values, days and aware times, by column; sorted by key, so that two writers
            wait for each other in one order.
        conflict: Adds ``on_conflict_do_…`` to the statement.
    """
    names = tuple(rows[0])
    write_tuples(connection, table, names, [tuple([row[name] for name in names]) for row in rows], conflict)


def write_tuples(
    connection: Connection,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    conflict: Callable[[Any], Any],
) -> None:
    """The same for rows whose values stand in the order of ``names``."""
    if connection.dialect.name == "postgresql":
        statement = conflict(postgresql.insert(table).from_select(names, _unpacked(table, names)))
        named = [dict(zip(names, row, strict=True)) for row in rows]
        connection.execute(statement, {"rows": _ENCODER.encode(named).decode()})
        return
    compiled = conflict(sqlite.insert(table)).compile(dialect=connection.dialect, column_keys=names)
    places = [names.index(name) for name in compiled.positiontup or ()]
    if places != list(range(len(names))):
        rows = [[row[at] for at in places] for row in rows]
    writers = [(at, to) for at, place in enumerate(places) if (to := _writer(table, names[place]))]
    ready = []
    for row in rows:
        values = list(row)
        for at, to in writers:
            values[at] = to(values[at])
        ready.append(tuple(values))
    connection.exec_driver_sql(compiled.string, ready)


def insert_new(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> set[tuple[Any, ...]]:
    """Insert those rows whose primary key is not there yet; each key may come once.

    Returns:
        The primary keys that were new. Keys must be texts.
    """
    if not rows:
        return set()
    key = [column.name for column in table.primary_key]
    if connection.dialect.name == "postgresql":
        names = tuple(rows[0])
        statement = postgresql.insert(table).from_select(names, _unpacked(table, names))
        new = statement.on_conflict_do_nothing().returning(*table.primary_key)
        return {tuple(row) for row in connection.execute(new, {"rows": _ENCODER.encode(rows).decode()})}
    # A writer holds SQLite's one write lock, so nobody can come between looking and writing.
    given = [tuple(row[name] for name in key) for row in rows]
    listed = func.json_each(_ENCODER.encode(given).decode()).table_valued("value")
    parts = [func.json_extract(listed.c.value, f"$[{at}]") for at in range(len(key))]
    known = {
        tuple(row)
        for row in connection.execute(
            select(*table.primary_key).where(tuple_(*table.primary_key).in_(select(*parts)))
        )
    }
    missing = [row for row, own in zip(rows, given, strict=True) if own not in known]
    if missing:
        write(connection, table, missing, lambda statement: statement)
    return set(given) - known


@cache
def _writer(table: Table, name: str) -> Callable[[Any], Any] | None:
    """From our value to the one that the driver of SQLite takes; None where they are the same."""
    kind = table.c[name].type
    if isinstance(kind, UtcDateTime):
        return _time
    if kind is Json:
        return _json
    return _day if kind.python_type is date else None


def _time(value: datetime | None) -> str | None:
    # As SQLAlchemy writes it: the wall clock of UTC, with microseconds.
    return None if value is None else value.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _json(value: Any) -> str:
    return _ENCODER.encode(value).decode()


@cache
def _unpacked(table: Table, names: tuple[str, ...]) -> Select[Any]:
    """A select of the columns out of the parameter ``rows``."""
    given = cast(bindparam("rows", type_=Text), JSONB)
    columns = [column(name, table.c[name].type) for name in names]
    found = func.jsonb_to_recordset(given).table_valued(*columns).render_derived(with_types=True)
    return select(*(found.c[name] for name in names))
