"""What the OpenAPI document says of POST /v1/score; its schemas are those that msgspec checks with."""

from typing import Any

import msgspec

from api.openapi import POSTED, Problem, problems
from api.wire import MessageIn, ScoreBatchIn, ScoreOneIn, schema_of
from moderation.scoring.answer import ScoreAnswer

NDJSON = "application/x-ndjson"


class ScoreBatchAnswer(msgspec.Struct, frozen=True):
    """Answers in the order of the messages; one that has none carries ``id`` and ``error``."""

    results: list[ScoreAnswer]


class RefusedMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in the place of an answer where one message of several cannot have one.

    ``line`` counts from 1, in NDJSON.
    """

    id: str | None
    error: Problem
    line: int | None = None


_SCHEMAS, SCORE_COMPONENTS = schema_of(
    ScoreOneIn, ScoreBatchIn, MessageIn, ScoreAnswer, ScoreBatchAnswer, RefusedMessage
)
_ONE_IN, _BATCH_IN, _LINE_IN, _ONE_OUT, _BATCH_OUT, _REFUSED = _SCHEMAS
_LINE_OUT = {"anyOf": [_ONE_OUT, _REFUSED]}
# msgspec tells structs of a union apart by a tag; on the wire an answer and an error need none.
SCORE_COMPONENTS["ScoreBatchAnswer"]["properties"]["results"]["items"] = _LINE_OUT

_MESSAGE = {
    "id": "m-1",
    "text": "初見です、よろしくお願いします",
    "author": {"id": "u-1", "name": "たろう"},
    "room": {"id": "r-1", "category": "fps"},
}
_ONLY_NDJSON = "Only with NDJSON; in JSON it stands in the body. "
SCORE_EXTRA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": [_ONE_IN, _BATCH_IN]},
                "examples": {
                    "one": {"summary": "One message", "value": _MESSAGE},
                    "batch": {
                        "summary": "Several, in the order they were sent",
                        "value": {"messages": [_MESSAGE, _MESSAGE | {"id": "m-2", "text": "ナイスー！"}]},
                    },
                },
            },
            NDJSON: {"schema": _LINE_IN, "example": _MESSAGE},
        },
    },
    "parameters": [
        {
            "name": "timeout_ms",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": 60_000},
            "description": _ONLY_NDJSON + "Time for each chunk of lines.",
        },
        {"name": "dry_run", "in": "query", "schema": {"type": "boolean"}, "description": _ONLY_NDJSON},
        {"name": "replay", "in": "query", "schema": {"type": "boolean"}, "description": _ONLY_NDJSON},
    ],
}
SCORE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The verdicts; in NDJSON one a line, in the order of the lines.",
        "content": {
            "application/json": {"schema": {"anyOf": [_ONE_OUT, _BATCH_OUT]}},
            NDJSON: {"schema": _LINE_OUT},
        },
    },
    **problems(*POSTED, 409, s409="The message id was scored before with other content."),
}
