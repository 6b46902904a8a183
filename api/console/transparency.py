"""The transparency page: a year's counts as they are published, with what each table means."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.console.asked import asked
from api.console.render import render
from api.console.visitor import SignedIn
from api.deps import Now, Read
from moderation.errors import Invalid
from moderation.reports import transparency, transparency_pages
from moderation.reports.transparency_pages import Form
from moderation.storage.reports import transparency as store
from moderation.trends.days import jst_day_of

router = APIRouter()

_APRIL = 4
_YEARS_SHOWN = 5
_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.HTML: "text/html; charset=utf-8",
    Form.MARKDOWN: "text/markdown; charset=utf-8",
    Form.JSON: "application/json",
}


@router.get("/console/transparency", name="console_transparency", response_class=HTMLResponse)
def transparency_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """The year asked for, else the one that runs; a year that cannot be counted is explained on the page."""
    wanted = asked(request, connection, now)
    this_year = year_of(jst_day_of(now))
    year = request.query_params.get("year", str(this_year))
    problem = False
    try:
        chosen = int(year) if year.isascii() and year.isdigit() else 0
        start, end = transparency.year_window(chosen)
    except Invalid:
        problem, chosen = True, this_year
        start, end = transparency.year_window(chosen)
    report = transparency.make(store.read(connection, wanted.service, start, end), chosen, now=now)
    return render(
        request,
        "transparency.html",
        visitor=visitor,
        status_code=422 if problem else 200,
        now=now,
        wanted=wanted,
        report=report,
        problem=problem,
        years=[this_year - ago for ago in range(_YEARS_SHOWN)],
    )


@router.get("/console/transparency/{year}.{form}", name="console_transparency_file")
def transparency_file(
    request: Request, year: int, form: Form, visitor: SignedIn, connection: Read, now: Now
) -> Response:
    """The same as a file to publish."""
    del visitor
    service = asked(request, connection, now).service
    start, end = transparency.year_window(year)
    report = transparency.make(store.read(connection, service, start, end), year, now=now)
    content: str | bytes
    match form:
        case Form.CSV:
            content = transparency_pages.to_csv(report)
        case Form.HTML:
            content = transparency_pages.to_html(report)
        case Form.MARKDOWN:
            content = transparency_pages.to_markdown(report)
        case Form.JSON:
            content = transparency_pages.to_json(report)
    name = f"ibasho-transparency-{year}.{form.value}"
    return Response(
        content,
        media_type=_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def year_of(day: date) -> int:
    """The year of the report a day belongs to: April to March."""
    return day.year if day.month >= _APRIL else day.year - 1
