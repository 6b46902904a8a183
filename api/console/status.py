"""How a report stands: the page its reporter gets, by a token, without a login."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.console.render import render
from api.console.visitor import find_visitor
from api.deps import Now, ProcessParts, Read
from moderation.reports.tokens import TokenKind
from moderation.storage.reports import answers
from moderation.storage.reports.answers import ReportNotFound

router = APIRouter()


@router.get("/reports/status/{token}", name="report_status", response_class=HTMLResponse)
def status_page(
    request: Request, token: str, connection: Read, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """What was reported when, and the answer. Raises ReportNotFound for a token that is not ours."""
    row_id = parts.tokens.read(TokenKind.REPORT, token)
    if row_id is None:
        raise ReportNotFound(token)
    return render(
        request,
        "report_status.html",
        visitor=find_visitor(request),
        now=now,
        state=answers.state_of_row(connection, row_id),
    )
