"""Decide a case by one key or by the long form, and take decisions back."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.console.case import show
from api.console.case_form import Typed, number_of, typed_of
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, ProcessParts, lease_of
from moderation.errors import Conflict, FieldProblem, Invalid, MissingRole, PolicyNotFound
from moderation.review.decision import Action, Decision, Outcome, Ruling
from moderation.review.presets import BY_NAME, reason_for, ruling_of
from moderation.storage import policies
from moderation.storage.database import Unit
from moderation.storage.desk import case, claims, next_case
from moderation.storage.desk import decide as desk_decide
from moderation.taxonomy import Category

router = APIRouter()


@router.post("/console/cases/{case_id}/decide", name="console_decide", response_class=HTMLResponse)
def decide(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Settle a case, and open the next one. One transaction for both."""
    preset = text_of(form, "preset")
    typed = None if preset else typed_of(form)
    try:
        with parts.database.write() as unit:
            ruling = preset_ruling(unit, case_id, visitor, preset) if typed is None else _typed_ruling(typed)
            decision = _decide(unit, case_id, visitor, form, ruling, now)
            following, _ = next_case.resume_or_claim_next(
                unit.connection, visitor.sight, now=now, lease=lease_of(parts)
            )
    except (Conflict, Invalid, MissingRole, PolicyNotFound) as error:
        return show(request, case_id, visitor, parts, now, error=error, typed=typed)
    where = f"/console/cases/{following.id}" if following else "/console/queue"
    return RedirectResponse(f"{where}?decided={decision.id}", status_code=303)


@router.post("/console/cases/{case_id}/undo", name="console_undo", response_class=HTMLResponse)
def undo(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Take the last decision back, and open its case again.

    The case that was claimed after the decision goes back to the queue.
    """
    lease = lease_of(parts)
    try:
        with parts.database.write() as unit:
            _undo(unit, case_id, visitor, text_of(form, "decision_id"), now, lease)
            left = text_of(form, "leaving")
            if left and left != case_id:
                claims.release(unit.connection, left, visitor.sight, now=now)
    except (Conflict, MissingRole) as error:
        return show(request, case_id, visitor, parts, now, error=error)
    return RedirectResponse(f"/console/cases/{case_id}?undone=1", status_code=303)


def _decide(unit: Unit, case_id: str, visitor: Visitor, form: FormData, ruling: Ruling, now: Now) -> Decision:
    return desk_decide.decide(
        unit.connection,
        case_id,
        visitor.sight,
        ruling,
        decision_id=text_of(form, "decision_id"),
        version=number_of(form, "version"),
        seen_hit_seq=number_of(form, "seen_hit_seq"),
        now=now,
    )


def _undo(
    unit: Unit, case_id: str, visitor: Visitor, decision_id: str, now: Now, lease: timedelta
) -> Decision:
    return desk_decide.undo(
        unit.connection, case_id, visitor.sight, decision_id=decision_id, now=now, lease=lease
    )


def preset_ruling(unit: Unit, case_id: str, visitor: Visitor, name: str) -> Ruling:
    """What one key means for this case. Raises Invalid, CaseNotFound."""
    preset = BY_NAME.get(name)
    if preset is None:
        raise Invalid(f"No such decision: {name!r}.")
    file = case.with_hits_alone(unit.connection, case_id, visitor.sight)
    return ruling_of(
        preset,
        leading=file.leading,
        cited=file.cited_policies,
        clauses=policies.current(unit.connection),
    )


def _typed_ruling(typed: Typed) -> Ruling:
    """The long form as a ruling; without a reason of its own it takes the usual one.

    Raises:
        Invalid: A value is not of the vocabulary.
    """
    try:
        outcome = Outcome(typed.outcome)
        categories = tuple(Category(name) for name in typed.categories)
        actions = tuple(Action(name) for name in typed.actions) or (Action.NONE,)
    except ValueError as error:
        problem = FieldProblem(pointer="/outcome", detail=str(error))
        raise Invalid("The form holds a value that nobody knows.", [problem]) from error
    first = categories[0] if categories else None
    return Ruling(
        outcome=outcome,
        categories=categories if outcome is not Outcome.NO_VIOLATION else (),
        policy_id=typed.policy_id or None,
        actions=actions,
        reason=typed.reason or reason_for(outcome, actions, first),
        public_note=typed.public_note,
        internal_note=typed.internal_note,
    )
