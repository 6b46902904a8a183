"""Held messages that nobody looked at in time: they stay unseen, and their service is told."""

from datetime import datetime

from sqlalchemy import Connection, select, tuple_, update

from moderation.storage import outbox
from moderation.storage.tables.cases import case_hits, held_messages


def expire_held(connection: Connection, *, now: datetime, most: int) -> int:
    """Settle held messages whose time is up, oldest first.

    Approving, denying and expiring are each one conditional update on ``held``, so only one of
    them ever happens to a message.

    Returns:
        How many expired.
    """
    late = (
        select(held_messages.c.service_id, held_messages.c.message_id)
        .where(held_messages.c.state == "held", held_messages.c.expires_at <= now)
        .order_by(held_messages.c.expires_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    expired = connection.execute(
        update(held_messages)
        .where(
            held_messages.c.state == "held",
            tuple_(held_messages.c.service_id, held_messages.c.message_id).in_(late),
        )
        .values(state="expired", settled_at=now, settled_by="system")
        .returning(held_messages.c.service_id, held_messages.c.message_id, held_messages.c.case_id)
    ).all()
    for held in expired:
        hit = connection.execute(
            select(case_hits.c.author_id, case_hits.c.room_id, case_hits.c.minors)
            .where(
                case_hits.c.case_id == held.case_id,
                case_hits.c.service_id == held.service_id,
                case_hits.c.message_id == held.message_id,
            )
            .limit(1)
        ).one()
        outbox.emit(
            connection,
            service=held.service_id,
            type_="message.expired",
            subject=held.message_id,
            data={
                "message_id": held.message_id,
                "case_id": held.case_id,
                "author_id": hit.author_id,
                "room_id": hit.room_id,
            },
            now=now,
            minors=hit.minors,
        )
    return len(expired)
