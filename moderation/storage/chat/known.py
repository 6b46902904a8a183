"""Known messages: what the archive or a case says of a message that somebody points to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, tuple_

from moderation.reports.report import Subject
from moderation.storage.tables.archive import messages as archive_messages
from moderation.storage.tables.cases import case_hits
from moderation.taxonomy import SubjectKind


def messages(
    connection: Connection, archive: Connection, wanted: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Subject]:
    """What we know of messages: from a case, or from the archive, which may be a moment behind.

    Args:
        connection: The case store.
        archive: The archive.
        wanted: Service and message id of each.
    """
    if not wanted:
        return {}
    hits = connection.execute(
        select(case_hits).where(tuple_(case_hits.c.service_id, case_hits.c.message_id).in_(wanted))
    )
    known = {(row.service_id, row.message_id): _subject(row.message_id, row, row.author_name) for row in hits}
    missing = [key for key in wanted if key not in known]
    if missing:
        rows = archive.execute(
            select(archive_messages).where(
                tuple_(archive_messages.c.service_id, archive_messages.c.id).in_(missing)
            )
        )
        known |= {(row.service_id, row.id): _subject(row.id, row, None) for row in rows}
    return known


def message(connection: Connection, archive: Connection, service: str, message_id: str) -> Subject | None:
    """What we know of one message."""
    return messages(connection, archive, [(service, message_id)]).get((service, message_id))


def _subject(message_id: str, row: Any, author_name: str | None) -> Subject:
    return Subject(
        kind=SubjectKind.MESSAGE,
        id=message_id,
        author_id=row.author_id,
        author_name=author_name,
        room_id=row.room_id,
        text=row.text,
        sent_at=row.sent_at,
    )
