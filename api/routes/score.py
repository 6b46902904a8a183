"""POST /v1/score: one message or a batch, on the send path."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from api.auth import require_scope
from api.deps import Parts, get_parts
from api.errors import problem, status_of
from api.openapi import POSTED, problems
from api.wire import MessageIn, ScoreBatchIn, ScoreOneIn, read_score_request, schema_of, to_message
from moderation.errors import FieldProblem, Invalid, MissingScope, ModerationError
from moderation.scoring.answer import ScoreAnswer
from moderation.storage.accounts import ApiKey
from moderation.taxonomy import Scope

router = APIRouter(prefix="/v1", tags=["scoring"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.SCORE))]


class ScoreBatchAnswer(msgspec.Struct, frozen=True):
    """Answers in the order of the messages; one that has none carries ``id`` and ``error``."""

    results: list[ScoreAnswer]


_SCHEMAS, SCORE_COMPONENTS = schema_of(ScoreOneIn, ScoreBatchIn, ScoreAnswer, ScoreBatchAnswer)
_OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": _SCHEMAS[:2]},
                "examples": {
                    "one": {
                        "summary": "One message",
                        "value": {
                            "id": "m-1",
                            "text": "初見です、よろしくお願いします",
                            "author": {"id": "u-1", "name": "たろう"},
                            "room": {"id": "r-1", "category": "fps"},
                        },
                    }
                },
            }
        },
    }
}


@router.post(
    "/score",
    operation_id="score",
    summary="Score one message or a batch",
    openapi_extra=_OPENAPI,
    responses={
        200: {
            "description": "The verdicts.",
            "content": {"application/json": {"schema": {"anyOf": _SCHEMAS[2:]}}},
        },
        **problems(*POSTED, 409, s409="The message id was scored before with other content."),
    },
)
async def score(request: Request, key: Caller) -> Response:
    """Verdicts for one message, or for ``messages`` in the order they were sent.

    A message id is idempotent: the same content gets the stored answer and is counted once; other
    content is a 409 (in a batch: an ``error`` in its place). A flagged message is saved as a case
    before the answer leaves. With ``timeout_ms`` an answer may be ``partial``; send it again for
    a full one. ``dry_run`` stores and counts nothing. ``replay`` (admin keys) believes old times.
    """
    parts = get_parts(request)
    asked = read_score_request(await request.body())
    if asked.replay and Scope.ADMIN not in key.scopes:
        raise MissingScope(Scope.ADMIN.value)
    given: Sequence[MessageIn] = asked.messages if isinstance(asked, ScoreBatchIn) else [asked]
    _check_sizes(parts, given, batch=isinstance(asked, ScoreBatchIn))
    now = datetime.now(UTC)
    messages = [
        to_message(
            one,
            service=key.service,
            known_room=parts.engines.known_room(key.service, one.room.id),
            received_at=now,
            replay=asked.replay,
        )
        for one in given
    ]
    answers = await parts.intake.score(
        key.service, messages, timeout_ms=asked.timeout_ms, dry_run=asked.dry_run
    )
    if isinstance(asked, ScoreBatchIn):
        rows = [_row(one.id, answer) for one, answer in zip(given, answers, strict=True)]
        return Response(b'{"results":[' + b",".join(rows) + b"]}", media_type="application/json")
    [answer] = answers
    if isinstance(answer, ModerationError):
        raise answer
    return Response(answer, media_type="application/json")


def _check_sizes(parts: Parts, given: Sequence[MessageIn], *, batch: bool) -> None:
    most = parts.settings.max_batch
    if len(given) > most:
        raise Invalid(
            f"A request holds at most {most} messages, got {len(given)}.",
            [FieldProblem(pointer="/messages", detail=f"more than {most} messages")],
        )
    longest = parts.settings.max_text_chars
    problems = [
        FieldProblem(
            pointer=f"/messages/{at}/text" if batch else "/text",
            detail=f"{len(one.text)} code points; at most {longest} are accepted",
        )
        for at, one in enumerate(given)
        if len(one.text) > longest
    ]
    if problems:
        raise Invalid("A text is too long; `errors` names each.", problems)


def _row(message_id: str, answer: bytes | ModerationError) -> bytes:
    if isinstance(answer, bytes):
        return answer
    error = problem(status_of(answer), answer.code, str(answer))
    return msgspec.json.encode({"id": message_id, "error": error})
