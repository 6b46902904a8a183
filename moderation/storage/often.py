"""Statements that are small and run often: made once, and handed straight to the driver.

Around such a statement SQLAlchemy's part costs many times what the statement itself does. Values are still written
and read as the types of their columns say. These may stand in a unit of work that goes ``in_one_go``.
"""

from abc import ABC, abstractmethod
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Column, Compiled, Connection, Select, Table, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import Dialect

from moderation.storage import bulk
from moderation.storage.database import driver

_SQLITE = sqlite.dialect()
_POSTGRES = psycopg.dialect()  # type: ignore[no-untyped-call]


class Query:
    """A select with plain parameters."""

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._compiled: dict[str, Compiled] = {}
        self._rows = _Rows(tuple(query.selected_columns))

    def all(self, connection: Connection, **given: str | int) -> list[Any]:
        """Every row, with its columns by name."""
        [rows] = ask(connection, [(self, given)])
        return rows

    def send(self, dialect: Dialect, to: Any, given: Mapping[str, str | int]) -> Any:
        """Hand it to the driver; its cursor."""
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._query.compile(dialect=dialect)
        compiled: Any = self._compiled[dialect.name]
        positions = compiled.positiontup
        return to.execute(
            compiled.string, given if positions is None else [given[name] for name in positions]
        )

    def read(self, dialect: Dialect, cursor: Any) -> list[Any]:
        """What it found."""
        return self._rows.read(dialect, cursor)


def ask(connection: Connection, queries: Sequence[tuple[Query, Mapping[str, str | int]]]) -> list[list[Any]]:
    """The rows of several queries; in one go PostgreSQL gets all of them before it answers."""
    dialect = connection.dialect
    with driver(connection) as to:
        cursors = [query.send(dialect, to, given) for query, given in queries]
        return [query.read(dialect, cursor) for (query, _), cursor in zip(queries, cursors, strict=True)]


class _Write(ABC):
    """Rows whose values stand in the order of ``names``, written as ``bulk.write_tuples`` takes them."""

    def __init__(self, table: Table, names: tuple[str, ...], returning: Sequence[Column[Any]] = ()) -> None:
        """``returning`` are columns that ``run`` gives back."""
        self.names = names
        self._table = table
        self._returning = returning
        self._rows = _Rows(returning)

    def run(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Write them, there may be none; what is to be given back of each, with its columns by name."""
        if not rows:
            return []
        dialect = connection.dialect
        with driver(connection) as to:
            if dialect.name == "postgresql":
                cursor = to.execute(self.on_postgres, {"rows": bulk.as_json(self.names, rows)})
                return self._rows.read(dialect, cursor) if self._returning else []
            statement, order = self._on_sqlite
            given = [[row[at] if write is None else write(row[at]) for at, write in order] for row in rows]
            if self._returning:
                return [row for one in given for row in self._rows.read(dialect, to.execute(statement, one))]
            to.executemany(statement, given)
            return []

    @cached_property
    def on_postgres(self) -> str:
        """The statement, which takes all rows as one JSON value: its parameter ``rows``."""
        return str(self._of_many(bulk.unpacked(self._table, self.names)).compile(dialect=_POSTGRES))

    @cached_property
    def _on_sqlite(self) -> tuple[str, list[tuple[int, Callable[[Any], Any] | None]]]:
        """The statement, and for each of its parameters which value of a row it is and what makes it the driver's."""
        made: Any = self._of_one()
        order = [(self.names.index(name), bulk.writer_of_one(self._table, name)) for name in made.positiontup]
        return made.string, order

    @abstractmethod
    def _of_many(self, rows: Select[Any]) -> Any:
        """The statement for PostgreSQL, whose rows a query gives."""

    @abstractmethod
    def _of_one(self) -> Compiled:
        """The statement for SQLite, which takes one row."""


class Insert(_Write):
    """An insert of such rows."""

    def __init__(
        self,
        table: Table,
        names: tuple[str, ...],
        *,
        conflict: Callable[[Any], Any] = lambda statement: statement,
        returning: Sequence[Column[Any]] = (),
    ) -> None:
        """``conflict`` adds ``on_conflict_do_…``."""
        super().__init__(table, names, returning)
        self._conflict = conflict

    def _of_many(self, rows: Select[Any]) -> Any:
        return self._finished(postgresql.insert(self._table).from_select(self.names, rows))

    def _of_one(self) -> Compiled:
        made: Compiled = self._finished(sqlite.insert(self._table)).compile(
            dialect=_SQLITE, column_keys=self.names
        )
        return made

    def _finished(self, statement: Any) -> Any:
        statement = self._conflict(statement)
        return statement.returning(*self._returning) if self._returning else statement.inline()


class Update(_Write):
    """An update of rows whose primary key is the first of ``names``: the others are set."""

    def _of_many(self, rows: Select[Any]) -> Any:
        key, *others = self.names
        given = rows.subquery()
        found = update(self._table).where(self._table.c[key] == given.c[key])
        return found.values({name: given.c[name] for name in others})

    def _of_one(self) -> Compiled:
        key, *others = self.names
        found = update(self._table).where(self._table.c[key] == bindparam(key))
        return found.compile(dialect=_SQLITE, column_keys=others)


def run_all(connection: Connection, writes: Sequence[tuple[_Write, Sequence[Sequence[Any]]]]) -> None:
    """Run writes that give nothing back, each with its rows; PostgreSQL gets them as one statement.

    There none of them sees what another one wrote.
    """
    some = [(write, rows) for write, rows in writes if rows]
    if connection.dialect.name != "postgresql":
        for write, rows in some:
            write.run(connection, rows)
    elif some:
        given = {f"rows_{at}": bulk.as_json(write.names, rows) for at, (write, rows) in enumerate(some)}
        with driver(connection) as to:
            to.execute(_together(tuple(write for write, _ in some)), given)


@cache
def _together(writes: tuple[_Write, ...]) -> str:
    *before, last = [
        write.on_postgres.replace("%(rows)s", f"%(rows_{at})s") for at, write in enumerate(writes)
    ]
    named = ", ".join(f"write_{at} AS ({one})" for at, one in enumerate(before))
    return f"WITH {named} {last}" if before else last


def leaving_alone(statement: Any) -> Any:
    """For an ``Insert``: what is there stays."""
    return statement.on_conflict_do_nothing()


class _Rows:
    """Rows as the driver gives them, made into rows with names and values of our types."""

    def __init__(self, columns: Sequence[Any]) -> None:
        self._columns = columns
        self._row: Any = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]  # noqa: PYI024 - its fields are known only here
        self._turns: dict[str, list[tuple[int, Callable[[Any], Any]]]] = {}

    def read(self, dialect: Dialect, cursor: Any) -> list[Any]:
        found = cursor.fetchall()
        turns = self._turns.get(dialect.name)
        if turns is None:
            turns = self._turns[dialect.name] = _turns(self._columns, dialect, cursor.description)
        read = []
        for row in found:
            values = list(row)
            for at, turn in turns:
                values[at] = turn(values[at])
            read.append(self._row._make(values))
        return read


def _turns(
    columns: Sequence[Any], dialect: Dialect, described: Sequence[Any]
) -> list[tuple[int, Callable[[Any], Any]]]:
    """Where the driver's values are not ours, and what makes them so."""
    turns = [
        column.type.dialect_impl(dialect).result_processor(dialect, code)
        for column, (_, code, *_) in zip(columns, described, strict=True)
    ]
    return [(at, turn) for at, turn in enumerate(turns) if turn is not None]
