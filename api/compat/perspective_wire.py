"""Bodies of comments:analyze, with proto3's JSON rules: null is absent, snake_case names pass too."""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api.compat.body import decode
from api.wire import field_problem, schema_of
from moderation.errors import Invalid


class PerspectiveComment(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename="camel"):
    """The text to look at; ``type`` is ``PLAIN_TEXT`` or left out."""

    text: str | None = None
    type: str | None = None


class PerspectiveAttributeParameters(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename="camel"):
    """How to answer one attribute; scores below the threshold are left out."""

    score_type: str | None = None
    score_threshold: Annotated[float, Meta(ge=0, le=1)] | None = None


class PerspectiveRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename="camel"):
    """What to look at, and which attributes to answer.

    ``context``, ``do_not_store``, ``session_id`` and ``community_id`` change nothing: nothing is
    ever stored, and every text is read alone.
    """

    comment: PerspectiveComment | None = None
    requested_attributes: dict[str, PerspectiveAttributeParameters | None] | None = None
    span_annotations: bool | None = None
    languages: list[str] | None = None
    drop_unsupported_attributes: bool | None = None
    client_token: str | None = None
    do_not_store: bool | None = None
    session_id: str | None = None
    community_id: str | None = None
    context: dict[str, Any] | None = None


class PerspectiveScore(msgspec.Struct, frozen=True):
    """A probability, 0 to 1."""

    value: float
    type: str = "PROBABILITY"


class PerspectiveSpanScore(msgspec.Struct, frozen=True):
    """A place in the text, in code points, end exclusive, and its score."""

    begin: int
    end: int
    score: PerspectiveScore


class PerspectiveAttributeScores(msgspec.Struct, frozen=True, rename="camel"):
    """One attribute's answer: the whole text's score, and the places it comes from."""

    summary_score: PerspectiveScore
    span_scores: list[PerspectiveSpanScore]


class PerspectiveAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Scores of the requested attributes that reach their threshold."""

    attribute_scores: dict[str, PerspectiveAttributeScores]
    languages: list[str]
    detected_languages: list[str]
    client_token: str | None = None


class PerspectiveErrorBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong; ``details`` are typed by their ``@type``."""

    code: int
    message: str
    status: str
    details: list[dict[str, Any]] = []


class PerspectiveError(msgspec.Struct, frozen=True):
    """An error in Google's shape."""

    error: PerspectiveErrorBody


_ANYTHING = msgspec.json.Decoder()
_SNAKE = re.compile(r"_([a-z])")
PERSPECTIVE_SCHEMAS, PERSPECTIVE_COMPONENTS = schema_of(
    PerspectiveRequest, PerspectiveAnswer, PerspectiveError
)


def read_request(body: bytes) -> PerspectiveRequest:
    """A request of comments:analyze.

    Raises:
        Invalid: The body is not JSON, or a value is wrong; the problem has its place.
    """
    given = decode(body, _ANYTHING)
    try:
        return msgspec.convert(_in_camel(given), PerspectiveRequest)
    except msgspec.ValidationError as error:
        problem = field_problem(error)
        raise Invalid(f"The request cannot be used: {problem.detail}.", [problem]) from error


def _in_camel(given: Any) -> Any:
    """Field names as the JSON mapping has them; attribute names and values stay as they are."""
    if not isinstance(given, dict):
        return given
    request = _renamed(given)
    request["comment"] = _renamed(request.get("comment"))
    attributes = request.get("requestedAttributes")
    if isinstance(attributes, dict):
        request["requestedAttributes"] = {name: _renamed(value) for name, value in attributes.items()}
    return request


def _renamed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {_SNAKE.sub(lambda found: found[1].upper(), name): inner for name, inner in value.items()}
