"""Reports: what viewers complained about, with the case each one went to."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.console.queue import page_of, word_of
from api.console.render import render
from api.console.visitor import SignedIn
from api.deps import Now, Read
from moderation.storage import desk_reports
from moderation.taxonomy import ReportReason

router = APIRouter()


@router.get("/console/reports", name="console_reports", response_class=HTMLResponse)
def reports_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """The newest reports first."""
    query = request.query_params
    reason = word_of(ReportReason, query.get("reason"))
    return render(
        request,
        "reports.html",
        visitor=visitor,
        now=now,
        found=desk_reports.list_reports(
            connection, visitor.sight, reason=reason, page=page_of(query.get("page"))
        ),
        reason=reason,
        reasons=tuple(ReportReason),
    )
