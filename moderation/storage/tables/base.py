"""What every table shares: the two metadata objects and the column types."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, DateTime, MetaData, String, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
MAIN = MetaData(naming_convention=NAMING)
ARCHIVE = MetaData(naming_convention=NAMING)

Json = JSON().with_variant(JSONB(), "postgresql")
Id = String(64)
"""Our own ids (ULIDs) and hashes."""
ExternalId = String(128)
"""Ids that the service gives: messages, authors, rooms, reports."""
Word = String(32)
"""Values of the vocabulary."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC on both stores; SQLite itself knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive times; hand SQLite the UTC wall clock."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone: {value}")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give aware UTC back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def constant(value: str | int) -> ColumnElement[Any]:
    """A word or number of ours that stands in the statement itself, and is no parameter of it.

    Of a prepared statement PostgreSQL then knows which partial index holds all of it and how much it
    finds, and need not plan it anew each time. Never for anything that somebody else wrote.
    """
    return literal_column(f"'{value}'" if isinstance(value, str) else str(value))
