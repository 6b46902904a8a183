"""GET /v1/transparency/{year}: the yearly counts, as JSON, CSV, HTML or Markdown."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse, Response

from api.auth import require_scope
from api.deps import Now, Read
from api.openapi import KEYED, problems
from moderation.reports import transparency, transparency_pages
from moderation.reports.transparency_pages import Form
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.reports import transparency as store
from moderation.taxonomy import Scope

router = APIRouter(prefix="/v1", tags=["notices"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.TRENDS))]
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/csv": {"schema": {"type": "string"}},
            "text/html": {"schema": {"type": "string"}},
            "text/markdown": {"schema": {"type": "string"}},
        },
    }
}


@router.get(
    "/transparency/{year}",
    operation_id="transparency",
    summary="The yearly transparency counts",
    response_class=JSONResponse,
    responses=problems(*KEYED, 422) | _CONTENT,
)
def get_transparency(
    year: Annotated[int, Path(description="2026 is 1 April 2026 to 31 March 2027 in Japan.")],
    key: Caller,
    connection: Read,
    now: Now,
    format: Form = Form.JSON,  # noqa: A002 - the name of the parameter
) -> Response:
    """By reason and measure, each table with its definition; a year that runs is an interim count."""
    start, end = transparency.year_window(year)
    report = transparency.make(store.read(connection, key.service, start, end), year, now=now)
    match format:
        case Form.CSV:
            return Response(transparency_pages.to_csv(report), media_type="text/csv; charset=utf-8")
        case Form.HTML:
            return Response(transparency_pages.to_html(report), media_type="text/html; charset=utf-8")
        case Form.MARKDOWN:
            return Response(transparency_pages.to_markdown(report), media_type="text/markdown; charset=utf-8")
    return JSONResponse(transparency_pages.to_document(report))
