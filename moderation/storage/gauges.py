"""Gauges: how much waits, and how long, read from the database when somebody asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from moderation.review.case import CaseState
from moderation.storage.outbox import WEBHOOK
from moderation.storage.tables.cases import cases, held_messages
from moderation.storage.tables.delivery import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """What waits now; ages in seconds, 0 where nothing waits.

    Attributes:
        queues: Per review queue the open cases, and the age of the oldest.
        held: Messages held back.
        held_oldest: Age of the longest held one.
        webhooks: Events that have not reached their endpoint.
        webhooks_oldest: Age of the oldest of them.
    """

    queues: Mapping[str, tuple[int, float]]
    held: int
    held_oldest: float
    webhooks: int
    webhooks_oldest: float


def read(connection: Connection, *, now: datetime) -> Gauges:
    """Count what waits."""
    queues = connection.execute(
        select(cases.c.queue, func.count(), func.min(cases.c.opened_at))
        .where(cases.c.state != CaseState.CLOSED)
        .group_by(cases.c.queue)
    ).all()
    held, held_since = connection.execute(
        select(func.count(), func.min(held_messages.c.held_at)).where(held_messages.c.state == "held")
    ).one()
    webhooks, webhooks_since = connection.execute(
        select(func.count(), func.min(outbox.c.created_at)).where(
            outbox.c.destination == WEBHOOK, outbox.c.next_attempt_at.is_not(None)
        )
    ).one()
    return Gauges(
        queues={queue: (count, _age(since, now)) for queue, count, since in queues},
        held=held,
        held_oldest=_age(held_since, now),
        webhooks=webhooks,
        webhooks_oldest=_age(webhooks_since, now),
    )


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
