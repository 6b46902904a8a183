"""GET /v1/answers/{decision_id}: what author and reporters are told of a decision, in Japanese."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api.auth import require_scope
from api.deps import Read
from api.openapi import KEYED, problems
from moderation.errors import NotFound
from moderation.reports.answers import Answer
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.reports import answers
from moderation.taxonomy import Scope

router = APIRouter(prefix="/v1", tags=["reports"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.REPORT))]


class AnswerOut(BaseModel):
    """What one side is told."""

    result: str = Field(
        description="received, measure_taken, no_violation, cared_for, mediated or still_looking."
    )
    title_ja: str
    text_ja: str
    reason_ja: str = Field(description="Why; empty while nothing is decided.")
    policy_id: str | None = Field(description="The clause it rests on, or was checked against.")
    policy_version: int | None


class AnswersOut(BaseModel):
    """What both sides of a decision are told."""

    decision_id: str
    case_id: str
    decided_at: datetime
    undone: bool = Field(description="It was taken back since: tell nobody.")
    author_id: str | None
    author: AnswerOut
    reporter: AnswerOut
    report_ids: list[str]


def answer_out(answer: Answer) -> AnswerOut:
    """An answer as it goes over the wire."""
    return AnswerOut(
        result=answer.kind.value,
        title_ja=answer.title,
        text_ja=answer.text,
        reason_ja=answer.reason,
        policy_id=answer.policy_id,
        policy_version=answer.policy_version,
    )


@router.get(
    "/answers/{decision_id}",
    operation_id="answers",
    summary="What author and reporters are told of a decision",
    responses=problems(*KEYED, 404),
)
def get_answers(decision_id: str, key: Caller, connection: Read) -> AnswersOut:
    """The id stands in ``case.decided`` and ``report.resolved``. About minors only for ``admin`` keys."""
    both = answers.of_decision(connection, key.service, decision_id)
    if both.minors and Scope.ADMIN not in key.scopes:
        raise NotFound(f"No decision {decision_id!r}.")
    return AnswersOut(
        decision_id=both.decision.id,
        case_id=both.decision.case_id,
        decided_at=both.decision.decided_at,
        undone=both.decision.undone_by is not None,
        author_id=both.author_id,
        author=answer_out(both.author),
        reporter=answer_out(both.reporter),
        report_ids=list(both.report_ids),
    )
