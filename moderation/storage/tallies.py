"""Tallies: what happened since the beginning, counted in the transaction that makes it so."""

from functools import cache

from sqlalchemy import Connection, Insert, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.storage.tables.delivery import tallies

DELIVERIES = "webhook_delivery"


def add(connection: Connection, name: str, label: str) -> None:
    """Count one more."""
    connection.execute(_add(connection.dialect.name), {"name": name, "label": label, "count": 1})


def read(connection: Connection, name: str) -> dict[str, int]:
    """Counts by label."""
    rows = connection.execute(select(tallies.c.label, tallies.c["count"]).where(tallies.c.name == name))
    return {label: int(count) for label, count in rows}


@cache
def _add(dialect_name: str) -> Insert:
    new = (postgresql if dialect_name == "postgresql" else sqlite).insert(tallies)
    made: Insert = new.on_conflict_do_update(
        index_elements=["name", "label"], set_={"count": tallies.c["count"] + new.excluded["count"]}
    )
    return made
