"""Job: one attempt to deliver one event to one webhook receiver."""

from datetime import UTC, datetime, timedelta

import structlog

from moderation.storage import outbox
from moderation.storage.database import Database
from moderation.storage.outbox import OutboxRow
from moderation.storage.webhooks import endpoints
from moderation.storage.webhooks.endpoints import Endpoint
from workers import process
from workers.retries import next_attempt
from workers.webhook_http import Answer, body_of, send

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=60)
"""On top of the receiver's time: an attempt that has not ended by then died, and is made again."""
_GONE = 410


def deliver(outbox_id: str) -> None:
    """Take the row, send, and note what came of it.

    May run twice: only one of two gets the row. The row is leased before the request leaves and
    settled after it, so an event arrives at least once; its ``webhook-id`` tells repeats apart.
    """
    parts = process.parts()
    timeout = parts.settings.webhook_timeout_seconds
    taken = _take(parts.database, outbox_id, lease=_LEASE + timedelta(seconds=timeout))
    if taken is None:
        return
    row, endpoint = taken
    now = datetime.now(UTC)
    answer = send(
        url=endpoint.url,
        secrets=endpoint.secrets_at(now),
        outbox_id=row.id,
        body=body_of(row.payload, row.subject),
        now=now,
        timeout=timeout,
        allow_private=parts.settings.allow_private_webhooks,
    )
    _settle(parts.database, row, endpoint, answer, now=datetime.now(UTC))


def _take(database: Database, outbox_id: str, *, lease: timedelta) -> tuple[OutboxRow, Endpoint] | None:
    now = datetime.now(UTC)
    with database.write() as unit:
        row = outbox.take(unit.connection, outbox_id, now=now, until=now + lease)
        if row is None or row.endpoint_id is None:
            return None
        endpoint = endpoints.get(unit.connection, row.endpoint_id)
        if endpoint.disabled_at is not None:
            outbox.give_up(unit.connection, row.id, now=now)
            return None
        return row, endpoint


def _settle(database: Database, row: OutboxRow, endpoint: Endpoint, answer: Answer, *, now: datetime) -> None:
    again = next_attempt(row.id, attempts=row.attempts, retry_after=answer.retry_after, now=now)
    with database.write() as unit:
        outbox.log_attempt(
            unit.connection,
            row.id,
            at=now,
            status=answer.status,
            error=answer.error,
            milliseconds=answer.milliseconds,
        )
        if answer.delivered:
            outbox.mark_delivered(unit.connection, [row.id], now=now)
        elif answer.status == _GONE:
            endpoints.disable(unit.connection, endpoint.id, why="the receiver answered 410 Gone", now=now)
        elif again is None:
            outbox.give_up(unit.connection, row.id, now=now)
        else:
            outbox.put_off(unit.connection, row.id, next_attempt_at=again)
    log.info(
        "webhook.attempted",
        outbox_id=row.id,
        event_type=row.type,
        attempt=row.attempts,
        status=answer.status,
        error=answer.error,
        delivered=answer.delivered,
        milliseconds=answer.milliseconds,
    )
