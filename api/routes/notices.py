"""POST /v1/notices: legal takedown requests (削除申出). GET: how they stand."""

import base64
import binascii
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from api.auth import require_scope
from api.deps import Now, ProcessParts, Read, ReadArchive, Write
from api.openapi import KEYED, POSTED, problems
from api.routes.shapes import Body, ExternalId, FreeText, ShortText, with_example
from moderation.errors import FieldProblem, Invalid
from moderation.reports.clock import days_until
from moderation.reports.notice import MOST_FILES, Application, Attachment
from moderation.reports.notice_words import ApplicantKind, NoticeState, Right
from moderation.reports.terms import terms_of
from moderation.reports.tokens import TokenKind
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.reports import notice_read, notices
from moderation.storage.reports.notice_read import Notice
from moderation.taxonomy import Scope

router = APIRouter(prefix="/v1", tags=["notices"])

Reporter = Annotated[ApiKey, Depends(require_scope(Scope.REPORT))]
Reviewer = Annotated[ApiKey, Depends(require_scope(Scope.REVIEW))]


class ApplicantIn(Body):
    """Who applies; a name and one way to reach them are needed."""

    name: ShortText = ""
    kind: ApplicantKind = ApplicantKind.SELF
    email: ShortText = ""
    phone: ShortText = ""
    address: FreeText = ""


class AttachmentIn(Body):
    """A file, or the hash of one that is kept elsewhere."""

    name: ShortText
    sha256: str = Field(description="SHA-256 of the content, 64 lower-case hex digits.")
    content: str | None = Field(None, description="The content in base64; checked against the hash.")


class NoticeIn(Body):
    """One takedown request."""

    model_config = with_example(
        id="n-1",
        applicant={"name": "山田 太郎", "email": "taro@example.com"},
        right="honour",
        message_ids=["m-1"],
        statement="事実でないことを書かれ、社会的な評価を下げられました。",
    )

    id: ExternalId | None = Field(None, description="Your own id: sent twice, it is taken once.")
    applicant: ApplicantIn = ApplicantIn()
    right: Right
    message_ids: list[ExternalId] = Field(default=[], max_length=100)
    urls: list[ShortText] = Field(default=[], max_length=100)
    statement: FreeText = ""
    hide_from_poster: bool = Field(True, description="The applicant's name shall not reach the poster.")
    attachments: list[AttachmentIn] = Field(default=[], max_length=MOST_FILES)


class NoticeTakenOut(BaseModel):
    """That a notice was taken, and by when its applicant hears."""

    reference: str = Field(description="What applicant and platform call it.")
    received_at: datetime
    due_at: datetime
    status_token: str = Field(description="For the applicant: /takedown/status/{token} shows how it stands.")


class ClockDayOut(BaseModel):
    """A day until the end."""

    day: str
    holiday: str | None = Field(description="Its name, where it is a holiday of Japan.")
    free: bool = Field(description="A Saturday, a Sunday or a holiday.")


class NoticeOut(BaseModel):
    """How a notice stands; the applicant's name and contact are not part of it."""

    reference: str
    id: str | None
    right: str
    message_ids: list[str]
    urls: list[str]
    state: str
    clock: str = Field(description="running, due_soon, overdue, kept, missed or stopped.")
    received_at: datetime
    due_at: datetime
    extended_until: datetime | None
    result: str | None
    measures: list[str]
    result_reason: str | None
    decided_at: datetime | None
    applicant_notified_at: datetime | None
    poster_notified_at: datetime | None
    days: list[ClockDayOut]


class NoticesOut(BaseModel):
    """A page of notices: open ones first, whichever ends first on top."""

    notices: list[NoticeOut]
    total: int
    page: int
    pages: int


@router.post(
    "/notices",
    status_code=201,
    operation_id="notice",
    summary="Hand in a takedown request",
    responses=problems(*POSTED, 409, s409="The id came before with other content."),
)
def post_notice(
    body: NoticeIn, key: Reporter, unit: Write, archive: ReadArchive, parts: ProcessParts, now: Now
) -> NoticeTakenOut:
    """Its clock starts; the messages it names are copied at once, so that they cannot vanish."""
    application = Application(
        service=key.service,
        channel="api",
        external_id=body.id,
        name=body.applicant.name,
        kind=body.applicant.kind,
        email=body.applicant.email,
        phone=body.applicant.phone,
        address=body.applicant.address,
        right=body.right,
        message_ids=tuple(body.message_ids),
        urls=tuple(body.urls),
        statement=body.statement,
        hide_from_poster=body.hide_from_poster,
        files=tuple(_attachment(file, at) for at, file in enumerate(body.attachments)),
    )
    notice = notices.take(unit.connection, archive, application, terms_of(parts.settings), now=now)
    return NoticeTakenOut(
        reference=notice.reference,
        received_at=notice.received_at,
        due_at=notice.ends_at,
        status_token=parts.tokens.make(TokenKind.NOTICE, notice.id),
    )


@router.get(
    "/notices",
    operation_id="list_notices",
    summary="Takedown requests and how they stand",
    responses=problems(*KEYED, 422),
)
def list_notices(
    key: Reviewer,
    connection: Read,
    parts: ProcessParts,
    now: Now,
    state: NoticeState | None = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> NoticesOut:
    """Those of the key's service."""
    found = notice_read.list_notices(connection, state=state, service=key.service, page=page)
    terms = terms_of(parts.settings)
    return NoticesOut(
        notices=[_out(one, one.clock(now, terms).value) for one in found.rows],
        total=found.total,
        page=found.page,
        pages=found.pages,
    )


@router.get(
    "/notices/{reference}",
    operation_id="get_notice",
    summary="How a takedown request stands",
    responses=problems(*KEYED, 404),
)
def get_notice(reference: str, key: Reviewer, connection: Read, parts: ProcessParts, now: Now) -> NoticeOut:
    """By its reference."""
    notice = notice_read.get(connection, reference, service=key.service)
    return _out(notice, notice.clock(now, terms_of(parts.settings)).value)


def _attachment(given: AttachmentIn, at: int) -> Attachment:
    content = None
    if given.content is not None:
        try:
            content = base64.b64decode(given.content, validate=True)
        except (binascii.Error, ValueError) as error:
            problem = FieldProblem(pointer=f"/attachments/{at}/content", detail=f"not base64: {error}")
            raise Invalid("An attachment cannot be read.", [problem]) from error
    return Attachment(name=given.name, sha256=given.sha256, content=content)


def _out(notice: Notice, clock: str) -> NoticeOut:
    return NoticeOut(
        reference=notice.reference,
        id=notice.external_id,
        right=notice.right.value,
        message_ids=list(notice.message_ids),
        urls=list(notice.urls),
        state=notice.state.value,
        clock=clock,
        received_at=notice.received_at,
        due_at=notice.due_at,
        extended_until=notice.extended_until,
        result=notice.result.value if notice.result else None,
        measures=[measure.value for measure in notice.measures],
        result_reason=notice.result_reason,
        decided_at=notice.decided_at,
        applicant_notified_at=notice.applicant_notified_at,
        poster_notified_at=notice.poster_notified_at,
        days=[
            ClockDayOut(day=one.day.isoformat(), holiday=one.holiday, free=one.free)
            for one in days_until(notice.received_at, notice.ends_at)
        ],
    )
