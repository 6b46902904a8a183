"""Appeals over HTTP: an author objects to a decision; another moderator answers in the console."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from api.auth import require_scope
from api.deps import Now, Write
from api.openapi import POSTED, problems
from api.routes.shapes import Body, ExternalId, Time, with_example
from moderation.review.appeal import LONGEST_APPEAL, Appeal, AppealState
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.desk import appeals
from moderation.taxonomy import Scope

router = APIRouter(prefix="/v1", tags=["appeals"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.REPORT))]


class AppealIn(Body):
    """An author's objection."""

    model_config = with_example(
        id="a-1", decision_id="01J9Z0W8QK6Y3V2T1S0R9P8N7M", author_id="u-1", text="友人どうしの冗談でした。"
    )

    id: ExternalId = Field(description="The service's id; sending it again changes nothing.")
    decision_id: Annotated[str, Field(max_length=64, description="`decision_id` of the webhook event.")]
    author_id: ExternalId
    text: Annotated[str, Field(max_length=LONGEST_APPEAL)] = ""
    appealed_at: Time | None = Field(None, description="When; without it the time it arrives.")


class AppealOut(BaseModel):
    """An appeal that was taken in."""

    id: str
    decision_id: str
    case_id: str
    state: AppealState
    due_at: datetime = Field(description="By when it is answered; `appeal.decided` tells the answer.")
    public_note: str


@router.post(
    "/appeals",
    status_code=201,
    operation_id="appeal",
    summary="Hand in an appeal against a decision",
    responses=problems(
        *POSTED, 404, 409, s409="The id came before with other content, or the decision was appealed before."
    )
    | {200: {"model": AppealOut, "description": "It was taken in before."}},
)
def appeal(body: AppealIn, key: Caller, unit: Write, now: Now, response: Response) -> AppealOut:
    """Only a violation that stands can be appealed, once, by whom it is about."""
    kept, new = appeals.receive(
        unit.connection,
        Appeal(
            service=key.service,
            id=body.id,
            decision_id=body.decision_id,
            author_id=body.author_id,
            text=body.text,
            appealed_at=body.appealed_at or now,
        ),
        now=now,
    )
    if not new:
        response.status_code = 200
    return AppealOut(
        id=kept.external_id,
        decision_id=kept.decision_id,
        case_id=kept.case_id,
        state=kept.state,
        due_at=kept.due_at,
        public_note=kept.public_note,
    )
