"""What trends are made into, over HTTP: voices, alerts, article kits, proposals."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.auth import require_scope
from api.deps import Now, ProcessParts, Read, ReadArchive
from moderation.errors import FieldProblem, Invalid
from moderation.scoring.harm import HINTED, harm_spans
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.trends import alarms, letters, proposals, quiet_read
from moderation.storage.trends.term_counts import REPORTED
from moderation.taxonomy import Category, Scope
from moderation.trends.advice import notice_text
from moderation.trends.asked import asked_period, check_known
from moderation.trends.count import ALL
from moderation.trends.days import Period, jst_day_of
from moderation.trends.helplines import read_helplines
from moderation.trends.kit import kit_zip
from moderation.trends.kit_maker import make
from moderation.trends.phrase_counts import phrases_of
from moderation.trends.quiet import quiet_harm
from moderation.trends.themes import find_themes
from moderation.trends.voices import DEFINITIONS, sentences

router = APIRouter(tags=["trends"])

MOST_DAYS = 92
"""Longest period whose letters are read in one request."""
_COST = 20
"""What a request pays of its key's rate: it reads many letters, or draws pictures."""

First = Annotated[str | None, Query(alias="from", description="First day, YYYY-MM-DD, in Japan.")]
Last = Annotated[str | None, Query(alias="to", description="Last day, in the period.")]
Caller = Annotated[ApiKey, Depends(require_scope(Scope.TRENDS, cost=_COST))]

_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "No key, or an unknown one."},
    403: {"description": "The key lacks the scope `trends`."},
    422: {"description": "The period or another parameter cannot be used."},
    429: {"description": "The key has to wait."},
}


@router.get(
    "/v1/trends/voices", operation_id="voices", summary="What viewers write, by theme", responses=_REFUSED
)
def voices(
    request: Request,
    key: Caller,
    connection: Read,
    parts: ProcessParts,
    now: Now,
    first: First = None,
    last: Last = None,
) -> dict[str, Any]:
    """Themes of reports and inquiries with counts, movement and masked quotes; and quiet dissatisfaction.

    Compared with the period of the same length before. At most 92 days. Letters about minors are counted
    and never quoted.
    """
    check_known(request.query_params, frozenset({"from", "to"}))
    period = _period(first, last, now)
    harm = harm_spans(parts.engines.current.text)
    found = find_themes(letters.read(connection, service=key.service, period=period), period, harm=harm)
    quiet = quiet_harm(*quiet_read.read(connection, service=key.service, period=period))
    return {
        "service": key.service,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "letters": {"now": found.letters, "before": found.before, "without_text": found.empty},
        "topics": dict(found.topics),
        "themes": [asdict(theme) | {"name": theme.name} for theme in found.themes],
        "alone": found.alone,
        "quiet": asdict(quiet),
        "summary": list(sentences(found, quiet)),
        "definitions": dict(DEFINITIONS),
    }


@router.get(
    "/v1/trends/phrases", operation_id="phrases", summary="Phrases that became typical", responses=_REFUSED
)
def phrases(
    request: Request,
    key: Annotated[ApiKey, Depends(require_scope(Scope.TRENDS))],
    archive: ReadArchive,
    now: Now,
    first: First = None,
    last: Last = None,
    category: Annotated[
        str, Query(description="A category, `all` flagged messages, or `reported` ones.")
    ] = ALL,
) -> dict[str, Any]:
    """Words and short phrases of flagged or reported messages, against the four weeks before.

    Log-odds with an informative prior, corrected over all terms; only what five authors used on one day.
    """
    check_known(request.query_params, frozenset({"from", "to", "category"}))
    if category not in (ALL, REPORTED):
        _categories([category])
    period = asked_period(first, last, today=jst_day_of(now))
    found = phrases_of(archive, service=key.service, period=period, category=category, most=50)
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "category": category,
        "phrases": [asdict(one) for one in found],
    }


@router.get(
    "/v1/trends/alerts", operation_id="trendAlerts", summary="Trouble that is rising", responses=_REFUSED
)
def alerts(
    request: Request, key: Annotated[ApiKey, Depends(require_scope(Scope.TRENDS))], connection: Read, now: Now
) -> dict[str, Any]:
    """Alerts of the last seven days, newest first, each with the text of a notice to viewers."""
    check_known(request.query_params, frozenset())
    return {
        "alerts": [
            {
                "category": one.category.value,
                "hour": one.hour.isoformat(),
                "messages": one.messages,
                "hits": one.hits,
                "expected": one.expected,
                "ratio": one.ratio,
                "notice": notice_text(one.category, ratio=one.ratio),
            }
            for one in alarms.recent(connection, key.service, now=now)
        ]
    }


@router.get(
    "/v1/trends/kit",
    operation_id="articleKit",
    summary="Everything for an awareness article, as a zip",
    response_class=Response,
    responses=_REFUSED | {200: {"content": {"application/zip": {}}, "description": "The kit."}},
)
def kit(
    request: Request,
    key: Caller,
    archive: ReadArchive,
    parts: ProcessParts,
    now: Now,
    first: First = None,
    last: Last = None,
    category: Annotated[list[str] | None, Query(description="What it is about; default: what rises.")] = None,
) -> Response:
    """A draft: kits that are kept and approved are made in the console. The same figures give the same bytes."""
    check_known(request.query_params, frozenset({"from", "to", "category"}))
    today = jst_day_of(now)
    period = asked_period(first, last, today=today)
    chosen = _categories(category or [])
    harm = harm_spans(parts.engines.current.text, sure=HINTED)
    files = make(
        archive,
        service=key.service,
        period=period,
        today=today,
        categories=chosen,
        harm=harm,
        helplines=read_helplines(parts.settings.helplines_file),
    )
    name = f"draft-ibasho-kit-{period.first}-{period.last}.zip"
    return Response(
        kit_zip(files),
        media_type="application/zip",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


@router.get("/v1/proposals", operation_id="proposals", summary="Improvement proposals", responses=_REFUSED)
def list_proposals(
    request: Request, key: Annotated[ApiKey, Depends(require_scope(Scope.TRENDS))], connection: Read
) -> dict[str, Any]:
    """The newest 500, for product and development teams; made and moved on in the console."""
    check_known(request.query_params, frozenset())
    return {"proposals": [asdict(one) for one in proposals.of_service(connection, key.service)]}


def _period(first: str | None, last: str | None, now: datetime) -> Period:
    period = asked_period(first, last, today=jst_day_of(now))
    if period.length > MOST_DAYS:
        detail = f"more than {MOST_DAYS} days before /to; ask in parts"
        raise Invalid("The letters cannot be read.", [FieldProblem(pointer="/from", detail=detail)])
    return period


def _categories(names: list[str]) -> tuple[Category, ...]:
    unknown = [name for name in names if name not in set(Category)]
    if unknown:
        known = ", ".join(Category)
        detail = f"{unknown[0][:40]!r} is not one of {known}"
        raise Invalid("This category is not known.", [FieldProblem(pointer="/category", detail=detail)])
    return tuple(Category(name) for name in names)
