"""What was sent to a webhook endpoint, what came of it, and sending it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from moderation.errors import NotFound
from moderation.storage.outbox import Event, emit_to
from moderation.storage.tables.delivery import outbox, webhook_deliveries
from moderation.storage.webhooks import endpoints


class Delivery(StrEnum):
    """How far an event came."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What one attempt to deliver came to; ``status`` is None where nobody answered."""

    at: datetime
    status: int | None
    error: str | None
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentEvent:
    """One event on its way to one endpoint. ``id`` is its ``webhook-id``; ``seq`` its place in the log."""

    seq: int
    id: str
    type: str
    subject: str
    created_at: datetime
    state: Delivery
    attempts: int
    next_attempt_at: datetime | None
    last: Attempt | None


_WHERE: dict[Delivery, ColumnElement[bool]] = {
    Delivery.WAITING: outbox.c.next_attempt_at.is_not(None),
    Delivery.DELIVERED: outbox.c.delivered_at.is_not(None),
    Delivery.FAILED: outbox.c.failed_at.is_not(None),
}


def sent_events(
    connection: Connection, endpoint_id: str, *, state: Delivery | None, before: int | None, most: int
) -> list[SentEvent]:
    """Events of an endpoint, newest first, of one state or all, before a place in the log."""
    query = select(outbox).where(outbox.c.endpoint_id == endpoint_id)
    if state is not None:
        query = query.where(_WHERE[state])
    if before is not None:
        query = query.where(outbox.c.seq < before)
    rows = connection.execute(query.order_by(outbox.c.seq.desc()).limit(most)).all()
    last = _last_attempts(connection, [row.id for row in rows])
    return [_event(row, last.get(row.id)) for row in rows]


def attempts(connection: Connection, outbox_id: str) -> list[Attempt]:
    """The delivery log of one event, oldest first."""
    rows = connection.execute(
        select(webhook_deliveries)
        .where(webhook_deliveries.c.outbox_id == outbox_id)
        .order_by(webhook_deliveries.c.seq)
    )
    return [_attempt(row) for row in rows]


def attempts_at(connection: Connection, endpoint_id: str, event_id: str) -> list[Attempt]:
    """The same of an event that belongs to an endpoint. Raises NotFound."""
    known = connection.execute(
        select(outbox.c.seq).where(outbox.c.id == event_id, outbox.c.endpoint_id == endpoint_id)
    ).first()
    if known is None:
        raise NotFound(f"No event {event_id!r} of this endpoint.")
    return attempts(connection, event_id)


def redeliver(connection: Connection, endpoint_id: str, event_id: str, *, now: datetime) -> None:
    """Send an event again from the start, with the same ``webhook-id``. Raises NotFound."""
    done = connection.execute(
        update(outbox)
        .where(outbox.c.id == event_id, outbox.c.endpoint_id == endpoint_id)
        .values(next_attempt_at=now, attempts=0, delivered_at=None, failed_at=None)
    )
    if done.rowcount == 0:
        raise NotFound(f"No event {event_id!r} of this endpoint.")


def redeliver_failed(
    connection: Connection, endpoint_id: str, *, since: datetime, now: datetime
) -> list[str]:
    """Send again everything that was given up since a time; the events' ids."""
    again = connection.execute(
        update(outbox)
        .where(
            outbox.c.endpoint_id == endpoint_id, outbox.c.failed_at.is_not(None), outbox.c.created_at >= since
        )
        .values(next_attempt_at=now, attempts=0, failed_at=None)
        .returning(outbox.c.id)
    )
    return list(again.scalars())


def send_test(connection: Connection, endpoint_id: str, *, now: datetime) -> str:
    """Queue a ``webhook.test`` for one endpoint; the event's id. Raises NotFound."""
    endpoint = endpoints.get(connection, endpoint_id)
    event = Event(
        service=endpoint.service,
        type="webhook.test",
        subject=endpoint_id,
        data={"endpoint_id": endpoint_id},
    )
    return emit_to(connection, endpoint_id, event, now=now)


def _last_attempts(connection: Connection, ids: Sequence[str]) -> dict[str, Attempt]:
    rows = connection.execute(
        select(webhook_deliveries)
        .where(webhook_deliveries.c.outbox_id.in_(ids))
        .order_by(webhook_deliveries.c.seq)
    )
    return {row.outbox_id: _attempt(row) for row in rows}


def _attempt(row: Any) -> Attempt:
    return Attempt(at=row.at, status=row.status, error=row.error, milliseconds=row.milliseconds)


def _event(row: Any, last: Attempt | None) -> SentEvent:
    if row.next_attempt_at is not None:
        state = Delivery.WAITING
    else:
        state = Delivery.DELIVERED if row.delivered_at is not None else Delivery.FAILED
    return SentEvent(
        seq=row.seq,
        id=row.id,
        type=row.type,
        subject=row.subject,
        created_at=row.created_at,
        state=state,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        last=last,
    )
