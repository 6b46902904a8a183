"""The feed: what happened to cases somebody may see, read from the store again and again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from moderation.review.sight import Sight
from moderation.storage.desk.rows import visible
from moderation.storage.tables.cases import case_events, cases

OVERLAP = 200
"""Events are read so far back again: on PostgreSQL a transaction with a lower number may commit later."""
_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """One thing that happened; ``user_id`` is None where no person did it."""

    seq: int
    case_id: str
    kind: str
    user_id: str | None
    queue: str
    data: Mapping[str, Any]


def newest(connection: Connection) -> int:
    """Number of the last event, 0 where there is none."""
    return connection.execute(select(func.max(case_events.c.seq))).scalar_one() or 0


def since(connection: Connection, sight: Sight, after: int) -> Sequence[FeedEvent]:
    """Events with a higher number, of cases the person may see, oldest first."""
    rows = connection.execute(
        select(case_events, cases.c.queue)
        .join(cases, cases.c.id == case_events.c.case_id)
        .where(case_events.c.seq > after, visible(sight))
        .order_by(case_events.c.seq)
        .limit(_MOST)
    )
    return [
        FeedEvent(
            seq=row.seq,
            case_id=row.case_id,
            kind=row.kind,
            user_id=row.actor.removeprefix("user:") if row.actor.startswith("user:") else None,
            queue=row.queue,
            data={name: value for name, value in row.data.items() if name in ("to", "from", "state")},
        )
        for row in rows
    ]
