"""What was said in a room after a case's messages, as the archive has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, true

from moderation.review.sight import Sight
from moderation.scoring.talk import RoomLine
from moderation.storage.desk.case import CaseFile
from moderation.storage.desk.rows import live_spans
from moderation.storage.tables.archive import messages
from moderation.storage.tables.cases import case_hits
from moderation.taxonomy import Category

LOOKED_AT = timedelta(minutes=10)
"""So long after the last flagged message the room's talk belongs to the case."""
MOST_LINES = 200
Span = tuple[int, int, Category]
"""Start and end (half-open, in code points) of a place in a text, and what was found there."""


def lines_after(archive: Connection, file: CaseFile, sight: Sight) -> Sequence[RoomLine]:
    """The room's talk from a case's first flagged message on that the case itself did not keep.

    Messages about minors are left out for whoever may not see such cases.
    """
    if file.case.room_id is None or not file.hits:
        return []
    first, last = file.hits[0].sent_at, file.hits[-1].sent_at
    return _read(
        archive,
        file,
        sight,
        since=first,
        until=last + LOOKED_AT,
        known={line.message_id for line in file.lines},
    )


def spans_elsewhere(
    connection: Connection, file: CaseFile, lines: Sequence[RoomLine], sight: Sight
) -> Mapping[str, Sequence[Span]]:
    """Where lines of the talk that belong to other cases are marked there, by message id."""
    others = {line.message_id for line in lines} - {hit.message_id for hit in file.hits}
    if not others:
        return {}
    found = connection.execute(
        select(case_hits.c.message_id, case_hits.c.signals).where(
            case_hits.c.service_id == file.case.service,
            case_hits.c.message_id.in_(others),
            true() if sight.minors else case_hits.c.minors.is_(False),
        )
    )
    return {row.message_id: live_spans(row.signals) for row in found}


def _read(
    archive: Connection, file: CaseFile, sight: Sight, *, since: datetime, until: datetime, known: set[str]
) -> list[RoomLine]:
    query = select(messages.c.id, messages.c.author_id, messages.c.text, messages.c.sent_at).where(
        messages.c.service_id == file.case.service,
        messages.c.room_id == file.case.room_id,
        messages.c.counted_at > since,
        messages.c.counted_at <= until,
    )
    if not sight.minors:
        query = query.where(messages.c.minors.is_(False))
    newest = query.order_by(messages.c.counted_at.desc()).limit(MOST_LINES)
    names = _names(file)
    return [
        RoomLine(
            message_id=row.id,
            author_id=row.author_id,
            author_name=names.get(row.author_id),
            text=row.text,
            sent_at=row.sent_at,
        )
        for row in archive.execute(newest)
        if row.id not in known
    ]


def _names(file: CaseFile) -> Mapping[str, str]:
    """Names as the case knows them; the archive keeps none."""
    named = [(line.author_id, line.author_name) for line in file.lines]
    named += [(hit.author_id, hit.author_name) for hit in file.hits]
    return {author_id: name for author_id, name in named if name}
