"""Alarms of notices: the service hears once of each that is due soon, and of each that is overdue."""

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, func, select, update

from moderation.reports.clock import Terms
from moderation.reports.notice_words import NoticeState
from moderation.storage.reports.notice_read import get
from moderation.storage.reports.notices import announce, note_event
from moderation.storage.tables.notices import notices


def sound_alarms(connection: Connection, terms: Terms, *, now: datetime, most: int) -> tuple[int, int]:
    """Tell the service, once each, which notices are due soon and which are overdue.

    Returns:
        How many of either.
    """
    end = func.coalesce(notices.c.extended_until, notices.c.due_at)
    late = _alarm(connection, "overdue", notices.c.overdue_at, end < now, now=now, most=most)
    near = (end >= now) & (end <= now + terms.due_soon)
    return _alarm(connection, "due_soon", notices.c.due_soon_at, near, now=now, most=most), late


def _alarm(
    connection: Connection,
    kind: str,
    sounded: Column[datetime],
    when: ColumnElement[bool],
    *,
    now: datetime,
    most: int,
) -> int:
    due = select(notices.c.id).where(notices.c.state == NoticeState.OPEN.value, sounded.is_(None), when)
    marked = connection.execute(
        update(notices)
        .where(notices.c.id.in_(due.order_by(notices.c.due_at).limit(most)), sounded.is_(None))
        .values({sounded: now})
        .returning(notices.c.id)
    )
    ids = sorted(marked.scalars())
    for notice_id in ids:
        note_event(connection, notice_id, "system", kind, {}, now=now)
        announce(connection, get(connection, notice_id), f"notice.{kind}", now=now)
    return len(ids)
