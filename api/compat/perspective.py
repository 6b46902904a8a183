"""POST /v1alpha1/comments:analyze: Perspective's analysis, answered by our engine."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from api.auth import require_scope
from api.compat.errors import google_error
from api.compat.perspective_wire import (
    PERSPECTIVE_SCHEMAS,
    PerspectiveAnswer,
    PerspectiveAttributeParameters,
    PerspectiveAttributeScores,
    PerspectiveRequest,
    PerspectiveScore,
    PerspectiveSpanScore,
    read_request,
)
from api.compat.scoring import read_texts
from api.deps import get_parts
from moderation.errors import FieldProblem, Invalid
from moderation.scoring.mappings import PERSPECTIVE, PERSPECTIVE_WITHOUT, Counterpart, Reading
from moderation.storage.accounts.accounts import ApiKey
from moderation.taxonomy import Scope

router = APIRouter()

OUR_LANGUAGE = "ja"
_UNDETERMINED = "und"
_JAPANESE_SCRIPT = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9d]")
_PLAIN = (None, "PLAIN_TEXT", "TEXT_TYPE_UNSPECIFIED")
_PROBABILITY = (None, "PROBABILITY", "SCORE_TYPE_UNSPECIFIED")

_ENCODER = msgspec.json.Encoder()
_IN, _OUT, _ERROR = ({"application/json": {"schema": schema}} for schema in PERSPECTIVE_SCHEMAS)
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The scores.", "content": _OUT},
    400: {"description": "The request cannot be used; `details` says why.", "content": _ERROR},
    401: {"description": "No usable API key.", "content": _ERROR},
    403: {"description": "The key lacks the scope `score`.", "content": _ERROR},
    413: {"description": "The body is too large.", "content": _ERROR},
    429: {"description": "Too many requests.", "content": _ERROR},
    503: {"description": "A part is not there now.", "content": _ERROR},
}


class Refused(Exception):
    """A request that Perspective refuses with an error type of its own; clients match on it."""

    def __init__(self, error_type: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.detail = {
            "@type": "type.googleapis.com/google.commentanalyzer.v1alpha1.Error",
            "errorType": error_type,
            **details,
        }


async def google_caller(request: Request) -> ApiKey:
    """The caller's key, also where Google's clients put it: ``?key=`` or ``X-Goog-Api-Key``.

    Raises BadCredentials, MissingScope.
    """
    secret = request.query_params.get("key") or request.headers.get("x-goog-api-key")
    if secret:
        # Asked again as an ordinary key, so that whatever holds for one holds for this.
        others = [
            (name, value)
            for name, value in request.scope["headers"]
            if name not in (b"authorization", b"x-api-key")
        ]
        header = (b"x-api-key", secret.encode("utf-8", "replace"))
        request = Request({**request.scope, "headers": [*others, header]})
    return await require_scope(Scope.SCORE)(request)


@router.post(
    "/v1alpha1/comments:analyze",
    operation_id="analyzeComment",
    summary="Score a text in the shape of Perspective",
    openapi_extra={
        "requestBody": {"required": True, "content": _IN},
        "parameters": [
            {"name": "key", "in": "query", "schema": {"type": "string"}, "description": "The API key."},
            {"name": "alt", "in": "query", "schema": {"type": "string", "enum": ["json"]}},
        ],
    },
    responses=_RESPONSES,
)
async def analyze(request: Request, key: Annotated[ApiKey, Depends(google_caller)]) -> Response:
    """Perspective's scores of one text for the attributes asked for.

    Stateless: nothing is stored or counted, whatever ``doNotStore`` says.
    """
    if request.query_params.get("alt", "json") != "json":
        raise Invalid(
            "The answer is JSON.", [FieldProblem(pointer="/alt", detail="only `json` is supported")]
        )
    parts = get_parts(request)
    asked = read_request(await request.body())
    try:
        text = _text(asked, longest=parts.settings.max_text_chars)
        wanted = _wanted(asked)
    except Refused as refused:
        return JSONResponse(google_error(400, str(refused), [refused.detail]), 400)
    [reading] = read_texts(parts.engines.current, [text], service=key.service, now=datetime.now(UTC))
    answer = PerspectiveAnswer(
        attribute_scores=_scores(text, reading, wanted, annotate=bool(asked.span_annotations)),
        languages=asked.languages or [OUR_LANGUAGE],
        detected_languages=[OUR_LANGUAGE if _JAPANESE_SCRIPT.search(text) else _UNDETERMINED],
        client_token=asked.client_token,
    )
    return Response(_ENCODER.encode(answer), media_type="application/json")


def _text(asked: PerspectiveRequest, *, longest: int) -> str:
    text = (asked.comment.text if asked.comment else None) or ""
    if not text.strip():
        raise Refused("COMMENT_EMPTY", "Comment must be non-empty.")
    if len(text) > longest:
        raise Refused(
            "COMMENT_TOO_LONG", f"Comment text too long: {len(text)} code points, at most {longest}."
        )
    if asked.comment and asked.comment.type not in _PLAIN:
        raise Refused("INVALID_REQUEST", "Only PLAIN_TEXT comments are supported.")
    return text


def _wanted(asked: PerspectiveRequest) -> dict[str, tuple[Counterpart, float]]:
    """What each requested attribute is made of, and its threshold."""
    if not asked.requested_attributes:
        raise Refused("NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes.")
    ours = not asked.languages or any(_is_ours(language) for language in asked.languages)
    wanted = {}
    for name, given in asked.requested_attributes.items():
        if name not in PERSPECTIVE and name not in PERSPECTIVE_WITHOUT:
            raise Refused("INVALID_REQUEST", f"Unknown requested attribute: {name!r}.")
        parameters = given or PerspectiveAttributeParameters()
        if parameters.score_type not in _PROBABILITY:
            raise Refused(
                "INVALID_REQUEST",
                f"Score type {parameters.score_type} is not supported by attribute {name}; PROBABILITY is.",
            )
        if ours and name in PERSPECTIVE:
            wanted[name] = (PERSPECTIVE[name], parameters.score_threshold or 0.0)
        elif not asked.drop_unsupported_attributes:
            languages = asked.languages or [OUR_LANGUAGE]
            raise Refused(
                "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
                f"Attribute {name} does not support request languages: {', '.join(languages)}",
                languageNotSupportedByAttributeError={"attribute": name, "requestedLanguages": languages},
            )
    return wanted


def _is_ours(language: str) -> bool:
    return re.split("[-_]", language.lower())[0] == OUR_LANGUAGE


def _scores(
    text: str, reading: Reading, wanted: Mapping[str, tuple[Counterpart, float]], *, annotate: bool
) -> dict[str, PerspectiveAttributeScores]:
    scores = {}
    for name, (counterpart, threshold) in wanted.items():
        score = round(counterpart.score(reading), 4)
        if score < threshold:
            continue
        # Perspective gives one span of the whole text where it was not asked for more, and
        # clients read the first one.
        spans = _evidence_spans(counterpart, reading) if annotate else {}
        scores[name] = PerspectiveAttributeScores(
            summary_score=PerspectiveScore(value=score),
            span_scores=[
                PerspectiveSpanScore(begin=start, end=end, score=PerspectiveScore(value=round(value, 4)))
                for (start, end), value in sorted((spans or {(0, len(text)): score}).items())
                if value >= threshold
            ],
        )
    return scores


def _evidence_spans(counterpart: Counterpart, reading: Reading) -> dict[tuple[int, int], float]:
    """The places in the text that the score comes from, each with its highest score."""
    spans: dict[tuple[int, int], float] = {}
    for signal in counterpart.evidence(reading.verdict):
        for span in signal.spans:
            spans[span] = max(signal.score, spans.get(span, 0.0))
    return spans
