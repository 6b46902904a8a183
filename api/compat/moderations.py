"""POST /v1/moderations: OpenAI's moderation, answered by our engine."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta

from api.auth import require_scope
from api.compat.body import decode
from api.compat.scoring import read_texts
from api.deps import Parts, get_parts
from api.wire import schema_of
from moderation.errors import FieldProblem, Invalid
from moderation.scoring.mappings import OPENAI, OPENAI_CATEGORIES, Reading
from moderation.storage.accounts.accounts import ApiKey
from moderation.taxonomy import Scope

router = APIRouter()

Caller = Annotated[ApiKey, Depends(require_scope(Scope.SCORE))]


class ModerationTextPart(
    msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="type", tag="text"
):
    """A text among parts."""

    text: str


class ModerationImageUrl(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where an image is."""

    url: str


class ModerationImagePart(
    msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="type", tag="image_url"
):
    """An image among parts; known so that it can be refused in clear words."""

    image_url: ModerationImageUrl


Part = ModerationTextPart | ModerationImagePart


class ModerationsIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What to look at: one text, several, or the parts of one. ``model`` may be any."""

    input: str | Annotated[list[str | Part], Meta(min_length=1)]
    model: str | None = None


class ModerationResult(msgspec.Struct, frozen=True):
    """One text's answer; ``flagged`` is whether any category is."""

    flagged: bool
    categories: dict[str, bool]
    category_scores: dict[str, float]
    category_applied_input_types: dict[str, list[str]]


class ModerationsAnswer(msgspec.Struct, frozen=True):
    """Results in the order of the texts. ``model`` is ours."""

    id: str
    model: str
    results: list[ModerationResult]


class ModerationsErrorBody(msgspec.Struct, frozen=True):
    """What is wrong, and where."""

    message: str
    type: str
    param: str | None
    code: str | None


class ModerationsError(msgspec.Struct, frozen=True):
    """An error in OpenAI's shape."""

    error: ModerationsErrorBody


_DECODER = msgspec.json.Decoder(ModerationsIn)
_ENCODER = msgspec.json.Encoder()
_SCHEMAS, MODERATIONS_COMPONENTS = schema_of(ModerationsIn, ModerationsAnswer, ModerationsError)
_IN, _OUT, _ERROR = ({"application/json": {"schema": schema}} for schema in _SCHEMAS)
_APPLIED = {name: ["text"] if name in OPENAI else [] for name in OPENAI_CATEGORIES}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The results.", "content": _OUT},
    400: {"description": "The body cannot be used; `param` names the place.", "content": _ERROR},
    401: {"description": "No usable API key.", "content": _ERROR},
    403: {"description": "The key lacks the scope `score`.", "content": _ERROR},
    413: {"description": "The body is too large.", "content": _ERROR},
    429: {"description": "Too many requests.", "content": _ERROR},
    503: {"description": "A part is not there now.", "content": _ERROR},
}


@router.post(
    "/v1/moderations",
    operation_id="moderations",
    summary="Score texts in the shape of OpenAI's moderation",
    openapi_extra={"requestBody": {"required": True, "content": _IN}},
    responses=_RESPONSES,
)
async def moderations(request: Request, key: Caller) -> Response:
    """OpenAI's moderation answer for one text, several, or the text parts of one message.

    Stateless: nothing is stored or counted. Images are refused.
    """
    parts = get_parts(request)
    texts = _texts(decode(await request.body(), _DECODER))
    _check_sizes(parts, texts)
    engine = parts.engines.current
    readings = read_texts(engine, texts, service=key.service, now=datetime.now(UTC))
    answer = ModerationsAnswer(
        id=f"modr-{uuid4().hex}",
        model=f"ibasho-{engine.versions.model}",
        results=[_result(reading) for reading in readings],
    )
    return Response(_ENCODER.encode(answer), media_type="application/json")


def _texts(asked: ModerationsIn) -> list[str]:
    """The texts to score one by one; the parts of one message are one text."""
    if isinstance(asked.input, str):
        return [asked.input]
    texts = [one for one in asked.input if isinstance(one, str)]
    if len(texts) == len(asked.input):
        return texts
    lines = []
    for at, part in enumerate(asked.input):
        match part:
            case ModerationTextPart(text=text):
                lines.append(text)
            case ModerationImagePart():
                raise _wrong(f"/input/{at}", "images are not supported; send the text parts alone")
            case _:
                raise _wrong(f"/input/{at}", "a list holds either strings or parts, not both")
    return ["\n".join(lines)]


def _check_sizes(parts: Parts, texts: list[str]) -> None:
    most, longest = parts.settings.max_batch, parts.settings.max_text_chars
    if len(texts) > most:
        raise _wrong("/input", f"{len(texts)} texts; at most {most} are accepted")
    for at, text in enumerate(texts):
        if len(text) > longest:
            raise _wrong("/input", f"text {at} has {len(text)} code points; at most {longest} are accepted")


def _wrong(pointer: str, detail: str) -> Invalid:
    return Invalid("The request cannot be used.", [FieldProblem(pointer=pointer, detail=detail)])


def _result(reading: Reading) -> ModerationResult:
    found = {name: OPENAI[name] for name in OPENAI_CATEGORIES if name in OPENAI}
    flags = {name: name in found and found[name].reached(reading) for name in OPENAI_CATEGORIES}
    return ModerationResult(
        flagged=any(flags.values()),
        categories=flags,
        category_scores={
            name: round(found[name].score(reading), 4) if name in found else 0.0 for name in OPENAI_CATEGORIES
        },
        category_applied_input_types=_APPLIED,
    )
