"""Who goes on with a case: reasons to look, remarks, escalation, other queues, other people."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.case import go_on, show
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, Parts, ProcessParts
from moderation.errors import Conflict, Invalid, MissingRole
from moderation.storage import desk_care, desk_moves, desk_quality
from moderation.storage.database import Connection
from moderation.storage.desk_rows import get_case

router = APIRouter()


@router.post("/console/cases/{case_id}/look", name="console_look", response_class=HTMLResponse)
def look(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Say why one looks at a protected case; it opens for a while."""

    def step(connection: Connection) -> None:
        case = get_case(connection, case_id, visitor.sight)
        desk_care.give_reason(connection, case, visitor.sight, text_of(form, "why"), now=now)

    return _stay(request, case_id, visitor, parts, now, step)


@router.post("/console/cases/{case_id}/comment", name="console_comment", response_class=HTMLResponse)
def comment(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Leave a remark for colleagues."""

    def step(connection: Connection) -> None:
        desk_moves.comment(connection, case_id, visitor.sight, text_of(form, "text"), now=now)

    return _stay(request, case_id, visitor, parts, now, step)


@router.post("/console/cases/{case_id}/escalate", name="console_escalate", response_class=HTMLResponse)
def escalate(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Hand a case to the leads, and open the next one."""

    def step(connection: Connection) -> None:
        desk_moves.escalate(connection, case_id, visitor.sight, text_of(form, "text"), now=now)

    return _leave(request, case_id, visitor, parts, now, step, notice="escalated")


@router.post("/console/cases/{case_id}/move", name="console_move", response_class=HTMLResponse)
def move(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Put a case into another review queue, and open the next one."""

    def step(connection: Connection) -> None:
        desk_moves.move(
            connection, case_id, visitor.sight, text_of(form, "queue"), text_of(form, "text"), now=now
        )

    return _leave(request, case_id, visitor, parts, now, step, notice="moved")


@router.post("/console/cases/{case_id}/opinion", name="console_opinion", response_class=HTMLResponse)
def opinion(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Ask a colleague for a second opinion, and open the next case."""

    def step(connection: Connection) -> None:
        desk_moves.ask_second_opinion(connection, case_id, visitor.sight, text_of(form, "text"), now=now)

    return _leave(request, case_id, visitor, parts, now, step, notice="asked")


@router.post("/console/cases/{case_id}/assign", name="console_assign", response_class=HTMLResponse)
def assign(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Name the person who is to decide."""

    def step(connection: Connection) -> None:
        desk_moves.assign(connection, case_id, visitor.sight, text_of(form, "user_id") or None, now=now)

    return _stay(request, case_id, visitor, parts, now, step)


@router.post("/console/cases/{case_id}/golden", name="console_golden_set", response_class=HTMLResponse)
def golden(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Make the finding of a settled case a known right answer."""
    del form

    def step(connection: Connection) -> None:
        desk_quality.set_golden(connection, case_id, visitor.sight, now=now)

    return _stay(request, case_id, visitor, parts, now, step)


def _do(
    request: Request,
    case_id: str,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    step: Callable[[Connection], None],
) -> HTMLResponse | None:
    """Take a step in one transaction; the case's page with the reason where it fails."""
    try:
        with parts.database.write() as unit:
            step(unit.connection)
    except (Conflict, Invalid, MissingRole) as error:
        return show(request, case_id, visitor, parts, now, error=error)
    return None


def _stay(
    request: Request,
    case_id: str,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    step: Callable[[Connection], None],
) -> Response:
    failed = _do(request, case_id, visitor, parts, now, step)
    return failed or RedirectResponse(f"/console/cases/{case_id}", status_code=303)


def _leave(
    request: Request,
    case_id: str,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    step: Callable[[Connection], None],
    *,
    notice: str,
) -> Response:
    failed = _do(request, case_id, visitor, parts, now, step)
    return failed or go_on(visitor, parts, now, notice=notice)
