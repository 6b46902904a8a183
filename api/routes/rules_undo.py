"""Take back over HTTP what one version of a rule did in a period, with a preview."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.deps import Now, Write
from api.openapi import POSTED, problems
from api.routes.rules_shapes import Caller, RuleInPath, actor_of
from api.routes.shapes import Body, with_example
from moderation.errors import FieldProblem, Invalid
from moderation.review.sight import sight_of
from moderation.scoring.rule_source import RuleSource
from moderation.storage.rules import undo as rule_undo
from moderation.storage.rules.undo import Undoing
from moderation.taxonomy import Role, Scope

router = APIRouter(prefix="/v1/rules", tags=["rules"])


class UndoIn(Body):
    """What to take back."""

    model_config = with_example(
        version=2, since="2026-08-20T03:00:00Z", until="2026-08-20T04:00:00Z", preview=True
    )

    version: int = Field(ge=1, le=1_000_000)
    since: AwareDatetime
    until: AwareDatetime | None = Field(None, description="Null is now.")
    preview: bool = Field(True, description="Only say what would happen.")
    reason: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] = Field(
        "", description="Why, for colleagues and appeals; needed unless it is a preview."
    )


class UndoOut(BaseModel):
    """What would happen, or happened."""

    rule: str
    since: datetime
    until: datetime
    preview: bool
    cases: list[str] = Field(description="Cases that stand on this rule alone: decided as no violation.")
    kept_open: list[str] = Field(description="Cases that something else speaks for as well.")
    decided_by_people: int
    released: list[str] = Field(description="Held messages that are let go.")
    labels: int
    protected: int = Field(description="Cases that this key may not see.")
    left: dict[str, str] = Field(description="What could not be taken back, with why.")


@router.post(
    "/{rule_id}/undo",
    operation_id="undoRule",
    summary="Take back what a rule did",
    responses=problems(*POSTED),
)
def undo(rule_id: RuleInPath, body: UndoIn, key: Caller, unit: Write, now: Now) -> UndoOut:
    """Cases, held messages and labels of this service; what people decided stays. Admin keys reach minors' cases."""
    until = body.until or now
    if body.since >= until:
        problem = FieldProblem(pointer="/since", detail="Has to lie before `until`.")
        raise Invalid("There is nothing to take back.", [problem])
    if not body.preview and not body.reason.strip():
        raise Invalid("Say why.", [FieldProblem(pointer="/reason", detail="Needed unless it is a preview.")])
    rule, actor = RuleSource(rule_id, body.version), actor_of(key)
    roles = {Role.ADMIN} if Scope.ADMIN in key.scopes else {Role.RULES_MANAGER}
    sight = replace(sight_of(actor, roles), service=key.service)
    if body.preview:
        found = rule_undo.preview(
            unit.connection, rule, since=body.since, until=until, sight=sight, service=key.service
        )
    else:
        found = rule_undo.undo(
            unit.connection,
            rule,
            since=body.since,
            until=until,
            sight=sight,
            actor=actor,
            reason=body.reason,
            now=now,
            service=key.service,
        )
    return _out(found, preview=body.preview)


def _out(found: Undoing, *, preview: bool) -> UndoOut:
    return UndoOut(
        rule=str(found.rule),
        since=found.since,
        until=found.until,
        preview=preview,
        cases=list(found.alone),
        kept_open=list(found.mixed),
        decided_by_people=found.decided,
        released=[message_id for _, message_id in found.released],
        labels=found.labels,
        protected=found.protected,
        left=dict(found.left),
    )
