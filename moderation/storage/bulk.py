"""Write many rows at once, the quick way of each store.

SQLite runs one small statement many times. PostgreSQL takes all rows as one JSON value, which it
takes apart itself: with a parameter a cell, writing and parsing the statement takes most of the time.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

_ENCODER = msgspec.json.Encoder()


def write(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    conflict: Callable[[Any], Any],
) -> Any:
    """Insert rows that all have the same columns, at least one of them.

    Args:
        connection: A unit of work.
        table: Where to.
        rows: JSON-like values, days and aware times, by column; sorted by key, so that two writers
            wait for each other in one order.
        conflict: Adds ``on_conflict_do_…`` and ``returning`` to the statement.

    Returns:
        The result, with the rows of ``returning``.
    """
    if connection.dialect.name != "postgresql":
        return connection.execute(conflict(sqlite.insert(table)), rows)
    names = tuple(rows[0])
    statement = conflict(postgresql.insert(table).from_select(names, _unpacked(table, names)))
    return connection.execute(statement, {"rows": _ENCODER.encode(rows).decode()})


@cache
def _unpacked(table: Table, names: tuple[str, ...]) -> Select[Any]:
    """A select of the columns out of the parameter ``rows``."""
    given = cast(bindparam("rows", type_=Text), JSONB)
    columns = [column(name, table.c[name].type) for name in names]
    found = func.jsonb_to_recordset(given).table_valued(*columns).render_derived(with_types=True)
    return select(*(found.c[name] for name in names))
