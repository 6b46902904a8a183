"""The case page, and who works on it: claim, renew, release, skip."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.console.case_form import FormChoices, Typed, number_of, status_of, trouble_of
from api.console.case_view import CaseView, view_of
from api.console.notices import notice_of
from api.console.protected import gate
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor
from api.deps import Now, Parts, ProcessParts, lease_of
from moderation.errors import Conflict, MissingRole, ModerationError
from moderation.review.case import Case
from moderation.storage import policies
from moderation.storage.accounts import accounts
from moderation.storage.database import Connection
from moderation.storage.desk import appeals, care, claims, history, next_case, routing
from moderation.storage.desk import case as desk_case
from moderation.storage.desk import similar as desk_similar
from moderation.storage.desk import talk as desk_talk
from moderation.storage.desk.rows import get_case
from moderation.storage.ids import new_id
from moderation.storage.policies import PolicyClause

router = APIRouter()

_SHOWN_SIMILAR = 8


@router.get("/console/cases/{case_id}", name="console_case", response_class=HTMLResponse)
def case_page(
    request: Request, case_id: str, visitor: SignedIn, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """A case with its hits, talk, reports, history and the decision panel."""
    return show(request, case_id, visitor, parts, now)


@router.get("/console/cases/{case_id}/talk", name="console_talk", response_class=HTMLResponse)
def talk(request: Request, case_id: str, visitor: SignedIn, parts: ProcessParts, now: Now) -> Response:
    """The room's chat as a piece of the page, which asks for it while the stream runs."""
    with parts.database.read() as connection:
        case = get_case(connection, case_id, visitor.sight)
        if not care.may_look(connection, case, visitor.sight, now=now):
            return Response(status_code=403)
        view = _view(connection, parts, case, policies.current(connection), visitor, now)
    return render(request, "case_talk.html", visitor=visitor, now=now, view=view, following=view.live)


@router.get("/console/cases/{case_id}/print", name="console_print", response_class=HTMLResponse)
def print_page(
    request: Request, case_id: str, visitor: SignedIn, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """A case on paper: everything in one column, words unveiled only where somebody asks."""
    return show(request, case_id, visitor, parts, now, template="case_print.html")


@router.post("/console/cases/{case_id}/claim", name="console_claim", response_class=HTMLResponse)
def claim(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Reserve a case; it may be taken."""
    del form
    try:
        with parts.database.write() as unit:
            claims.claim(unit.connection, case_id, visitor.sight, now=now, lease=lease_of(parts))
    except (Conflict, MissingRole) as error:
        return show(request, case_id, visitor, parts, now, error=error)
    return RedirectResponse(f"/console/cases/{case_id}", status_code=303)


@router.post("/console/cases/{case_id}/renew", name="console_renew")
def renew(case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Keep a case whose page is open; the page asks by itself."""
    with parts.database.write() as unit:
        case = claims.renew(
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
        claims.release(unit.connection, case_id, visitor.sight, now=now)
    return RedirectResponse("/console/queue", status_code=303)


@router.post("/console/cases/{case_id}/skip", name="console_skip", response_class=HTMLResponse)
def skip(case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Leave a case to others, and open the next one."""
    del form
    with parts.database.write() as unit:
        claims.take_turn(unit.connection, visitor.sight)
        claims.release(unit.connection, case_id, visitor.sight, now=now, skip=True)
    return go_on(visitor, parts, now, notice="skipped")


def go_on(visitor: Visitor, parts: Parts, now: Now, *, notice: str) -> Response:
    """Open the next case after one left the hands of somebody, with a word about the last."""
    with parts.database.write() as unit:
        case, _ = next_case.resume_or_claim_next(
            unit.connection, visitor.sight, now=now, lease=lease_of(parts)
        )
    where = f"/console/cases/{case.id}?{notice}=1" if case else f"/console/queue?none=1&{notice}=1"
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
    template: str = "case.html",
) -> HTMLResponse:
    """The page of a case; with an error it says why, and gives back what was typed.

    A minors' case opens with a claim or a reason; either way the audit trail hears of it.
    """
    status = status_of(error)
    with parts.database.read() as connection:
        case = get_case(connection, case_id, visitor.sight)
        if not care.may_look(connection, case, visitor.sight, now=now):
            return gate(request, case, visitor, now, error=error)
        clauses = policies.current(connection)
        view = _view(connection, parts, case, clauses, visitor, now)
        context = _around(connection, view, visitor, now)
        notice = None if error else notice_of(request, connection, visitor)
        if notice and notice.kind == "resumed" and case.holder(now) != visitor.user.id:
            notice = None  # somebody came back to the address later
    if case.minors:
        with parts.database.write() as unit:
            care.note_look(unit.connection, case, visitor.sight, "review", now=now)
    return render(
        request,
        template,
        visitor=visitor,
        status_code=status,
        now=now,
        view=view,
        clauses=clauses,
        choices=FormChoices(),
        notice=notice,
        typed=typed,
        trouble=trouble_of(error, status, language_of(request)),
        decision_id=new_id(),
        lease_seconds=parts.settings.claim_lease_seconds,
        **context,
    )


def _view(
    connection: Connection,
    parts: Parts,
    case: Case,
    clauses: Sequence[PolicyClause],
    visitor: Visitor,
    now: Now,
) -> CaseView:
    file = desk_case.file_of(connection, case, visitor.sight)
    with parts.database.read_archive() as archive:
        later = desk_talk.lines_after(archive, file, visitor.sight)
    elsewhere = desk_talk.spans_elsewhere(connection, file, [*file.lines, *later], visitor.sight)
    return view_of(file, clauses, visitor, now, elsewhere=elsewhere, later=later)


def _around(connection: Connection, view: CaseView, visitor: Visitor, now: Now) -> dict[str, object]:
    """What stands around the case itself."""
    case, hits, sight = view.file.case, view.file.hits, visitor.sight
    similar = desk_similar.find_like(connection, case, hits[-1].text, sight) if hits else []
    return {
        "people": accounts.user_names(connection),
        "similar": similar[:_SHOWN_SIMILAR],
        "alike": sum(one.likeness == 1.0 and one.case.closed_at is None for one in similar),
        "appeals": appeals.of_case(connection, case.id) if view.file.decisions else [],
        "queues": routing.queues(connection),
        "staff": accounts.list_users(connection) if sight.senior else [],
        "exposure": care.exposure_of(connection, visitor.user.id, now=now),
        "labels": history.labels_of(connection, case.service, "author", case.author_id, now=now)
        if case.author_id
        else [],
    }
