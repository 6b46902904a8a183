"""What anybody may ask: is it up, is it ready, what does it count."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field

from api.deps import Parts, get_parts
from api.metrics import CONTENT_TYPE
from moderation.errors import ModerationError, StoreUnavailable
from moderation.storage import gauges
from moderation.storage.database import Database, check
from moderation.storage.gauges import Gauges

router = APIRouter(tags=["service"])


class ReadyOut(BaseModel):
    """Whether all that is needed is there."""

    ready: bool
    degraded: bool = Field(description="It works, but a part is away.")
    parts: dict[str, str] = Field(description="By part ``ok``, or what is wrong with it.")


@router.get("/healthz", operation_id="healthz", summary="Is the process up?")
async def healthz() -> dict[str, str]:
    """Always ``ok`` while the process answers."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Can it do its work?",
    response_model=ReadyOut,
    responses={503: {"description": "No; `parts` says why.", "model": ReadyOut}},
)
async def readyz(request: Request) -> Response:
    """Which part is missing, if one is.

    Redis may be away, or a promoted model may not be there yet: scoring goes on, degraded.
    """
    parts = get_parts(request)
    state = {"database": "ok", "rules": "ok" if parts.engines.ready else "none active"}
    try:
        await run_in_threadpool(check, parts.database)
        state["rules"] = await run_in_threadpool(_rules_state, parts)
    except ModerationError as error:
        state["database"] = str(error)
    ready = all(value == "ok" for value in state.values())
    beside = {"redis": await parts.live.away(), "model": parts.engines.model_problem}
    state |= {part: why or "ok" for part, why in beside.items()}
    answer = ReadyOut(ready=ready, degraded=any(beside.values()), parts=state)
    return JSONResponse(answer.model_dump(), 200 if ready else 503)


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="What is counted and what waits, for Prometheus",
    response_class=PlainTextResponse,
)
async def metrics(request: Request) -> Response:
    """Prometheus' text format. It names rules and queues, never people or texts."""
    parts = get_parts(request)
    text = parts.metrics.text(
        gauges=await run_in_threadpool(_gauges, parts.database),
        stream=await parts.live.stream_depth(),
        not_kept=await parts.live.counters_not_kept(),
        versions=parts.engines.current.versions if parts.engines.ready else None,
    )
    return Response(text, media_type=CONTENT_TYPE)


def _rules_state(parts: Parts) -> str:
    with parts.database.read() as connection:
        return parts.engines.rules_problem(connection) or "ok"


def _gauges(database: Database) -> Gauges | None:
    try:
        with database.read() as connection:
            return gauges.read(connection, now=datetime.now(UTC))
    except StoreUnavailable:
        return None
