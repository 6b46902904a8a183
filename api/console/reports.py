"""Reports: what viewers complained about, with the case each one went to."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.console.queue import page_of, word_of
from api.console.render import render
from api.console.texts import N_
from api.console.visitor import SignedIn
from api.deps import Now, Read
from moderation.storage.desk import reports
from moderation.storage.desk.reports import ReportMark
from moderation.taxonomy import ReportReason

router = APIRouter()

MARK_JA = {
    ReportMark.WAITING: N_("確認待ち"),
    ReportMark.URGENT: N_("緊急"),
    ReportMark.OTHER_CATEGORY: N_("理由と内容が違う"),
    ReportMark.BRIGADE: N_("組織的な通報"),
}
"""What the list can be narrowed to."""


@router.get("/console/reports", name="console_reports", response_class=HTMLResponse)
def reports_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """The newest reports first."""
    query = request.query_params
    reason = word_of(ReportReason, query.get("reason"))
    mark = word_of(ReportMark, query.get("mark"))
    return render(
        request,
        "reports.html",
        visitor=visitor,
        now=now,
        found=reports.list_reports(
            connection, visitor.sight, reason=reason, page=page_of(query.get("page")), mark=mark
        ),
        reason=reason,
        reasons=tuple(ReportReason),
        mark=mark,
        marks=MARK_JA,
    )
