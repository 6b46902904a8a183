"""One reporter: their record and weight, and trusting or muting them. Never shown to the reporter."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.render import render
from api.console.visitor import Posted, SignedIn, text_of
from api.deps import Now, ProcessParts, Read
from moderation.errors import FieldProblem, Invalid
from moderation.storage.accounts import audit
from moderation.storage.desk import reports
from moderation.storage.reports import reporters

router = APIRouter()

_MUTES = (0, 1, 7, 30, 90)
"""Days a mute may last; 0 ends it."""
_LONGEST_WHY = 500


@router.get(
    "/console/reporters/{service}/{reporter_id:path}", name="console_reporter", response_class=HTMLResponse
)
def reporter_page(
    request: Request, service: str, reporter_id: str, visitor: SignedIn, connection: Read, now: Now
) -> HTMLResponse:
    """A reporter with what became of their reports."""
    return render(
        request,
        "reporter.html",
        visitor=visitor,
        now=now,
        card=reporters.card(connection, service, reporter_id, now=now),
        found=reports.list_reports(
            connection, visitor.sight, reason=None, page=1, reporter=(service, reporter_id)
        ),
        mutes=_MUTES,
    )


@router.post("/console/reporters/{service}/{reporter_id:path}", name="console_reporter_set")
def set_reporter(
    service: str, reporter_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Trust or mute a reporter, with a reason; it is kept in the audit trail."""
    days = text_of(form, "mute_days")
    if days not in {str(one) for one in _MUTES}:
        problem = FieldProblem(pointer="/mute_days", detail=f"One of {_MUTES}.")
        raise Invalid("A mute cannot last so long.", [problem])
    trusted = form.get("trusted") is not None
    muted_until = now + timedelta(days=int(days)) if days != "0" else None
    why = text_of(form, "why")[:_LONGEST_WHY]
    with parts.database.write() as unit:
        reporters.put(
            unit.connection,
            service,
            reporter_id,
            trusted=trusted,
            muted_until=muted_until,
            why=why,
            by=visitor.user.id,
            now=now,
        )
        audit.append(
            unit.connection,
            actor=f"user:{visitor.user.id}",
            act="reporter.set",
            object_=f"{service}/{reporter_id}",
            data={"trusted": trusted, "mute_days": int(days), "why": why},
            now=now,
        )
    return RedirectResponse(f"/console/reporters/{service}/{reporter_id}", status_code=303)
