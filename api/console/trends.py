"""The trends page: what CS reads, with its chart, its tables and what each figure means."""

from datetime import datetime
from enum import StrEnum

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.console.asked import asked, chosen_service
from api.console.render import render
from api.console.visitor import SignedIn
from api.deps import Now, Read, ReadArchive
from moderation.errors import NotFound
from moderation.storage.accounts import accounts
from moderation.storage.database import Connection
from moderation.storage.trends import alarms, measurements, sums
from moderation.storage.trends import detection as detection_store
from moderation.storage.trends.term_counts import REPORTED
from moderation.trends import chart, detection, words
from moderation.trends.advice import notice_text
from moderation.trends.asked import asked_period
from moderation.trends.count import LIVE
from moderation.trends.days import jst_day_of
from moderation.trends.kit_charts import hours, hours_alternative
from moderation.trends.phrase_counts import phrases_of
from moderation.trends.render import Table, to_csv
from moderation.trends.report import report
from moderation.trends.shapes import FEWEST_AN_HOUR, Report
from moderation.trends.summary import figure, summary

router = APIRouter()

_BOM = "\ufeff"
"""Excel in Japan takes a file without it for Shift_JIS."""


class Picture(StrEnum):
    """File types of the chart."""

    PNG = "png"
    SVG = "svg"


@router.get("/console/trends", name="console_trends", response_class=HTMLResponse)
def trends_page(
    request: Request, visitor: SignedIn, connection: Read, archive: ReadArchive, now: Now
) -> HTMLResponse:
    """The report of a service and period; a period that cannot be used is explained on the page."""
    wanted = asked(request, connection, now)
    source = _source(request, connection)
    figures = sums.read(
        archive, service=wanted.service, period=wanted.period, today=wanted.today, source=source
    )
    made = report(figures)
    detected = detection_store.read(connection, archive, service=wanted.service, period=wanted.period)
    return render(
        request,
        "trends.html",
        visitor=visitor,
        status_code=422 if wanted.problem else 200,
        now=now,
        wanted=wanted,
        report=made,
        measured=source != LIVE,
        can_measure=measurements.current(connection) is not None,
        alarms=alarms.recent(connection, wanted.service, now=now),
        notice_text=notice_text,
        sentences=summary(made),
        alternative=chart.alternative_text(made),
        hours_alternative=hours_alternative(made),
        fewest_an_hour=FEWEST_AN_HOUR,
        phrases=phrases_of(archive, service=wanted.service, period=wanted.period),
        reported_phrases=phrases_of(
            archive, service=wanted.service, period=wanted.period, category=REPORTED, most=5
        ),
        detected=detected,
        detection_sentences=detection.sentences(detected),
        words=words,
        figure=figure,
    )


@router.get("/console/trends/chart.{picture}", name="console_trends_chart")
def trends_chart(
    request: Request,
    picture: Picture,
    visitor: SignedIn,
    connection: Read,
    archive: ReadArchive,
    now: Now,
) -> Response:
    """The chart of the page as a picture, which an article can use as it is."""
    del visitor
    made = _asked(request, connection, archive, now)
    if picture is Picture.PNG:
        return Response(chart.png(made), media_type="image/png")
    return Response(chart.svg(made), media_type="image/svg+xml")


@router.get("/console/trends/hours.{picture}", name="console_trends_hours")
def trends_hours(
    request: Request,
    picture: Picture,
    visitor: SignedIn,
    connection: Read,
    archive: ReadArchive,
    now: Now,
) -> Response:
    """The heat map of weekday and hour as a picture."""
    del visitor
    drawn = hours(_asked(request, connection, archive, now))
    if drawn is None:
        raise NotFound("Nothing was counted in this period.")
    if picture is Picture.PNG:
        return Response(drawn.png, media_type="image/png")
    return Response(drawn.svg, media_type="image/svg+xml")


@router.get("/console/trends/{table}.csv", name="console_trends_csv")
def trends_csv(
    request: Request, table: Table, visitor: SignedIn, connection: Read, archive: ReadArchive, now: Now
) -> Response:
    """One table of the page for a spreadsheet."""
    del visitor
    made = _asked(request, connection, archive, now)
    name = f"ibasho-trends-{table}-{made.period.first}-{made.period.last}.csv"
    return Response(
        _BOM + to_csv(made, table),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked(request: Request, connection: Read, archive: ReadArchive, now: datetime) -> Report:
    query = request.query_params
    today = jst_day_of(now)
    service = chosen_service(query.get("service"), accounts.service_ids(connection))
    period = asked_period(query.get("from"), query.get("to"), today=today)
    source = _source(request, connection)
    return report(sums.read(archive, service=service, period=period, today=today, source=source))


def _source(request: Request, connection: Connection) -> str:
    """Counted with what: the verdicts of the days, or ``source=measure``, the pinned model. Raises Invalid."""
    return measurements.counted_with(connection, request.query_params.get("source") == "measure")
