"""Gaps: messages that were scored but could not be counted, so that no trend draws them as zero."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from moderation.storage.tables.archive import gaps


def note(connection: Connection, *, service: str, why: str, messages: int, at: datetime) -> None:
    """Add messages to the gap of the minute ``at`` lies in.

    Args:
        connection: A unit of work on the archive.
        service: Whose messages.
        why: ``redis_away`` or ``stream_full``.
        messages: How many were not counted.
        at: When.
    """
    minute = at.replace(second=0, microsecond=0)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(gaps).values(
        service_id=service, started_at=minute, ended_at=at, why=why, messages=messages
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["service_id", "started_at", "why"],
            set_={"messages": gaps.c.messages + messages, "ended_at": at},
        )
    )
