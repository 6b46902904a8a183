"""The audit trail: who did what, and who looked at what is protected, for leads and admins."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.console.queue import page_of
from api.console.render import render
from api.console.visitor import SignedIn
from api.deps import Now, ProcessParts
from moderation.storage.accounts import accounts, audit_read

router = APIRouter()


@router.get("/console/audit", name="console_audit", response_class=HTMLResponse)
def audit_page(request: Request, visitor: SignedIn, parts: ProcessParts, now: Now) -> HTMLResponse:
    """The newest entries first; what waits for its seal is sealed before."""
    query = request.query_params
    asked = audit_read.AuditFilter(
        actor=query.get("actor") or None, act=query.get("act") or None, object_=query.get("object") or None
    )
    with parts.database.write() as unit:
        audit_read.seal_all(unit.connection)
    with parts.database.read() as connection:
        found = audit_read.page(connection, visitor.sight, asked, page=page_of(query.get("page")))
        people = accounts.user_names(connection)
    return render(request, "audit.html", visitor=visitor, now=now, found=found, asked=asked, people=people)
