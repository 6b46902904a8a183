"""Held messages as the desk sees them: what waits, with the time that is left, and one at a time settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from moderation.review.case import Case
from moderation.review.sight import Sight
from moderation.storage.accounts import audit
from moderation.storage.chat import held
from moderation.storage.desk.held import HELD
from moderation.storage.desk.rows import case_of, get_case, live_spans, visible
from moderation.storage.tables.cases import case_hits, cases, held_messages
from moderation.taxonomy import Category

MOST_WAITING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that waits for a decision, with its case."""

    case: Case
    message_id: str
    author_id: str
    author_name: str | None
    text: str
    spans: Sequence[tuple[int, int, Category]]
    held_at: datetime
    expires_at: datetime


def list_waiting(connection: Connection, sight: Sight, *, now: datetime) -> list[Waiting]:
    """Held messages whose time is not up, of cases the person may see; what runs out first comes first."""
    hit = (
        (case_hits.c.case_id == held_messages.c.case_id)
        & (case_hits.c.service_id == held_messages.c.service_id)
        & (case_hits.c.message_id == held_messages.c.message_id)
    )
    rows = connection.execute(
        select(
            cases,
            held_messages.c.message_id,
            held_messages.c.held_at,
            held_messages.c.expires_at,
            case_hits.c.author_id.label("said_by"),
            case_hits.c.author_name,
            case_hits.c.text,
            case_hits.c.signals,
        )
        .select_from(held_messages)
        .join(cases, cases.c.id == held_messages.c.case_id)
        .join(case_hits, hit)
        .where(held_messages.c.state == HELD, held_messages.c.expires_at > now, visible(sight))
        .order_by(held_messages.c.expires_at)
        .limit(MOST_WAITING)
    )
    return [
        Waiting(
            case=case_of(row),
            message_id=row["message_id"],
            author_id=row["said_by"],
            author_name=row["author_name"],
            text=row["text"],
            spans=live_spans(row["signals"]),
            held_at=row["held_at"],
            expires_at=row["expires_at"],
        )
        for row in rows.mappings()
    ]


def settle_one(
    connection: Connection, sight: Sight, case_id: str, message_id: str, *, state: str, now: datetime
) -> None:
    """Let one held message go, or refuse it.

    Raises:
        CaseNotFound, HeldNotFound: There is none for this person.
        AlreadySettled: Somebody else was first, or its time is up.
    """
    case = get_case(connection, case_id, sight, lock=True)
    held.settle(
        connection,
        case.service,
        message_id,
        state=state,
        by=f"user:{sight.user_id}",
        minors=sight.minors,
        now=now,
    )
    audit.record(
        connection,
        actor=f"user:{sight.user_id}",
        act=f"message.{state}",
        object_=f"case:{case_id}",
        data={"message_id": message_id},
        now=now,
    )
