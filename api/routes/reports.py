"""POST /v1/reports and /v1/inquiries: what viewers, streamers and letter writers tell us."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api.auth import require_scope
from api.deps import Now, Parts, ProcessParts, ReadArchive, Write
from api.openapi import POSTED, problems
from api.routes.shapes import MOST_ITEMS, Body, ExternalId, FreeText, ShortText, TakenOut, Time, with_example
from moderation.errors import FieldProblem, Invalid
from moderation.reports.intake import ReportDesk, Taken
from moderation.reports.report import Inquiry, Report, Subject
from moderation.scoring.message import NEWEST
from moderation.storage.accounts import ApiKey
from moderation.storage.database import Connection, Unit
from moderation.taxonomy import InquiryTopic, ReportReason, Scope, SubjectKind

router = APIRouter(prefix="/v1", tags=["reports"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.REPORT))]


class SubjectIn(Body):
    """What the report is about: a message, an author, a room or a profile."""

    kind: SubjectKind
    id: ExternalId
    room_id: ExternalId | None = Field(None, description="Where it happened, for authors.")


class ReportedMessageIn(Body):
    """The reported message as the reporter saw it, for messages we may not know."""

    text: FreeText
    author_id: ExternalId
    author_name: ShortText | None = None
    room_id: ExternalId
    sent_at: Time | None = None


class ReportIn(Body):
    """One complaint."""

    model_config = with_example(
        id="rp-1",
        reporter_id="u-9",
        subject={"kind": "message", "id": "m-1"},
        reason="solicitation",
        text="知らない人に連絡先を聞かれました",
    )

    id: ExternalId
    reporter_id: ExternalId
    subject: SubjectIn
    reason: ReportReason
    text: FreeText = ""
    evidence: list[ExternalId] = Field(default=[], max_length=100, description="Ids of further messages.")
    message: ReportedMessageIn | None = None
    reported_at: Time | None = None


class ReportsIn(Body):
    """Several complaints."""

    reports: list[ReportIn] = Field(min_length=1, max_length=MOST_ITEMS)


class InquiryIn(Body):
    """One letter to support."""

    model_config = with_example(
        id="iq-1",
        topic="streaming",
        text="配信のチャットで何度も悪口を書かれています",
        room_id="r-1",
        ticket_id="CS-1024",
    )

    id: ExternalId
    topic: InquiryTopic
    text: FreeText
    room_id: ExternalId | None = None
    author_id: ExternalId | None = None
    ticket_id: ExternalId | None = None
    asked_at: Time | None = None


class InquiriesIn(Body):
    """Several letters."""

    inquiries: list[InquiryIn] = Field(min_length=1, max_length=MOST_ITEMS)


class TakenAllOut(BaseModel):
    """What became of each, in order."""

    results: list[TakenOut]


@router.post(
    "/reports",
    status_code=201,
    operation_id="report",
    summary="Hand in one report or several",
    responses=problems(*POSTED, 409, s409="The report id came before with other content."),
)
def report(
    body: ReportIn | ReportsIn, key: Caller, unit: Write, archive: ReadArchive, parts: ProcessParts, now: Now
) -> TakenOut | TakenAllOut:
    """A report joins the live case of its subject, or opens one; it is scored like chat.

    Its id is idempotent. The same reporter on the same subject counts once.
    """
    desk = _desk(parts, unit, archive, now)
    if isinstance(body, ReportsIn):
        reports = [_report(key, one, now, f"/reports/{at}") for at, one in enumerate(body.reports)]
        return TakenAllOut(results=_out([desk.take_report(one) for one in reports]))
    [out] = _out([desk.take_report(_report(key, body, now, ""))])
    return out


@router.post(
    "/inquiries",
    status_code=201,
    operation_id="inquire",
    summary="Hand in one inquiry or several",
    responses=problems(*POSTED, 409, s409="The inquiry id came before with other content."),
)
def inquire(
    body: InquiryIn | InquiriesIn,
    key: Caller,
    unit: Write,
    archive: ReadArchive,
    parts: ProcessParts,
    now: Now,
) -> TakenOut | TakenAllOut:
    """An inquiry that names an author or a room joins their case; all of them feed the trends."""
    desk = _desk(parts, unit, archive, now)
    if isinstance(body, InquiriesIn):
        inquiries = [_inquiry(key, one, now, f"/inquiries/{at}") for at, one in enumerate(body.inquiries)]
        return TakenAllOut(results=_out([desk.take_inquiry(one) for one in inquiries]))
    [out] = _out([desk.take_inquiry(_inquiry(key, body, now, ""))])
    return out


def _desk(parts: Parts, unit: Unit, archive: Connection, now: datetime) -> ReportDesk:
    return ReportDesk(engine=parts.engines.current, connection=unit.connection, archive=archive, now=now)


def _out(taken: Sequence[Taken]) -> list[TakenOut]:
    return [TakenOut(id=one.id, status=one.status.value, case_id=one.case_id) for one in taken]


def _report(key: ApiKey, given: ReportIn, now: datetime, place: str) -> Report:
    _not_ahead(given.reported_at, now, f"{place}/reported_at")
    if given.subject.kind is SubjectKind.AUTHOR and given.subject.id == given.reporter_id:
        raise Invalid(
            "Nobody can report themself.",
            [FieldProblem(pointer=f"{place}/subject/id", detail="the reporter's own id")],
        )
    message = given.message
    subject = Subject(
        kind=given.subject.kind,
        id=given.subject.id,
        author_id=message.author_id if message else None,
        author_name=message.author_name if message else None,
        room_id=message.room_id if message else given.subject.room_id,
        text=message.text if message else None,
        sent_at=message.sent_at if message else None,
    )
    return Report(
        service=key.service,
        id=given.id,
        reporter_id=given.reporter_id,
        subject=subject,
        reason=given.reason,
        text=given.text,
        evidence=tuple(given.evidence),
        reported_at=given.reported_at or now,
    )


def _inquiry(key: ApiKey, given: InquiryIn, now: datetime, place: str) -> Inquiry:
    _not_ahead(given.asked_at, now, f"{place}/asked_at")
    return Inquiry(
        service=key.service,
        id=given.id,
        topic=given.topic,
        text=given.text,
        room_id=given.room_id,
        author_id=given.author_id,
        ticket_id=given.ticket_id,
        asked_at=given.asked_at or now,
    )


def _not_ahead(time: datetime | None, now: datetime, pointer: str) -> None:
    if time is not None and time > now + NEWEST:
        raise Invalid(
            "A time lies in the future.", [FieldProblem(pointer=pointer, detail=f"{time} is after now")]
        )
