"""The outbox: what has to leave the house, written in the transaction that makes it true.

A row is one event for one webhook endpoint, or one fact for the recorder. ``next_attempt_at``
says when it is due; null means done or given up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, exists, insert, select, update

from moderation.storage import tallies
from moderation.storage.ids import new_id
from moderation.storage.often import Query
from moderation.storage.tables.delivery import outbox, webhook_deliveries, webhook_endpoints
from moderation.storage.webhooks.event_types import wants

WEBHOOK = "webhook"
RECORDER = "recorder"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One thing that has to leave."""

    seq: int
    id: str
    endpoint_id: str | None
    service: str
    type: str
    subject: str
    payload: Mapping[str, Any]
    created_at: datetime
    attempts: int


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a service may want to hear of.

    Attributes:
        service: Whose endpoints.
        type: E.g. ``case.decided``.
        subject: What it is about, e.g. a case id; the order of events is kept per subject.
        data: The event's body, thin.
        minors: It concerns harm to a minor: only endpoints that may see such events get it.
    """

    service: str
    type: str
    subject: str
    data: Mapping[str, Any]
    minors: bool = False


def emit(
    connection: Connection,
    *,
    service: str,
    type_: str,
    subject: str,
    data: Mapping[str, Any],
    now: datetime,
    minors: bool = False,
) -> None:
    """Queue an event for every webhook endpoint of a service that wants it; see ``Event``."""
    emit_all(
        connection,
        [Event(service=service, type=type_, subject=subject, data=data, minors=minors)],
        now=now,
    )


def emit_all(connection: Connection, events: Sequence[Event], *, now: datetime) -> None:
    """Queue several events, in their order."""
    emit_listening(connection, events, listening(connection, events), now=now)


def listening(connection: Connection, events: Sequence[Event]) -> Sequence[Any]:
    """The endpoints of the services that events are about."""
    services = sorted({event.service for event in events})
    return [endpoint for service in services for endpoint in LISTENING.all(connection, service=service)]


def emit_listening(
    connection: Connection, events: Sequence[Event], endpoints: Sequence[Any], *, now: datetime
) -> None:
    """Queue several events for those of their services' endpoints that want them; reads nothing."""
    rows = [
        _event_row(event, endpoint.id, now)
        for event in events
        for endpoint in endpoints
        if endpoint.service_id == event.service
        and wants(endpoint.event_types, event.type)
        and (endpoint.sees_minors or not event.minors)
    ]
    if rows:
        connection.execute(_INSERT, rows)


def emit_to(connection: Connection, endpoint_id: str, event: Event, *, now: datetime) -> str:
    """Queue an event for one endpoint, whatever it listens to; the event's id."""
    row = _event_row(event, endpoint_id, now)
    connection.execute(_INSERT, row)
    return str(row["id"])


def _event_row(event: Event, endpoint_id: str, now: datetime) -> dict[str, Any]:
    payload = {"type": event.type, "timestamp": now.isoformat(), "data": dict(event.data)}
    row = _row(WEBHOOK, event.service, event.type, event.subject, payload, now)
    return row | {"endpoint_id": endpoint_id}


LISTENING = Query(
    select(
        webhook_endpoints.c.id,
        webhook_endpoints.c.service_id,
        webhook_endpoints.c.event_types,
        webhook_endpoints.c.sees_minors,
    ).where(webhook_endpoints.c.service_id == bindparam("service"), webhook_endpoints.c.disabled_at.is_(None))
)
_INSERT = insert(outbox).inline()


def record_fact(
    connection: Connection, *, service: str, kind: str, data: Mapping[str, Any], now: datetime
) -> None:
    """Queue a fact (a decision, a report) that the recorder counts once into the buckets."""
    record_facts(connection, service=service, kind=kind, data=[data], now=now)


def record_facts(
    connection: Connection, *, service: str, kind: str, data: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """The same for several facts of one kind."""
    if data:
        connection.execute(_INSERT, [_row(RECORDER, service, kind, kind, one, now) for one in data])


def _row(
    destination: str, service: str, type_: str, subject: str, payload: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "destination": destination,
        "endpoint_id": None,
        "service_id": service,
        "type": type_,
        "subject": subject,
        "payload": dict(payload),
        "created_at": now,
        "next_attempt_at": now,
        "attempts": 0,
    }


def due(connection: Connection, *, destination: str, now: datetime, most: int) -> list[OutboxRow]:
    """What should leave now, oldest first; never past an earlier event of the same subject."""
    rows = connection.execute(
        select(outbox)
        .where(outbox.c.destination == destination, outbox.c.next_attempt_at <= now, ~_earlier_one_waits())
        .order_by(outbox.c.seq)
        .limit(most)
    )
    return [_from_row(row) for row in rows]


def _earlier_one_waits() -> ColumnElement[bool]:
    """An earlier event about the same subject has not reached this endpoint yet.

    Facts for the recorder have no endpoint, and no order.
    """
    earlier = outbox.alias("earlier")
    return exists(
        select(earlier.c.seq).where(
            earlier.c.destination == outbox.c.destination,
            earlier.c.next_attempt_at.is_not(None),
            earlier.c.endpoint_id == outbox.c.endpoint_id,
            earlier.c.subject == outbox.c.subject,
            earlier.c.seq < outbox.c.seq,
        )
    )


def take(connection: Connection, outbox_id: str, *, now: datetime, until: datetime) -> OutboxRow | None:
    """Reserve one due row for one attempt until a time; None when it is done or someone else has it."""
    taken = connection.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id, outbox.c.next_attempt_at <= now, ~_earlier_one_waits())
        .values(next_attempt_at=until, attempts=outbox.c.attempts + 1)
        .returning(outbox)
    ).one_or_none()
    return None if taken is None else _from_row(taken)


def mark_delivered(connection: Connection, ids: Sequence[str], *, now: datetime) -> None:
    """Done: these never leave again."""
    connection.execute(
        update(outbox).where(outbox.c.id.in_(ids)).values(next_attempt_at=None, delivered_at=now)
    )


def put_off(connection: Connection, outbox_id: str, *, next_attempt_at: datetime) -> None:
    """Try again later."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id, outbox.c.delivered_at.is_(None))
        .values(next_attempt_at=next_attempt_at)
    )


def give_up(connection: Connection, outbox_id: str, *, now: datetime) -> None:
    """No more attempts; the delivery log says why."""
    connection.execute(
        update(outbox).where(outbox.c.id == outbox_id).values(next_attempt_at=None, failed_at=now)
    )


def log_attempt(
    connection: Connection,
    outbox_id: str,
    *,
    at: datetime,
    status: int | None,
    error: str | None,
    milliseconds: int,
) -> None:
    """Keep what one attempt came to, and count it."""
    delivered = status is not None and error is None
    result = "delivered" if delivered else "refused" if status is not None else "unreachable"
    tallies.add(connection, tallies.DELIVERIES, result)
    connection.execute(
        insert(webhook_deliveries).values(
            outbox_id=outbox_id, at=at, status=status, error=error, milliseconds=milliseconds
        )
    )


def _from_row(row: Any) -> OutboxRow:
    return OutboxRow(
        seq=row.seq,
        id=row.id,
        endpoint_id=row.endpoint_id,
        service=row.service_id,
        type=row.type,
        subject=row.subject,
        payload=row.payload,
        created_at=row.created_at,
        attempts=row.attempts,
    )
