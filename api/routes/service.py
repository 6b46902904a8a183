"""What anybody may ask: is it up, is it ready, what are the words and clauses."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.deps import Read, get_parts
from api.openapi import problems
from moderation.errors import ModerationError
from moderation.storage import policies
from moderation.storage.database import check
from moderation.taxonomy import CATEGORY_JA, REASON_JA, SEVERITY_JA

router = APIRouter(tags=["service"])


class Word(BaseModel):
    """A value of the vocabulary and its Japanese name."""

    value: str
    name_ja: str


class ClauseOut(BaseModel):
    """A clause of the terms of use."""

    id: str
    version: int
    title: str
    text: str
    url: str | None
    categories: list[str]


class TaxonomyOut(BaseModel):
    """The published words: what reports, verdicts and decisions are made of."""

    categories: list[Word]
    severities: list[Word]
    report_reasons: list[Word]
    policies: list[ClauseOut]


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
def readyz(request: Request) -> Response:
    """Which part is missing, if one is. Redis may be away: scoring goes on, degraded."""
    parts = get_parts(request)
    state: dict[str, Any] = {"database": "ok", "rules": "ok" if parts.engines.ready else "none active"}
    try:
        check(parts.database)
    except ModerationError as error:
        state["database"] = str(error)
    ready = all(value == "ok" for value in state.values())
    return JSONResponse({"ready": ready, "parts": state}, 200 if ready else 503)


@router.get(
    "/v1/taxonomy",
    operation_id="taxonomy",
    summary="Categories, severities, report reasons, policies",
    responses=problems(503),
)
def taxonomy(connection: Read) -> TaxonomyOut:
    """The published vocabulary with Japanese names."""
    return TaxonomyOut(
        categories=[Word(value=word.value, name_ja=name) for word, name in CATEGORY_JA.items()],
        severities=[Word(value=word.value, name_ja=name) for word, name in SEVERITY_JA.items()],
        report_reasons=[Word(value=word.value, name_ja=name) for word, name in REASON_JA.items()],
        policies=[
            ClauseOut(
                id=clause.id,
                version=clause.version,
                title=clause.title,
                text=clause.text,
                url=clause.url,
                categories=[category.value for category in clause.categories],
            )
            for clause in policies.current(connection)
        ],
    )
