"""GET /v1/trends: the trend report of a service, as JSON or CSV."""

from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from api.auth import require_scope
from api.deps import Now, Read, ReadArchive
from moderation.errors import FieldProblem, Invalid
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.trends import detection, sums
from moderation.storage.trends.measurements import counted_with
from moderation.taxonomy import Scope
from moderation.trends.asked import asked_period, check_known
from moderation.trends.days import jst_day_of
from moderation.trends.detection import as_dicts
from moderation.trends.render import Table, to_csv, to_dict
from moderation.trends.report import report

router = APIRouter(tags=["trends"])

Word = TypeVar("Word", bound=StrEnum)


class Format(StrEnum):
    """How the report is written."""

    JSON = "json"
    CSV = "csv"


class Source(StrEnum):
    """Counted with what."""

    LIVE = "live"
    MEASURE = "measure"


_KNOWN = frozenset({"from", "to", "tz", "format", "table", "source"})


@router.get(
    "/v1/trends",
    operation_id="trends",
    summary="How much of what harm, and is it more than before?",
    responses={
        200: {"content": {"text/csv": {}}, "description": "The report."},
        401: {"description": "No key, or an unknown one."},
        403: {"description": "The key lacks the scope `trends`."},
        422: {"description": "The period or another parameter cannot be used."},
    },
)
def trends(
    request: Request,
    key: Annotated[ApiKey, Depends(require_scope(Scope.TRENDS))],
    connection: Read,
    archive: ReadArchive,
    now: Now,
    first: Annotated[str | None, Query(alias="from", description="First day, YYYY-MM-DD, in Japan.")] = None,
    last: Annotated[str | None, Query(alias="to", description="Last day, in the period.")] = None,
    tz: Annotated[str | None, Query(description="Only Asia/Tokyo.")] = None,
    form: Annotated[str, Query(alias="format", description="json or csv.")] = Format.JSON,
    table: Annotated[str, Query(description="For csv: days, categories or rooms.")] = Table.DAYS,
    source: Annotated[
        str, Query(description="live: the verdicts of the days; measure: the pinned measurement model.")
    ] = Source.LIVE,
) -> Response:
    """Rates with 95 % intervals, compared with the period of the same length before.

    Per 1,000 messages and per 1,000 active viewers; the intervals allow for clustering by author and room.
    Days are Japan's, with gaps marked; with rooms, decisions, reports, and the versions it was all
    counted with. Without a period: the last seven whole days.
    """
    check_known(request.query_params, _KNOWN)
    wanted, of = _word(Format, form, "/format"), _word(Table, table, "/table")
    today = jst_day_of(now)
    period = asked_period(first, last, today=today, tz=tz)
    counted = counted_with(connection, _word(Source, source, "/source") is Source.MEASURE)
    figures = sums.read(archive, service=key.service, period=period, today=today, source=counted)
    made = report(figures)
    if wanted is Format.JSON:
        seen = detection.read(connection, archive, service=key.service, period=period)
        return JSONResponse(to_dict(made) | {"detection": as_dicts(seen)})
    name = f"ibasho-trends-{of}-{period.first}-{period.last}.csv"
    return Response(
        to_csv(made, of),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _word(kind: type[Word], value: str, pointer: str) -> Word:
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(kind)
        problem = FieldProblem(pointer=pointer, detail=f"{value[:40]!r} is not one of {known}")
        raise Invalid("The report cannot be made.", [problem]) from error
