"""The criteria page: the clauses that rules and decisions cite, for everybody to read."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.console.render import render
from api.console.visitor import find_visitor
from api.deps import Now, Read
from moderation.storage import policies

router = APIRouter()


@router.get("/policies", name="criteria", response_class=HTMLResponse)
def criteria_page(request: Request, connection: Read, now: Now) -> HTMLResponse:
    """Every clause in force."""
    return render(
        request,
        "criteria.html",
        visitor=find_visitor(request),
        now=now,
        clauses=policies.current(connection),
    )
