"""POST /v1/feedback: a score was wrong, and what would have been right."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, model_validator

from api.auth import require_scope
from api.deps import Now, ProcessParts, ReadArchive, Write
from api.openapi import POSTED, problems
from api.routes.shapes import Body, ExternalId, FreeText, with_example
from moderation.errors import FieldProblem, Invalid
from moderation.scoring.engine import Engine
from moderation.scoring.message import Author, Message, Room
from moderation.scoring.verdict import Verdict
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.chat import feedback as store
from moderation.storage.chat import known
from moderation.storage.chat.feedback import Feedback
from moderation.taxonomy import Category, Scope

router = APIRouter(prefix="/v1", tags=["messages"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.REVIEW))]


class FeedbackIn(Body):
    """One correction: of a message we scored, or of a text."""

    model_config = with_example(
        id="fb-1", message_id="m-1", categories=[], comment="ゲームの話です", by="mod-3"
    )

    id: ExternalId
    message_id: ExternalId | None = None
    text: FreeText | None = Field(None, description="For messages we do not know (any more).")
    categories: list[Category] = Field(
        max_length=len(Category), description="What is right; none: it is harmless."
    )
    minors: bool = Field(default=False, description="A minor is the one at risk.")
    comment: FreeText = ""
    by: ExternalId | None = Field(None, max_length=100, description="Their moderator's id.")

    @model_validator(mode="after")
    def is_about_something(self) -> Self:
        """It needs a message or a text."""
        if self.message_id is None and self.text is None:
            raise ValueError("feedback needs a message_id or a text")
        return self


class FeedbackOut(BaseModel):
    """It is kept."""

    id: str
    status: str = Field(description="kept, or known where this id came before.")


@router.post(
    "/feedback",
    status_code=201,
    operation_id="feedback",
    summary="Say that a score was wrong",
    responses=problems(*POSTED, 409, s409="The feedback id came before with other content."),
)
def feedback(
    body: FeedbackIn, key: Caller, unit: Write, archive: ReadArchive, parts: ProcessParts, now: Now
) -> FeedbackOut:
    """Kept with its text for the training of later classifiers; it changes no verdict by itself."""
    text = body.text
    if text is None:
        seen = known.message(unit.connection, archive, key.service, str(body.message_id))
        text = seen.text if seen else None
    if text is None:
        raise Invalid(
            "We do not know this message (any more); send its text.",
            [FieldProblem(pointer="/message_id", detail="not known")],
        )
    given = Feedback(
        service=key.service,
        id=body.id,
        message_id=body.message_id,
        text=text,
        categories=sorted(set(body.categories)),
        minors=body.minors,
        comment=body.comment,
        given_by=f"service:{body.by}" if body.by else f"key:{key.id}",
    )
    new = store.add(unit.connection, given, _said(parts.engines.current, given, now), now=now)
    return FeedbackOut(id=body.id, status="kept" if new else "known")


def _said(engine: Engine, given: Feedback, now: datetime) -> Verdict:
    """What we say of the text alone."""
    message = Message(
        service=given.service,
        id=given.id,
        text=given.text,
        author=Author(id="feedback"),
        room=Room(id="feedback"),
        sent_at=now,
        received_at=now,
        counted_at=now,
    )
    [verdict] = engine.finish(engine.begin([message]), [None])
    return verdict
