"""What a person does with a case over HTTP: claim, renew, release, skip, hand on, decide, reverse, remark."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.deps import Now, ProcessParts, Write, lease_of
from api.openapi import KEYED, POSTED, problems
from api.routes.acting import OnBehalf
from api.routes.case_shapes import CaseOut, DecisionOut, case_out, decision_out
from api.routes.cases import CaseId
from api.routes.shapes import Body, with_example
from moderation.review.decision import (
    MAX_INTERNAL_NOTE,
    MAX_PUBLIC_NOTE,
    MAX_REASON,
    Action,
    Outcome,
    Ruling,
)
from moderation.review.presets import reason_for
from moderation.storage.accounts import account_names
from moderation.storage.chat.hit_rows import storable
from moderation.storage.database import Connection
from moderation.storage.desk import claims, moves
from moderation.storage.desk import decide as desk_decide
from moderation.storage.desk.rows import get_case
from moderation.storage.ids import new_id
from moderation.taxonomy import Category

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["cases"])

_TAKEN = {"s409": "Somebody else was first: closed, claimed by another, or moved on."}
_CHANGED = problems(*POSTED, 404, 409, **_TAKEN)
_BARE = problems(*KEYED, 404, 409, 422, **_TAKEN)

Remark = Annotated[
    str, Field(max_length=MAX_INTERNAL_NOTE, description="For colleagues; never leaves the desk.")
]
Counter = Annotated[int, Field(ge=0, le=2**31 - 1)]


class RenewIn(Body):
    """The version that the page holds."""

    model_config = with_example(version=3)

    version: Counter


class RemarkIn(Body):
    """A remark for colleagues."""

    model_config = with_example(text="前後の流れを見てください。")

    text: Remark = ""


class MoveIn(Body):
    """Where to."""

    model_config = with_example(queue="child_safety", text="未成年のようです。")

    queue: Annotated[str, Field(min_length=1, max_length=32)]
    text: Remark = ""


class AssignIn(Body):
    """Whom."""

    model_config = with_example(login="aoki")

    login: Annotated[str | None, Field(max_length=64, description="Null takes the name off.")] = None


class DecideIn(Body):
    """A decision, and what it rests on."""

    model_config = with_example(
        version=3,
        seen_hit_seq=2,
        outcome="violation",
        categories=["insult"],
        policy_id="H-1",
        actions=["warn"],
    )

    version: Counter
    seen_hit_seq: Counter
    decision_id: str | None = Field(
        None, max_length=26, description="A ULID of yours: the same decision sent again decides once."
    )
    outcome: Outcome
    categories: Annotated[tuple[Category, ...], Field(max_length=len(Category))] = ()
    policy_id: Annotated[str | None, Field(max_length=64)] = None
    actions: Annotated[tuple[Action, ...], Field(max_length=len(Action))] = ()
    reason: Annotated[str, Field(max_length=MAX_REASON, description="Empty: the usual one.")] = ""
    public_note: Annotated[str, Field(max_length=MAX_PUBLIC_NOTE)] = ""
    internal_note: Annotated[str, Field(max_length=MAX_INTERNAL_NOTE)] = ""


class ReverseIn(Body):
    """Which decision."""

    model_config = with_example(decision_id="01J9Z0W8QK6Y3V2T1S0R9P8N7M")

    decision_id: Annotated[str, Field(max_length=26)]


@router.post("/claim", operation_id="claimCase", summary="Reserve a case", responses=_BARE)
def claim(case_id: CaseId, acting: OnBehalf, unit: Write, parts: ProcessParts, now: Now) -> CaseOut:
    """For the time of a lease; claiming one's own again renews it."""
    case = claims.claim(unit.connection, case_id, acting.sight, now=now, lease=lease_of(parts))
    return case_out(case, account_names.logins(unit.connection))


@router.post("/renew", operation_id="renewCase", summary="Keep a case that is open", responses=_CHANGED)
def renew(
    case_id: CaseId, body: RenewIn, acting: OnBehalf, unit: Write, parts: ProcessParts, now: Now
) -> CaseOut:
    """Also when the lease ran out and nobody else came."""
    case = claims.renew(
        unit.connection, case_id, acting.sight, version=body.version, now=now, lease=lease_of(parts)
    )
    return case_out(case, account_names.logins(unit.connection))


@router.post("/release", operation_id="releaseCase", summary="Give a case back", responses=_BARE)
def release(case_id: CaseId, acting: OnBehalf, unit: Write, now: Now) -> CaseOut:
    """Not holding it is fine: then nothing happens."""
    claims.release(unit.connection, case_id, acting.sight, now=now)
    return _case(unit.connection, case_id, acting)


