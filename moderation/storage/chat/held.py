"""Held messages as a service sees them: list them, let one go, refuse it.

Approving, denying, deciding a case and expiring are each one conditional update on ``held``, so that
only one of them ever happens to a message (desk_held, expiry).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, tuple_, update

from moderation.errors import AlreadySettled, HeldNotFound
from moderation.storage import outbox
from moderation.storage.desk.held import APPROVED, DENIED, HELD
from moderation.storage.tables.cases import case_events, case_hits, cases, held_messages
from moderation.taxonomy import Severity

EXPIRED = "expired"
EVENTS = {APPROVED: "message.released", DENIED: "message.denied"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """A message that was held back, and what became of it.

    Attributes:
        state: ``held``, ``approved``, ``denied`` or ``expired``.
        settled_by: ``user:``, ``service:`` or ``key:`` with an id, or ``system``.
    """

    message_id: str
    case_id: str
    author_id: str
    author_name: str | None
    room_id: str
    text: str
    severity: Severity
    category_scores: Mapping[str, float]
    minors: bool
    sent_at: datetime
    held_at: datetime
    expires_at: datetime
    state: str
    settled_at: datetime | None
    settled_by: str | None


def list_messages(
    connection: Connection,
    service: str,
    *,
    state: str,
    minors: bool,
    after: tuple[datetime, str] | None,
    most: int,
) -> list[HeldMessage]:
    """Messages of a state, the longest held first.

    Args:
        connection: A snapshot.
        service: Whose.
        state: ``held``, ``approved``, ``denied`` or ``expired``.
        minors: Also those of cases in which a minor is at risk.
        after: ``held_at`` and id of the last one seen.
        most: At most so many.
    """
    query = _of(service, minors=minors).where(held_messages.c.state == state)
    if after is not None:
        query = query.where(tuple_(held_messages.c.held_at, held_messages.c.message_id) > tuple_(*after))
    query = query.order_by(held_messages.c.held_at, held_messages.c.message_id).limit(most)
    return [_held(row) for row in connection.execute(query).mappings()]


def settle(
    connection: Connection,
    service: str,
    message_id: str,
    *,
    state: str,
    by: str,
    minors: bool,
    now: datetime,
) -> HeldMessage:
    """Approve or deny a held message; the same again, by the same, changes nothing.

    Args:
        connection: A unit of work on the case store.
        service: Whose.
        message_id: Which.
        state: ``approved`` or ``denied``.
        by: Who says so.
        minors: They may settle messages of cases in which a minor is at risk.
        now: When.

    Raises:
        HeldNotFound: It never was held, or they may not know of it.
        AlreadySettled: Somebody else was first, or its time is up.
    """
    one = _of(service, minors=minors).where(held_messages.c.message_id == message_id)
    before = connection.execute(one).mappings().one_or_none()
    if before is None:
        raise HeldNotFound(message_id)
    settled = connection.execute(
        update(held_messages)
        .where(
            held_messages.c.service_id == service,
            held_messages.c.message_id == message_id,
            held_messages.c.state == HELD,
            held_messages.c.expires_at > now,
        )
        .values(state=state, settled_at=now, settled_by=by)
    )
    after = _held(connection.execute(one).mappings().one())
    if settled.rowcount == 0:
        if (after.state, after.settled_by) == (state, by):
            return after
        raise AlreadySettled(message_id, EXPIRED if after.state == HELD else after.state)
    _announce(connection, service, after, now=now)
    return after


def _announce(connection: Connection, service: str, message: HeldMessage, *, now: datetime) -> None:
    data: dict[str, Any] = {"message_id": message.message_id, "case_id": message.case_id}
    connection.execute(
        insert(case_events).values(
            case_id=message.case_id, at=now, actor=message.settled_by, kind=message.state, data=data
        )
    )
    outbox.emit(
        connection,
        service=service,
        type_=EVENTS[message.state],
        subject=message.message_id,
        data=data | {"author_id": message.author_id, "room_id": message.room_id},
        now=now,
        minors=message.minors,
    )


def _of(service: str, *, minors: bool) -> Select[Any]:
    hit = (
        (case_hits.c.case_id == held_messages.c.case_id)
        & (case_hits.c.service_id == held_messages.c.service_id)
        & (case_hits.c.message_id == held_messages.c.message_id)
    )
    query = (
        select(
            held_messages,
            case_hits.c.author_id,
            case_hits.c.author_name,
            case_hits.c.room_id,
            case_hits.c.text,
            case_hits.c.severity,
            case_hits.c.category_scores,
            case_hits.c.sent_at,
            cases.c.minors,
        )
        .select_from(held_messages)
        .join(case_hits, hit)
        .join(cases, cases.c.id == held_messages.c.case_id)
        .where(held_messages.c.service_id == service)
    )
    return query if minors else query.where(cases.c.minors.is_(False))


def _held(row: Mapping[Any, Any]) -> HeldMessage:
    return HeldMessage(
        message_id=row["message_id"],
        case_id=row["case_id"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        room_id=row["room_id"],
        text=row["text"],
        severity=tuple(Severity)[row["severity"]],
        category_scores=row["category_scores"],
        minors=row["minors"],
        sent_at=row["sent_at"],
        held_at=row["held_at"],
        expires_at=row["expires_at"],
        state=row["state"],
        settled_at=row["settled_at"],
        settled_by=row["settled_by"],
    )
