"""Inquiries for whoever answers them: the list, one letter, its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, update

from moderation.errors import Conflict, NotFound
from moderation.review.sight import Sight
from moderation.storage import outbox
from moderation.storage.desk.reports import PAGE
from moderation.storage.tables.cases import cases
from moderation.storage.tables.voices import inquiries
from moderation.taxonomy import InquiryTopic


class InquiryState(StrEnum):
    """Where a letter stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class InquiryNotFound(NotFound):
    """No such inquiry for this caller."""

    code = "inquiry_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(f"No inquiry {name!r}.")


class InquiryAnswered(Conflict):
    """Somebody answered or closed it meanwhile."""

    code = "inquiry_answered"

    def __init__(self, name: str, state: str) -> None:
        super().__init__(f"Inquiry {name!r} is {state} already; load it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptInquiry:
    """One letter; ``id`` is our own, ``external_id`` the service's."""

    id: str
    service: str
    external_id: str
    topic: InquiryTopic
    text: str
    state: InquiryState
    sender_id: str | None
    author_id: str | None
    room_id: str | None
    case_id: str | None
    ticket_id: str | None
    urgent: tuple[str, ...]
    minors: bool
    asked_at: datetime
    reply: str | None
    answered_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryPage:
    """A page of letters; ``page`` counts from 1."""

    rows: Sequence[KeptInquiry]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def by_external_id(connection: Connection, service: str, external_id: str) -> KeptInquiry:
    """By the service's id. Raises InquiryNotFound."""
    row = connection.execute(
        select(inquiries).where(inquiries.c.service_id == service, inquiries.c.external_id == external_id)
    ).one_or_none()
    if row is None:
        raise InquiryNotFound(external_id)
    return _kept(row)


def get(connection: Connection, inquiry_id: str, sight: Sight) -> KeptInquiry:
    """By our own id. Raises InquiryNotFound, also for one about minors that the person may not see."""
    row = connection.execute(select(inquiries).where(inquiries.c.id == inquiry_id)).one_or_none()
    if row is None or (not sight.minors and _about_minors(connection, row)):
        raise InquiryNotFound(inquiry_id)
    return _kept(row)


def _about_minors(connection: Connection, row: Any) -> bool:
    if row.minors or row.case_id is None:
        return bool(row.minors)
    return bool(
        connection.execute(select(cases.c.minors).where(cases.c.id == row.case_id)).scalar_one_or_none()
    )


def list_inquiries(
    connection: Connection,
    sight: Sight,
    *,
    topic: InquiryTopic | None,
    state: InquiryState | None,
    words: str,
    page: int,
) -> InquiryPage:
    """Letters, those that wait first, the longest-waiting on top.

    Args:
        connection: A snapshot.
        sight: Who looks; letters about minors only for whoever may see them.
        topic: Only these.
        state: Likewise.
        words: Only letters with this in their text, ticket or ids.
        page: From 1.
    """
    joined = inquiries.outerjoin(cases, cases.c.id == inquiries.c.case_id)
    conditions: list[ColumnElement[bool]] = []
    if not sight.minors:
        conditions.append(
            inquiries.c.minors.is_(False) & or_(cases.c.minors.is_(None), cases.c.minors == false())
        )
    if topic is not None:
        conditions.append(inquiries.c.topic == topic.value)
    if state is not None:
        conditions.append(inquiries.c.state == state.value)
    if words:
        wanted = (inquiries.c.text, inquiries.c.ticket_id, inquiries.c.external_id, inquiries.c.sender_id)
        conditions.append(or_(*(column.contains(words, autoescape=True) for column in wanted)))
    total = connection.execute(select(func.count()).select_from(joined).where(*conditions)).scalar_one()
    page = min(page, max(1, -(-total // PAGE)))
    rows = connection.execute(
        select(inquiries)
        .select_from(joined)
        .where(*conditions)
        .order_by(inquiries.c.state.desc(), inquiries.c.asked_at, inquiries.c.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return InquiryPage(rows=[_kept(row) for row in rows], total=total, page=page)


def answer(
    connection: Connection, inquiry: KeptInquiry, *, reply: str | None, by: str, now: datetime
) -> None:
    """Answer a letter, or close it without one; the service hears of it.

    Raises:
        InquiryAnswered: Somebody was there before.
    """
    state = InquiryState.CLOSED if reply is None else InquiryState.ANSWERED
    done = connection.execute(
        update(inquiries)
        .where(inquiries.c.id == inquiry.id, inquiries.c.state == InquiryState.OPEN.value)
        .values(state=state.value, reply=reply, answered_by=by, answered_at=now)
    )
    if done.rowcount == 0:
        raise InquiryAnswered(inquiry.external_id, "answered or closed")
    outbox.emit(
        connection,
        service=inquiry.service,
        type_="inquiry.answered",
        subject=inquiry.id,
        data={
            "inquiry_id": inquiry.external_id,
            "ticket_id": inquiry.ticket_id,
            "sender_id": inquiry.sender_id,
            "state": state.value,
            "reply": reply,
        },
        now=now,
        minors=inquiry.minors,
    )


def reopen(connection: Connection, inquiry: KeptInquiry) -> None:
    """Let a letter wait again; what was answered stays readable until it is answered anew."""
    connection.execute(
        update(inquiries).where(inquiries.c.id == inquiry.id).values(state=InquiryState.OPEN.value)
    )


def _kept(row: Any) -> KeptInquiry:
    return KeptInquiry(
        id=row.id,
        service=row.service_id,
        external_id=row.external_id,
        topic=InquiryTopic(row.topic),
        text=row.text,
        state=InquiryState(row.state),
        sender_id=row.sender_id,
        author_id=row.author_id,
        room_id=row.room_id,
        case_id=row.case_id,
        ticket_id=row.ticket_id,
        urgent=tuple(row.urgent),
        minors=row.minors,
        asked_at=row.asked_at,
        reply=row.reply,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )
