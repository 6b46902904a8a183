"""Notices as they are read: one, a list, their history and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from moderation.reports.clock import ClockState, Terms
from moderation.reports.notice import NoticeNotFound
from moderation.reports.notice_words import (
    ApplicantExemption,
    ApplicantKind,
    ExtensionGround,
    Measure,
    NoticeState,
    PosterExemption,
    Result,
    Right,
)
from moderation.storage.tables.notices import notice_events, notice_files, notices

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who applied; only whoever works on notices sees it."""

    name: str
    kind: ApplicantKind
    email: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEvent:
    """One line of a notice's history."""

    at: datetime
    actor: str
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFile:
    """An attachment; ``content`` is there where it was handed in and was asked for."""

    number: int
    name: str
    size: int
    sha256: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice. ``due_at`` is the first end of its clock, ``extended_until`` a later one."""

    id: str
    reference: str
    service: str
    channel: str
    external_id: str | None
    applicant: Applicant
    right: Right
    message_ids: Sequence[str]
    urls: Sequence[str]
    statement: str
    hide_from_poster: bool
    received_at: datetime
    due_at: datetime
    state: NoticeState
    specialist: str | None
    extension_ground: ExtensionGround | None
    extension_reason: str | None
    extended_until: datetime | None
    result: Result | None
    measures: Sequence[Measure]
    result_reason: str | None
    policy_id: str | None
    policy_version: int | None
    decided_at: datetime | None
    decided_by: str | None
    applicant_notified_at: datetime | None
    applicant_exempt_ground: ApplicantExemption | None
    poster_notified_at: datetime | None
    poster_exempt_ground: PosterExemption | None
    poster_exempt_reason: str | None

    @property
    def ends_at(self) -> datetime:
        """By when the applicant has to hear of the result."""
        return self.extended_until or self.due_at

    @property
    def applicant_settled(self) -> bool:
        """The applicant was told, or there is a ground not to."""
        return self.applicant_notified_at is not None or self.applicant_exempt_ground is not None

    @property
    def poster_settled(self) -> bool:
        """The poster was told of the measure, or there is a ground not to."""
        return self.poster_notified_at is not None or self.poster_exempt_ground is not None

    def clock(self, now: datetime, terms: Terms) -> ClockState:
        """How it stands with the clock: what counts is when the applicant was told."""
        if self.state is NoticeState.WITHDRAWN or self.applicant_exempt_ground is not None:
            return ClockState.STOPPED
        if self.applicant_notified_at is not None:
            return ClockState.KEPT if self.applicant_notified_at <= self.ends_at else ClockState.MISSED
        if now > self.ends_at:
            return ClockState.OVERDUE
        return ClockState.DUE_SOON if now >= self.ends_at - terms.due_soon else ClockState.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage:
    """A page of notices; ``page`` counts from 1."""

    rows: Sequence[Notice]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def get(connection: Connection, name: str, *, lock: bool = False, service: str | None = None) -> Notice:
    """By its reference or our own id; with a service only one of theirs. Raises NoticeNotFound."""
    query = select(notices).where(or_(notices.c.id == name, notices.c.reference == name.upper()))
    if service is not None:
        query = query.where(notices.c.service_id == service)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NoticeNotFound(name)
    return notice_of(row)


def list_notices(
    connection: Connection,
    *,
    state: NoticeState | None = None,
    right: Right | None = None,
    specialist: str | None = None,
    service: str | None = None,
    page: int = 1,
) -> NoticePage:
    """Open ones first, whichever ends first on top; then the settled ones, the newest first."""
    conditions: list[ColumnElement[bool]] = []
    if state is not None:
        conditions.append(notices.c.state == state.value)
    if right is not None:
        conditions.append(notices.c.right_claimed == right.value)
    if specialist is not None:
        conditions.append(notices.c.specialist == specialist)
    if service is not None:
        conditions.append(notices.c.service_id == service)
    total = connection.execute(select(func.count()).select_from(notices).where(*conditions)).scalar_one()
    page = min(page, max(1, -(-total // PAGE)))
    rows = connection.execute(
        select(notices)
        .where(*conditions)
        .order_by(
            notices.c.state != NoticeState.OPEN.value,
            func.coalesce(notices.c.decided_at, func.coalesce(notices.c.extended_until, notices.c.due_at)),
            notices.c.id,
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return NoticePage(rows=[notice_of(row) for row in rows], total=total, page=page)


def history(connection: Connection, notice_id: str) -> list[NoticeEvent]:
    """Everything that happened to a notice, oldest first."""
    rows = connection.execute(
        select(notice_events).where(notice_events.c.notice_id == notice_id).order_by(notice_events.c.seq)
    )
    return [NoticeEvent(at=row.at, actor=row.actor, kind=row.kind, data=row.data) for row in rows]


def files(connection: Connection, notice_id: str, *, content: bool = False) -> list[NoticeFile]:
    """The attachments, with what is in them where asked for."""
    wanted = [notice_files.c.number, notice_files.c.name, notice_files.c.size, notice_files.c.sha256]
    rows = connection.execute(
        select(*wanted, *([notice_files.c.content] if content else []))
        .where(notice_files.c.notice_id == notice_id)
        .order_by(notice_files.c.number)
    )
    return [
        NoticeFile(
            number=row.number,
            name=row.name,
            size=row.size,
            sha256=row.sha256,
            content=row.content if content else None,
        )
        for row in rows
    ]


def notice_of(row: Any) -> Notice:
    """A notice from its row."""
    return Notice(
        id=row.id,
        reference=row.reference,
        service=row.service_id,
        channel=row.channel,
        external_id=row.external_id,
        applicant=Applicant(
            name=row.applicant_name,
            kind=ApplicantKind(row.applicant_kind),
            email=row.applicant_email,
            phone=row.applicant_phone,
            address=row.applicant_address,
        ),
        right=Right(row.right_claimed),
        message_ids=tuple(row.message_ids),
        urls=tuple(row.urls),
        statement=row.statement,
        hide_from_poster=row.wants_poster_hidden,
        received_at=row.received_at,
        due_at=row.due_at,
        state=NoticeState(row.state),
        specialist=row.specialist,
        extension_ground=ExtensionGround(row.extension_ground) if row.extension_ground else None,
        extension_reason=row.extension_reason,
        extended_until=row.extended_until,
        result=Result(row.result) if row.result else None,
        measures=tuple(Measure(name) for name in row.measures),
        result_reason=row.result_reason,
        policy_id=row.policy_id,
        policy_version=row.policy_version,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        applicant_notified_at=row.applicant_notified_at,
        applicant_exempt_ground=ApplicantExemption(row.applicant_exempt_ground)
        if row.applicant_exempt_ground
        else None,
        poster_notified_at=row.poster_notified_at,
        poster_exempt_ground=PosterExemption(row.poster_exempt_ground) if row.poster_exempt_ground else None,
        poster_exempt_reason=row.poster_exempt_reason,
    )
