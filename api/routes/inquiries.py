"""POST /v1/inquiries: letters to support. GET: how one stands, with its answer."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.auth import require_scope
from api.deps import Now, Parts, ProcessParts, Read
from api.openapi import KEYED, POSTED, problems
from api.routes.shapes import (
    MANY,
    MOST_ITEMS,
    ONE,
    Body,
    ExternalId,
    FreeText,
    TakenOut,
    Time,
    not_ahead,
    one_or_many,
    with_example,
)
from api.toll import charge
from moderation.errors import FieldProblem, Invalid
from moderation.reports.intake import Taken, place_inquiries
from moderation.reports.reading import read_inquiries
from moderation.reports.report import Inquiry
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.reports import inquiries
from moderation.taxonomy import InquiryTopic, Scope

router = APIRouter(prefix="/v1", tags=["reports"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.REPORT))]
Payer = Annotated[ApiKey, Depends(require_scope(Scope.REPORT, cost=0))]


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
    sender_id: ExternalId | None = Field(None, description="Who wrote it.")
    room_id: ExternalId | None = None
    author_id: ExternalId | None = Field(None, description="Whom it is about.")
    case_id: ExternalId | None = Field(None, description="The case it is about.")
    ticket_id: ExternalId | None = Field(None, description="Its number in the support tool.")
    asked_at: Time | None = None


class InquiriesIn(Body):
    """Several letters."""

    inquiries: list[InquiryIn] = Field(min_length=1, max_length=MOST_ITEMS)


Bodies = Annotated[Annotated[InquiryIn, ONE] | Annotated[InquiriesIn, MANY], one_or_many("inquiries")]


class TakenAllOut(BaseModel):
    """What became of each, in order."""

    results: list[TakenOut]


class InquiryOut(BaseModel):
    """A letter, and its answer."""

    id: str
    topic: str
    state: str = Field(description="open, answered or closed.")
    ticket_id: str | None
    case_id: str | None
    asked_at: datetime
    reply: str | None
    answered_at: datetime | None


@router.post(
    "/inquiries",
    status_code=201,
    operation_id="inquire",
    summary="Hand in one inquiry or several",
    responses=problems(*POSTED, 409, s409="The inquiry id came before with other content."),
)
async def inquire(
    request: Request, body: Bodies, key: Payer, parts: ProcessParts, now: Now
) -> TakenOut | TakenAllOut:
    """An inquiry that names an author, a room or a case joins it; all of them feed the trends."""
    many = isinstance(body, InquiriesIn)
    given = body.inquiries if isinstance(body, InquiriesIn) else [body]
    await charge(request, key, len(given))
    letters = [
        inquiry_of(key.service, one, now, f"/inquiries/{at}" if many else "") for at, one in enumerate(given)
    ]
    taken = await run_in_threadpool(_take, parts, letters, now)
    out = [TakenOut(id=one.id, status=one.status.value, case_id=one.case_id) for one in taken]
    return TakenAllOut(results=out) if many else out[0]


@router.get(
    "/inquiries/{inquiry_id}",
    operation_id="get_inquiry",
    summary="How an inquiry stands, with its answer",
    responses=problems(*KEYED, 404),
)
def get_inquiry(inquiry_id: str, key: Caller, connection: Read) -> InquiryOut:
    """By the id it was sent with."""
    found = inquiries.by_external_id(connection, key.service, inquiry_id)
    return InquiryOut(
        id=found.external_id,
        topic=found.topic.value,
        state=found.state.value,
        ticket_id=found.ticket_id,
        case_id=found.case_id,
        asked_at=found.asked_at,
        reply=found.reply,
        answered_at=found.answered_at,
    )


def _take(parts: Parts, letters: list[Inquiry], now: datetime) -> list[Taken]:
    reads = read_inquiries(parts.engines.current, letters, now=now)
    with parts.database.write() as unit:
        return place_inquiries(unit.connection, reads, now=now)


def inquiry_of(service: str, given: InquiryIn, now: datetime, place: str) -> Inquiry:
    """The domain's inquiry of one body. Raises Invalid, with pointers below ``place``."""
    not_ahead(given.asked_at, now, f"{place}/asked_at")
    if not given.text.strip():
        raise Invalid(
            "An inquiry needs a text.", [FieldProblem(pointer=f"{place}/text", detail="nothing is written")]
        )
    return Inquiry(
        service=service,
        id=given.id,
        topic=given.topic,
        text=given.text,
        room_id=given.room_id,
        author_id=given.author_id,
        ticket_id=given.ticket_id,
        asked_at=given.asked_at or now,
        sender_id=given.sender_id,
        case_id=given.case_id,
    )
