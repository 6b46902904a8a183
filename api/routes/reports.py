"""POST /v1/reports: what viewers and streamers complain about. GET: how a report stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from api.auth import require_scope
from api.deps import Now, Parts, ProcessParts, Read
from api.openapi import KEYED, POSTED, problems
from api.routes.answers import AnswerOut, answer_out
from api.routes.shapes import (
    MANY,
    MOST_ITEMS,
    ONE,
    Body,
    ExternalId,
    FreeText,
    ShortText,
    TakenOut,
    Time,
    not_ahead,
    one_or_many,
    with_example,
)
from api.toll import charge
from moderation.errors import FieldProblem, Invalid
from moderation.reports.intake import Taken
from moderation.reports.report import Report, Subject
from moderation.reports.tokens import TokenKind
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.reports import answers
from moderation.taxonomy import AuthorRole, ReportReason, Scope, SubjectKind

router = APIRouter(prefix="/v1", tags=["reports"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.REPORT))]


async def _payer(
    request: Request, key: Annotated[ApiKey, Depends(require_scope(Scope.REPORT, cost=0))]
) -> ApiKey:
    """The caller, who pays for every report of the body, whether it can be used or not."""
    try:
        given = await request.json()  # read already: what it says of each report is checked after this
    except ValueError:
        given = None
    many = given.get("reports") if isinstance(given, dict) else None
    await charge(request, key, max(1, len(many)) if isinstance(many, list) else 1)
    return key


Payer = Annotated[ApiKey, Depends(_payer)]


class SubjectIn(Body):
    """What the report is about: a message, an author, a room or a profile."""

    kind: SubjectKind
    id: ExternalId
    room_id: ExternalId | None = Field(None, description="Where it happened, for authors.")
    text: FreeText | None = Field(None, description="What a profile says, as the reporter saw it.")


class ReportedMessageIn(Body):
    """The reported message as the reporter saw it, for messages we may not know."""

    text: FreeText
    author_id: ExternalId | None = None
    author_name: ShortText | None = None
    room_id: ExternalId | None = None
    sent_at: Time | None = None


class ReporterIn(Body):
    """What the service knows of the reporter."""

    created_at: Time | None = Field(None, description="Since when their account exists.")
    role: AuthorRole = Field(
        AuthorRole.VIEWER, description="Their part in the room; who runs or moderates it is trusted."
    )


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
    reporter: ReporterIn = ReporterIn()
    subject: SubjectIn
    reason: ReportReason
    text: FreeText = ""
    evidence: list[ExternalId] = Field(default=[], max_length=100, description="Ids of further messages.")
    message: ReportedMessageIn | None = None
    reported_at: Time | None = None


class ReportsIn(Body):
    """Several complaints."""

    reports: list[ReportIn] = Field(min_length=1, max_length=MOST_ITEMS)


Bodies = Annotated[Annotated[ReportIn, ONE] | Annotated[ReportsIn, MANY], one_or_many("reports")]


class ReportTakenOut(TakenOut):
    """What became of one report."""

    status_token: str = Field(description="For the reporter: /reports/status/{token} shows how it stands.")


class ReportsTakenOut(BaseModel):
    """What became of each, in order."""

    results: list[ReportTakenOut]


class ReportOut(BaseModel):
    """A report as its reporter may see it."""

    id: str
    status: str = Field(description="What became of it on arrival, as the answer to it said.")
    reason: str
    subject_kind: str
    reported_at: datetime
    resolved_at: datetime | None
    case_id: str | None
    status_token: str
    answer: AnswerOut


@router.post(
    "/reports",
    status_code=201,
    response_model=ReportTakenOut | ReportsTakenOut,
    operation_id="report",
    summary="Hand in one report or several",
    responses=problems(*POSTED, 409, s409="A report id came before with other content; nothing was taken."),
)
async def report(body: Bodies, key: Payer, parts: ProcessParts, now: Now) -> Response:
    """A report joins the live case of its subject, or opens one; its text is scored like chat.

    Its id is idempotent. The same reporter on the same subject counts once. All of a request is taken, or
    nothing; what is answered with 201 survives the death of the process.
    """
    many = isinstance(body, ReportsIn)
    given = body.reports if isinstance(body, ReportsIn) else [body]
    reports = [
        report_of(key.service, one, now, f"/reports/{at}" if many else "") for at, one in enumerate(given)
    ]
    taken = await parts.collector.take(parts.engines.current, reports, now=now)
    out = _out(parts, taken)
    answer = ReportsTakenOut(results=out) if many else out[0]
    # Ready as it is: FastAPI would check our own answer again.
    return Response(answer.model_dump_json(), 201, media_type="application/json")


@router.get(
    "/reports/{report_id}",
    operation_id="get_report",
    summary="How a report stands, with the answer for its reporter",
    responses=problems(*KEYED, 404),
)
def get_report(report_id: str, key: Caller, connection: Read, parts: ProcessParts) -> ReportOut:
    """By the id it was sent with. The answer never says what is known of the reporter or the author."""
    state = answers.state_of(connection, key.service, report_id)
    return ReportOut(
        id=state.id,
        status=state.status,
        reason=state.reason.value,
        subject_kind=state.subject_kind.value,
        reported_at=state.reported_at,
        resolved_at=state.resolved_at,
        case_id=state.case_id,
        status_token=parts.tokens.make(TokenKind.REPORT, state.row_id),
        answer=answer_out(state.answer),
    )


def _out(parts: Parts, taken: Sequence[Taken]) -> list[ReportTakenOut]:
    return [
        ReportTakenOut(
            id=one.id,
            status=one.status.value,
            case_id=one.case_id,
            status_token=parts.tokens.make(TokenKind.REPORT, one.row_id),
        )
        for one in taken
    ]


def report_of(service: str, given: ReportIn, now: datetime, place: str) -> Report:
    """The domain's report of one body. Raises Invalid, with pointers below ``place``."""
    not_ahead(given.reported_at, now, f"{place}/reported_at")
    not_ahead(given.reporter.created_at, now, f"{place}/reporter/created_at")
    message = given.message
    if message is not None:
        not_ahead(message.sent_at, now, f"{place}/message/sent_at")
    _not_oneself(given, place)
    return Report(
        service=service,
        id=given.id,
        reporter_id=given.reporter_id,
        subject=Subject(
            kind=given.subject.kind,
            id=given.subject.id,
            author_id=message.author_id if message else None,
            author_name=message.author_name if message else None,
            room_id=(message.room_id if message else None) or given.subject.room_id,
            text=message.text if message else given.subject.text,
            sent_at=message.sent_at if message else None,
        ),
        reason=given.reason,
        text=given.text,
        evidence=tuple(given.evidence),
        reported_at=given.reported_at or now,
        reporter_created_at=given.reporter.created_at,
        reporter_role=given.reporter.role,
    )


def _not_oneself(given: ReportIn, place: str) -> None:
    about_person = given.subject.kind in (SubjectKind.AUTHOR, SubjectKind.PROFILE)
    if about_person and given.subject.id == given.reporter_id:
        pointer = f"{place}/subject/id"
    elif given.message is not None and given.message.author_id == given.reporter_id:
        pointer = f"{place}/message/author_id"
    else:
        return
    raise Invalid(
        "Nobody can report themself.", [FieldProblem(pointer=pointer, detail="the reporter's own id")]
    )
