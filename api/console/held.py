"""Held messages: what waits for a decision before anybody sees it, with the time that is left."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.render import render
from api.console.visitor import Posted, SignedIn, text_of
from api.deps import Now, ProcessParts, Read
from moderation.errors import AlreadySettled, Invalid
from moderation.storage.desk import waiting
from moderation.storage.desk.held import APPROVED, DENIED

router = APIRouter()


@router.get("/console/held", name="console_held", response_class=HTMLResponse)
def held_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """The ones that run out first come first."""
    found = waiting.list_waiting(connection, visitor.sight, now=now)
    return render(
        request,
        "held.html",
        visitor=visitor,
        now=now,
        found=found,
        most=waiting.MOST_WAITING,
        late=request.query_params.get("late") == "1",
    )


@router.post("/console/held", name="console_held_settle", response_class=HTMLResponse)
def settle(visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Let one message go, or refuse it; its case stays open for the rest."""
    state = text_of(form, "state")
    if state not in (APPROVED, DENIED):
        raise Invalid("Approve or deny.")
    try:
        with parts.database.write() as unit:
            waiting.settle_one(
                unit.connection,
                visitor.sight,
                text_of(form, "case_id"),
                text_of(form, "message_id"),
                state=state,
                now=now,
            )
    except AlreadySettled:
        return RedirectResponse("/console/held?late=1", status_code=303)
    return RedirectResponse("/console/held", status_code=303)
