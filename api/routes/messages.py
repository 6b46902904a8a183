"""Held messages for services with a review tool of their own: list, approve, deny."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from api.auth import require_scope
from api.deps import Now, Read, Write
from api.openapi import KEYED, POSTED, problems
from api.routes.shapes import Body, ExternalId, with_example
from moderation.errors import FieldProblem, Invalid
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.chat import held
from moderation.storage.chat.held import HeldMessage
from moderation.storage.database import Unit
from moderation.taxonomy import Scope

router = APIRouter(prefix="/v1", tags=["messages"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.REVIEW))]
MessageId = Annotated[str, Path(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]*$")]
MOST = 200


class HeldState(StrEnum):
    """What became of a message that was held back."""

    HELD = "held"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"


class HeldOut(BaseModel):
    """A message that was held back."""

    id: str
    case_id: str
    author_id: str
    author_name: str | None
    room_id: str
    text: str
    severity: str
    category_scores: dict[str, float]
    sent_at: datetime
    held_at: datetime
    expires_at: datetime = Field(description="It stays unseen for good if nobody looks until then.")
    state: HeldState
    settled_at: datetime | None
    settled_by: str | None


class HeldPage(BaseModel):
    """Some of them, the longest held first."""

    messages: list[HeldOut]
    next_cursor: str | None = Field(description="Where the next page begins; null on the last one.")


class SettleIn(Body):
    """Who says so, where the service knows."""

    model_config = with_example(by="mod-3")

    by: ExternalId | None = Field(None, max_length=100, description="Their moderator's id.")


@router.get(
    "/messages",
    operation_id="listMessages",
    summary="Messages that are, or were, held back",
    responses=problems(*KEYED, 422),
)
def list_messages(
    key: Caller,
    connection: Read,
    state: HeldState = HeldState.HELD,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    cursor: Annotated[
        str | None, Query(max_length=400, description="`next_cursor` of the last page.")
    ] = None,
) -> HeldPage:
    """The longest held first. Where a minor is at risk only admin keys see them."""
    found = held.list_messages(
        connection,
        key.service,
        state=state.value,
        minors=_sees_minors(key),
        after=None if cursor is None else _read_cursor(cursor),
        most=limit + 1,
    )
    page, more = found[:limit], len(found) > limit
    return HeldPage(messages=[_out(one) for one in page], next_cursor=_cursor(page[-1]) if more else None)


@router.post(
    "/messages/{message_id:path}/approve",
    operation_id="approveMessage",
    summary="Let a held message go",
    responses=problems(*POSTED, 404, 409, s409="It was settled before, or its time is up."),
)
def approve(
    message_id: MessageId, key: Caller, unit: Write, now: Now, body: SettleIn | None = None
) -> HeldOut:
    """The service hears of it by ``message.released`` as well. The same again changes nothing."""
    return _settle(message_id, HeldState.APPROVED, key, unit, now, body)


@router.post(
    "/messages/{message_id:path}/deny",
    operation_id="denyMessage",
    summary="Refuse a held message",
    responses=problems(*POSTED, 404, 409, s409="It was settled before, or its time is up."),
)
def deny(message_id: MessageId, key: Caller, unit: Write, now: Now, body: SettleIn | None = None) -> HeldOut:
    """The service hears of it by ``message.denied`` as well. The same again changes nothing."""
    return _settle(message_id, HeldState.DENIED, key, unit, now, body)


def _settle(
    message_id: str, state: HeldState, key: ApiKey, unit: Unit, now: datetime, body: SettleIn | None
) -> HeldOut:
    by = f"service:{body.by}" if body is not None and body.by is not None else f"key:{key.id}"
    return _out(
        held.settle(
            unit.connection,
            key.service,
            message_id,
            state=state.value,
            by=by,
            minors=_sees_minors(key),
            now=now,
        )
    )


def _sees_minors(key: ApiKey) -> bool:
    return Scope.ADMIN in key.scopes


def _out(message: HeldMessage) -> HeldOut:
    return HeldOut(
        id=message.message_id,
        case_id=message.case_id,
        author_id=message.author_id,
        author_name=message.author_name,
        room_id=message.room_id,
        text=message.text,
        severity=message.severity.value,
        category_scores=dict(message.category_scores),
        sent_at=message.sent_at,
        held_at=message.held_at,
        expires_at=message.expires_at,
        state=HeldState(message.state),
        settled_at=message.settled_at,
        settled_by=message.settled_by,
    )


def _cursor(last: HeldMessage) -> str:
    return urlsafe_b64encode(f"{last.held_at.isoformat()} {last.message_id}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        time, _, message_id = urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        held_at = datetime.fromisoformat(time)
    except ValueError as error:
        raise _bad_cursor() from error
    if held_at.tzinfo is None or "\0" in message_id:
        raise _bad_cursor()
    return held_at, message_id


def _bad_cursor() -> Invalid:
    return Invalid(
        "The page cannot be found.", [FieldProblem(pointer="/cursor", detail="not a `next_cursor` of ours")]
    )
