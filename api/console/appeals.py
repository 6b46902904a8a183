"""Appeals: the list, one of them with the decision it is about, and its answer."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.case_view import view_of
from api.console.errors import explain
from api.console.protected import gate
from api.console.queue import page_of, word_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, Parts, ProcessParts, Read, lease_of
from moderation.errors import Conflict, Invalid, ModerationError, OwnDecision
from moderation.review.appeal import AppealState
from moderation.review.decision import MAX_PUBLIC_NOTE, MAX_REASON
from moderation.storage import policies
from moderation.storage.accounts import accounts
from moderation.storage.desk import appeal_answers, appeals, care, case, talk

router = APIRouter()


@router.get("/console/appeals", name="console_appeals", response_class=HTMLResponse)
def appeals_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """Open appeals by their due time; others by when they were answered."""
    query = request.query_params
    state = word_of(AppealState, query.get("state")) or AppealState.OPEN
    page = page_of(query.get("page"))
    found, total = appeals.list_appeals(connection, visitor.sight, state=state, page=page)
    return render(
        request,
        "appeals.html",
        visitor=visitor,
        now=now,
        found=found,
        total=total,
        page=page,
        pages=max(1, -(-total // appeals.PAGE)),
        state=state,
        states=tuple(AppealState),
        people=accounts.user_names(connection),
    )


@router.get("/console/appeals/{appeal_id}", name="console_appeal", response_class=HTMLResponse)
def appeal_page(
    request: Request, appeal_id: str, visitor: SignedIn, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """What the author says, what was decided, and what it was decided on."""
    return _show(request, appeal_id, visitor, parts, now)


@router.post("/console/appeals/{appeal_id}", name="console_appeal_decide", response_class=HTMLResponse)
def decide(
    request: Request, appeal_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Uphold or overturn."""
    typed = {name: text_of(form, name) for name in ("outcome", "reason", "public_note")}
    try:
        with parts.database.write() as unit:
            appeal_answers.decide(
                unit.connection,
                appeal_id,
                visitor.sight,
                word_of(AppealState, typed["outcome"]) or AppealState.OPEN,
                reason=typed["reason"],
                public_note=typed["public_note"],
                now=now,
                lease=lease_of(parts),
            )
    except (Conflict, Invalid, OwnDecision) as error:
        return _show(request, appeal_id, visitor, parts, now, error=error, typed=typed)
    return RedirectResponse(f"/console/appeals/{appeal_id}", status_code=303)


def _show(
    request: Request,
    appeal_id: str,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    with parts.database.read() as connection:
        file = appeals.get(connection, appeal_id, visitor.sight)
        if not care.may_look(connection, file.case, visitor.sight, now=now):
            return gate(request, file.case, visitor, now, back=f"/console/appeals/{file.appeal.id}")
        case_file = case.load(connection, file.case.id, visitor.sight)
        elsewhere = talk.spans_elsewhere(connection, case_file, case_file.lines, visitor.sight)
        view = view_of(case_file, policies.current(connection), visitor, now, elsewhere=elsewhere)
        people = accounts.user_names(connection)
    if file.case.minors:
        with parts.database.write() as unit:
            care.note_look(unit.connection, file.case, visitor.sight, "appeal", now=now)
    status = 200
    if error is not None:
        status = 409 if isinstance(error, Conflict) else 403 if isinstance(error, OwnDecision) else 422
    return render(
        request,
        "appeal.html",
        visitor=visitor,
        status_code=status,
        now=now,
        file=file,
        view=view,
        people=people,
        typed=typed,
        longest_reason=MAX_REASON,
        longest_public_note=MAX_PUBLIC_NOTE,
        trouble=None if error is None else explain(error, status, language_of(request)),
    )