@router.post("/skip", operation_id="skipCase", summary="Leave a case to others", responses=_BARE)
def skip(case_id: CaseId, acting: OnBehalf, unit: Write, now: Now) -> CaseOut:
    """It is not offered to the person again for half an hour."""
    claims.release(unit.connection, case_id, acting.sight, now=now, skip=True)
    return _case(unit.connection, case_id, acting)


@router.post(
    "/move",
    operation_id="moveCase",
    summary="Put a case into another queue",
    responses=_CHANGED,
    status_code=204,
)
def move(case_id: CaseId, body: MoveIn, acting: OnBehalf, unit: Write, now: Now) -> None:
    """The person may not see it there."""
    moves.move(unit.connection, case_id, acting.sight, body.queue, body.text, now=now)


@router.post("/escalate", operation_id="escalateCase", summary="Hand a case to the leads", responses=_CHANGED)
def escalate(
    case_id: CaseId, acting: OnBehalf, unit: Write, now: Now, body: RemarkIn | None = None
) -> CaseOut:
    """Without a finding."""
    text = body.text if body is not None else ""
    case = moves.escalate(unit.connection, case_id, acting.sight, text, now=now)
    return case_out(case, account_names.logins(unit.connection))


@router.post(
    "/assign", operation_id="assignCase", summary="Name the person who is to decide", responses=_CHANGED
)
def assign(case_id: CaseId, body: AssignIn, acting: OnBehalf, unit: Write, now: Now) -> CaseOut:
    """Leads name others; everybody may name themself."""
    user_id = None if body.login is None else account_names.ids(unit.connection).get(body.login, "")
    moves.assign(unit.connection, case_id, acting.sight, user_id, now=now)
    return _case(unit.connection, case_id, acting)


@router.post(
    "/second-opinion", operation_id="askSecondOpinion", summary="Ask a colleague", responses=_CHANGED
)
def second_opinion(case_id: CaseId, body: RemarkIn, acting: OnBehalf, unit: Write, now: Now) -> CaseOut:
    """The case goes back to its queue with the question, and not to the same person again."""
    moves.ask_second_opinion(unit.connection, case_id, acting.sight, body.text, now=now)
    return _case(unit.connection, case_id, acting)


@router.post(
    "/decide",
    operation_id="decideCase",
    summary="Settle what was seen of a case",
    responses=problems(
        *POSTED, 404, 409, s409="Not claimed, moved on, closed, or the id came with another decision."
    ),
)
def decide(case_id: CaseId, body: DecideIn, acting: OnBehalf, unit: Write, now: Now) -> DecisionOut:
    """Needs a claim, and the version and the hits that were seen; later hits keep the case queued."""
    actions = tuple(dict.fromkeys(body.actions)) or (Action.NONE,)
    first = body.categories[0] if body.categories else None
    ruling = Ruling(
        outcome=body.outcome,
        categories=tuple(dict.fromkeys(body.categories)) if body.outcome is not Outcome.NO_VIOLATION else (),
        policy_id=body.policy_id or None,
        actions=actions,
        reason=storable(body.reason.strip()) or reason_for(body.outcome, actions, first),
        public_note=storable(body.public_note.strip()),
        internal_note=storable(body.internal_note.strip()),
    )
    decision = desk_decide.decide(
        unit.connection,
        case_id,
        acting.sight,
        ruling,
        decision_id=body.decision_id or new_id(),
        version=body.version,
        seen_hit_seq=body.seen_hit_seq,
        now=now,
    )
    return decision_out(decision, account_names.logins(unit.connection))


@router.post(
    "/reverse", operation_id="reverseCase", summary="Take the last decision back", responses=_CHANGED
)
def reverse(
    case_id: CaseId, body: ReverseIn, acting: OnBehalf, unit: Write, parts: ProcessParts, now: Now
) -> DecisionOut:
    """One's own; leads take back anybody's. The case opens again."""
    undoing = desk_decide.undo(
        unit.connection, case_id, acting.sight, decision_id=body.decision_id, now=now, lease=lease_of(parts)
    )
    return decision_out(undoing, account_names.logins(unit.connection))


@router.post(
    "/comments", operation_id="commentCase", summary="Leave a remark", responses=_CHANGED, status_code=204
)
def comment(case_id: CaseId, body: RemarkIn, acting: OnBehalf, unit: Write, now: Now) -> None:
    """For colleagues only."""
    moves.comment(unit.connection, case_id, acting.sight, body.text, now=now)


def _case(connection: Connection, case_id: str, acting: OnBehalf) -> CaseOut:
    return case_out(get_case(connection, case_id, acting.sight), account_names.logins(connection))
