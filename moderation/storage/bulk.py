"""Write many rows at once, the quick way of each store.

SQLite runs one small statement many times, with values as the driver takes them. PostgreSQL takes
rows as one JSON value, which it takes apart itself: with a parameter a cell, writing and parsing the
statement takes most of the time. Where they are many it is quicker still to copy them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache, partial
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    ColumnClause,
    Connection,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

from moderation.storage import copying
from moderation.storage.tables.base import Json, UtcDateTime

_ENCODER = msgspec.json.Encoder()
_SQLITE = sqlite.dialect()
_COPIED_FROM = 1_000
"""Rows from which on copying them is worth its two statements more."""
_rowid: ColumnClause[int] = literal_column("rowid", Integer)
_UTC_TO_THE_MICROSECOND = len('"2026-08-20T03:00:00.000001Z"')


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
    write_columns(connection, table, names, list(zip(*rows, strict=True)), conflict)


def write_columns(
    connection: Connection,
    table: Table,
    names: tuple[str, ...],
    columns: Sequence[Sequence[Any]],
    conflict: Callable[[Any], Any],
) -> int:
    """The same for columns of values, in the order of ``names``; how many rows were written."""
    if connection.dialect.name == "postgresql":
        rows, given = _given(connection, table, names, columns)
        return connection.execute(conflict(postgresql.insert(table).from_select(names, rows)), given).rowcount
    # The driver takes longer over a None than over a word, and a column that is not named is null.
    said = [at for at, column in enumerate(columns) if not _is_null(table, names[at], column)]
    names, columns = tuple([names[at] for at in said]), [columns[at] for at in said]
    compiled = conflict(sqlite.insert(table)).compile(dialect=_SQLITE, column_keys=names)
    parameters = _as_sqlite(compiled, table, names, columns)
    return connection.exec_driver_sql(compiled.string, parameters).rowcount


def _is_null(table: Table, name: str, values: Sequence[Any]) -> bool:
    return bool(table.c[name].nullable) and values.count(None) == len(values)


def _given(
    connection: Connection, table: Table, names: tuple[str, ...], columns: Sequence[Sequence[Any]]
) -> tuple[Select[Any], dict[str, str]]:
    """Where PostgreSQL finds the rows, and the parameter for it: many are copied, few come as one value."""
    if len(columns[0]) >= _COPIED_FROM:
        return copying.copied(connection, table, names, columns), {}
    return unpacked(table, names), {"rows": as_json(names, list(zip(*columns, strict=True)))}


def _as_sqlite(
    compiled: Any, table: Table, names: tuple[str, ...], given: Sequence[Sequence[Any]]
) -> list[tuple[Any, ...]]:
    columns: list[Iterable[Any]] = []
    for name in compiled.positiontup or ():
        values, to = given[names.index(name)], _writer(table, name)
        columns.append(values if to is None else to(values))
    return list(zip(*columns, strict=True))


def insert_new(
    connection: Connection, table: Table, names: tuple[str, ...], columns: Sequence[Sequence[Any]]
) -> set[tuple[Any, ...]]:
    """Insert those rows whose primary key is not there yet; each key may come once.

    Args:
        connection: A unit of work.
        table: Where to; with row numbers on SQLite.
        names: Columns, in the order of ``columns``.
        columns: Their values, as ``write_columns`` takes them; there may be no row.

    Returns:
        The primary keys that were there already, mostly none. Keys must be texts.
    """
    if not columns or not columns[0]:
        return set()
    asked = len(columns[0])
    if connection.dialect.name == "postgresql":
        rows, given = _given(connection, table, names, columns)
        inserted = postgresql.insert(table).from_select(names, rows).on_conflict_do_nothing()
        new = connection.execute(inserted.returning(*table.primary_key), given).all()
        return set() if len(new) == asked else _others(table, names, columns, new)
    # Rows get ascending numbers on SQLite, and a writer holds its one write lock: what is above is ours.
    last = connection.execute(select(func.max(_rowid)).select_from(table)).scalar() or 0
    done = write_columns(
        connection, table, names, columns, lambda statement: statement.on_conflict_do_nothing()
    )
    if done == asked:
        return set()
    new = connection.execute(select(*table.primary_key).where(_rowid > last)).all()
    return _others(table, names, columns, new)


def _others(
    table: Table, names: tuple[str, ...], columns: Sequence[Sequence[Any]], new: Iterable[object]
) -> set[tuple[Any, ...]]:
    """Keys of the columns that are not among the new ones."""
    keys = zip(*(columns[names.index(column.name)] for column in table.primary_key), strict=True)
    return set(keys).difference(new)


def as_json(names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as one value for ``unpacked``."""
    return _json([dict(zip(names, row, strict=True)) for row in rows])


@cache
def _writer(table: Table, name: str) -> Callable[[Sequence[Any]], Iterable[Any]] | None:
    """From a column of our values to what the driver of SQLite takes; None where they are the same."""
    kind = table.c[name].type
    if isinstance(kind, UtcDateTime):
        return _times
    if kind is Json:
        return copying.json_texts
    to = writer_of_one(table, name)
    return None if to is None else partial(map, to)


def writer_of_one(table: Table, name: str) -> Callable[[Any], Any] | None:
    """From one of our values to what the driver of SQLite takes; None where they are the same."""
    kind = table.c[name].type
    if isinstance(kind, UtcDateTime):
        return _time
    if kind is Json:
        return _json
    if isinstance(kind, Boolean):
        return int  # which the driver takes as it is
    return _day if kind.python_type is date else None


def _json(value: Any) -> str:
    return _ENCODER.encode(value).decode()


def _times(values: Sequence[datetime | None]) -> list[str | None]:
    """As SQLAlchemy writes times: the wall clock of UTC, with microseconds."""
    said = copying.json_texts(values)  # a tenth of the time that isoformat takes
    return [
        text[1:27].replace("T", " ") if len(text) == _UTC_TO_THE_MICROSECOND else _time(value)
        for text, value in zip(said, values, strict=True)
    ]


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(" ", "microseconds")[:26]


@lru_cache(1_000)  # most rows are of one day
def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


@cache
def unpacked(table: Table, names: tuple[str, ...]) -> Select[Any]:
    """A select of the columns out of the parameter ``rows``, for PostgreSQL."""
    given = cast(bindparam("rows", type_=Text), JSONB)
    columns = [column(name, table.c[name].type) for name in names]
    found = func.jsonb_to_recordset(given).table_valued(*columns).render_derived(with_types=True)
    return select(*(found.c[name] for name in names))
