"""The gate before what is protected: who wants to look says why, and the audit trail keeps it."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.case_form import status_of, trouble_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, ProcessParts
from moderation.errors import Invalid, ModerationError
from moderation.review.case import Case
from moderation.storage.desk import care
from moderation.storage.desk.rows import get_case

router = APIRouter()

_BEHIND = re.compile(r"/console/(appeals|quality/looks)/\w+", re.ASCII)
"""Pages beside the case's own that show a protected case."""


def gate(
    request: Request,
    case: Case,
    visitor: Visitor,
    now: Now,
    *,
    back: str | None = None,
    error: ModerationError | None = None,
) -> HTMLResponse:
    """The page that asks why.

    Args:
        request: What was asked for.
        case: The case behind it.
        visitor: Who asks.
        now: The present.
        back: Where a reason leads; the case's own page where nothing is given. Only from there the
            case can be claimed instead.
        error: Why the last step failed.
    """
    status = status_of(error)
    return render(
        request,
        "case_gate.html",
        visitor=visitor,
        status_code=status,
        now=now,
        case=case,
        back=back,
        longest=care.LONGEST_REASON,
        trouble=trouble_of(error, status, language_of(request)),
    )


@router.post("/console/cases/{case_id}/look", name="console_look", response_class=HTMLResponse)
def look(
    request: Request, case_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Say why one looks at a protected case; it opens for a while, on every page that shows it."""
    back = text_of(form, "back")
    behind = back if _BEHIND.fullmatch(back) else None
    with parts.database.write() as unit:
        case = get_case(unit.connection, case_id, visitor.sight)
        try:
            care.give_reason(unit.connection, case, visitor.sight, text_of(form, "why"), now=now)
        except Invalid as error:
            return gate(request, case, visitor, now, back=behind, error=error)
    return RedirectResponse(behind or f"/console/cases/{case_id}", status_code=303)
