"""The case page, and who works on it: claim, renew, release, skip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.console.case_view import view_of
from api.console.errors import explain
from api.console.notices import notice_of
from api.console.render import language_of, render
from api.console.texts import N_, translate
from api.console.visitor import Posted, SignedIn, Visitor, text_of, texts_of
from api.deps import Now, Parts, ProcessParts, lease_of
from moderation.errors import BadForm, Conflict, FieldProblem, MissingRole, ModerationError
from moderation.review.decision import (
    ALLOWED_ACTIONS,
    MAX_INTERNAL_NOTE,
    MAX_PUBLIC_NOTE,
    MAX_REASON,
    Action,
    Outcome,
)
from moderation.storage import accounts, desk_case, desk_claims, policies
from moderation.storage.ids import new_id
from moderation.taxonomy import Category

router = APIRouter()

_PROBLEMS: Mapping[str, str] = {
    "/outcome": N_("結論を選び直してください。"),
    "/categories": N_("違反とする場合は、カテゴリを一つ以上選んでください。"),
    "/policy_id": N_("違反とする場合は、根拠となる条項を選んでください。"),
    "/actions": N_("この結論では選べない対応か、同時に選べない組み合わせです。"),
    "/reason": N_("理由は2,000文字以内で入力してください。"),
    "/public_note": N_("本人への説明は2,000文字以内で入力してください。"),
    "/internal_note": N_("内部メモは10,000文字以内で入力してください。"),
}
"""What is wrong with a field of the long form, for whom it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What someone typed into the long form; it comes back with an error."""

    outcome: str = Outcome.VIOLATION
    categories: Sequence[str] = ()
    policy_id: str = ""
    actions: Sequence[str] = ()
    reason: str = ""
    public_note: str = ""
    internal_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why the last step failed; ``problems`` by field of the long form."""

    explanation: str
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormChoices:
    """What the long form offers."""

    outcomes: tuple[Outcome, ...] = tuple(Outcome)
    categories: tuple[Category, ...] = tuple(Category)
    actions: tuple[Action, ...] = tuple(Action)
    allowed: Mapping[Outcome, frozenset[Action]] = field(default_factory=lambda: ALLOWED_ACTIONS)
    longest_reason: int = MAX_REASON
    longest_public_note: int = MAX_PUBLIC_NOTE
    longest_internal_note: int = MAX_INTERNAL_NOTE


@router.get("/console/cases/{case_id}", name="console_case", response_class=HTMLResponse)
def case_page(
    request: Request, case_id: str, visitor: SignedIn, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """A case with its hits, talk, reports, history and the decision panel."""
    return show(request, case_id, visitor, parts, now)


@router.post("/console/cases/{case_id}/claim", name="console_claim", response_class=HTMLResponse)
def claim(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Reserve a case; it may be taken."""
    del form
    try:
        with parts.database.write() as unit:
            desk_claims.claim(unit.connection, case_id, visitor.sight, now=now, lease=lease_of(parts))
    except (Conflict, MissingRole) as error:
        return show(request, case_id, visitor, parts, now, error=error)
    return RedirectResponse(f"/console/cases/{case_id}", status_code=303)


@router.post("/console/cases/{case_id}/renew", name="console_renew")
def renew(case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Keep a case whose page is open; the page asks by itself."""
    with parts.database.write() as unit:
        case = desk_claims.renew(
            unit.connection,
            case_id,
            visitor.sight,
            version=number_of(form, "version"),
            now=now,
            lease=lease_of(parts),
        )
    until = case.claimed_until.isoformat() if case.claimed_until else None
    return JSONResponse({"version": case.version, "until": until, "hit_seq": case.hit_seq})


@router.post("/console/cases/{case_id}/release", name="console_release", response_class=HTMLResponse)
def release(case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Give a case back, and go back to the queue."""
    del form
    with parts.database.write() as unit:
        desk_claims.release(unit.connection, case_id, visitor.sight, now=now)
    return RedirectResponse("/console/queue", status_code=303)


@router.post("/console/cases/{case_id}/skip", name="console_skip", response_class=HTMLResponse)
def skip(case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Leave a case to others, and open the next one."""
    del form
    with parts.database.write() as unit:
        desk_claims.take_turn(unit.connection, visitor.sight)
        desk_claims.release(unit.connection, case_id, visitor.sight, now=now, skip=True)
        case, _ = desk_claims.resume_or_claim_next(
            unit.connection, visitor.sight, now=now, lease=lease_of(parts)
        )
    where = f"/console/cases/{case.id}?skipped=1" if case else "/console/queue?none=1"
    return RedirectResponse(where, status_code=303)


def show(
    request: Request,
    case_id: str,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
    typed: Typed | None = None,
) -> HTMLResponse:
    """The page of a case; with an error it says why, and gives back what was typed."""
    status = _status(error)
    with parts.database.read() as connection:
        file = desk_case.load(connection, case_id, visitor.sight)
        clauses = policies.current(connection)
        people = accounts.user_names(connection)
        notice = None if error else notice_of(request, connection, visitor)
    return render(
        request,
        "case.html",
        visitor=visitor,
        status_code=status,
        now=now,
        view=view_of(file, clauses, visitor, now),
        clauses=clauses,
        choices=FormChoices(),
        people=people,
        notice=notice,
        typed=typed,
        trouble=_trouble(error, status, language_of(request)),
        decision_id=new_id(),
        lease_seconds=parts.settings.claim_lease_seconds,
    )


def _status(error: ModerationError | None) -> int:
    if error is None:
        return 200
    if isinstance(error, Conflict):
        return 409
    return 403 if isinstance(error, MissingRole) else 422


def _trouble(error: ModerationError | None, status: int, language: str) -> Trouble | None:
    if error is None:
        return None
    problems: Sequence[FieldProblem] = getattr(error, "problems", ())
    return Trouble(
        explanation=explain(error, status, language),
        problems={
            problem.pointer.removeprefix("/"): translate(language, _PROBLEMS[problem.pointer])
            for problem in problems
            if problem.pointer in _PROBLEMS
        },
    )


def number_of(form: FormData, name: str) -> int:
    """A field that our page filled with a number. Raises BadForm."""
    value = text_of(form, name)
    if not value.isdecimal() or len(value) > 9:  # noqa: PLR2004 - beyond any counter of ours
        raise BadForm(f"The field {name} is damaged; load the page again.")
    return int(value)


def typed_of(form: FormData) -> Typed:
    """The long form as it was sent."""
    return Typed(
        outcome=text_of(form, "outcome"),
        categories=texts_of(form, "categories"),
        policy_id=text_of(form, "policy_id"),
        actions=texts_of(form, "actions"),
        reason=text_of(form, "reason"),
        public_note=text_of(form, "public_note"),
        internal_note=text_of(form, "internal_note"),
    )
