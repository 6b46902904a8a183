"""Gauges: how much waits, and how long, read from the database when somebody asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, literal, select

from moderation.review.case import CaseState
from moderation.storage import tallies
from moderation.storage.outbox import WEBHOOK
from moderation.storage.tables.cases import case_events, cases, decisions, held_messages
from moderation.storage.tables.delivery import outbox
from moderation.storage.tables.notices import notices

HANDLING = timedelta(hours=1)
"""Decisions of so long are looked at."""
_MOST_DECISIONS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """What waits now; ages in seconds, 0 where nothing waits.

    Attributes:
        queues: Per review queue the open cases, and the age of the oldest.
        held: Messages held back.
        held_oldest: Age of the longest held one.
        webhooks: Events that have not reached their endpoint.
        webhooks_oldest: Age of the oldest of them.
        deliveries: Attempts to deliver an event so far, by what came of them.
        handling: Seconds from claim to decision of the last hour's decisions, in rising order.
        notice_due: Seconds until the first open takedown notice is due, negative where it is late; None without any.
    """

    queues: Mapping[str, tuple[int, float]]
    held: int
    held_oldest: float
    webhooks: int
    webhooks_oldest: float
    deliveries: Mapping[str, int]
    handling: Sequence[float]
    notice_due: float | None


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
        deliveries=tallies.read(connection, tallies.DELIVERIES),
        handling=_handling(connection, now),
        notice_due=_notice_due(connection, now),
    )


def _handling(connection: Connection, now: datetime) -> list[float]:
    claimed = (
        select(func.max(case_events.c.at))
        .where(
            case_events.c.case_id == decisions.c.case_id,
            case_events.c.kind == "claimed",
            case_events.c.actor == literal("user:") + decisions.c.decided_by,
            case_events.c.at <= decisions.c.decided_at,
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        select(decisions.c.decided_at, claimed.label("claimed_at"))
        .where(decisions.c.decided_at > now - HANDLING)
        .order_by(decisions.c.decided_at.desc())
        .limit(_MOST_DECISIONS)
    )
    return sorted(_age(row.claimed_at, row.decided_at) for row in rows if row.claimed_at is not None)


def _notice_due(connection: Connection, now: datetime) -> float | None:
    first = connection.execute(
        select(func.min(func.coalesce(notices.c.extended_until, notices.c.due_at))).where(
            notices.c.state == "open"
        )
    ).scalar()
    return None if first is None else (first - now).total_seconds()


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
