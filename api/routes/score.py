"""POST /v1/score: one message, a batch, or lines of NDJSON, on the send path."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from fastapi import APIRouter, Request, Response

from api.auth import require_scope
from api.deps import Parts, get_parts
from api.line_scorer import LineScorer, failed_rows, row_of, too_long
from api.score_document import NDJSON, SCORE_EXTRA, SCORE_RESPONSES
from api.score_lines import Line, LineAnswers
from api.toll import payment
from api.wire import (
    AnyOptions,
    MessageIn,
    Options,
    ScoreBatchIn,
    read_options,
    read_score_request,
    to_message,
)
from moderation.errors import FieldProblem, Invalid, MissingScope, ModerationError, RateLimited
from moderation.scoring.message import Message
from moderation.storage.accounts.accounts import ApiKey
from moderation.taxonomy import Scope

router = APIRouter(tags=["scoring"])
PATH = "/v1/score"

# Called by hand and not as a dependency, and charged with the work itself: on the send path both count.
_caller = require_scope(Scope.SCORE, cost=0)


@router.post(
    PATH,
    operation_id="score",
    summary="Score one message, a batch, or a stream of lines",
    openapi_extra=SCORE_EXTRA,
    responses=SCORE_RESPONSES,
)
async def score(request: Request) -> Response:
    """Verdicts for one message, or for several in the order they were sent.

    A message id is idempotent: the same content gets the stored answer and is counted once; other
    content is a 409 (among several: an ``error`` in its place). A flagged message is saved as a case
    before the answer leaves. With ``timeout_ms`` an answer may be ``partial``; send it again for
    a full one. ``dry_run`` stores and counts nothing. ``replay`` (admin keys) believes old times.
    """
    key = await _caller(request)
    parts = get_parts(request)
    if request.headers.get("content-type", "").startswith(NDJSON):
        options = read_options(request.query_params)
        _check_options(options, key)
        scorer = LineScorer(
            service=key.service,
            engines=parts.engines,
            intake=parts.intake,
            options=options,
            longest=parts.settings.max_text_chars,
            pays=lambda messages: payment(request, key, messages),
        )
        return LineAnswers(request, partial(_answer_lines, scorer), most_lines=parts.settings.max_batch)
    if request.scope["query_string"]:
        _refuse_options(request.query_params)
    asked = read_score_request(await request.body())
    _check_options(asked, key)
    given: Sequence[MessageIn] = asked.messages if isinstance(asked, ScoreBatchIn) else [asked]
    _check_sizes(parts, given, batch=isinstance(asked, ScoreBatchIn))
    now = datetime.now(UTC)
    answers = await parts.intake.score(
        key.service,
        [_message(parts, key, one, asked, now) for one in given],
        timeout_ms=asked.timeout_ms,
        dry_run=asked.dry_run,
        payment=payment(request, key, len(given)),
    )
    if isinstance(asked, ScoreBatchIn):
        rows = [row_of(one.id, answer) for one, answer in zip(given, answers, strict=True)]
        return Response(b'{"results":[' + b",".join(rows) + b"]}", media_type="application/json")
    [answer] = answers
    if isinstance(answer, ModerationError):
        raise answer
    return Response(answer, media_type="application/json")


def _message(parts: Parts, key: ApiKey, given: MessageIn, options: AnyOptions, now: datetime) -> Message:
    return to_message(
        given,
        service=key.service,
        known_room=parts.engines.known_room(key.service, given.room.id),
        received_at=now,
        replay=options.replay,
    )


def _check_options(options: AnyOptions, key: ApiKey) -> None:
    if options.replay and Scope.ADMIN not in key.scopes:
        raise MissingScope(Scope.ADMIN.value)


def _refuse_options(query: Mapping[str, str]) -> None:
    """A dry run that is not one would be a nasty surprise."""
    problems = [
        FieldProblem(pointer=f"/{name}", detail="stands in the body; in the address only with NDJSON")
        for name in Options.__struct_fields__
        if name in query
    ]
    if problems:
        raise Invalid("An option stands in the wrong place.", problems)


def _check_sizes(parts: Parts, given: Sequence[MessageIn], *, batch: bool) -> None:
    most = parts.settings.max_batch
    if len(given) > most:
        raise Invalid(
            f"A request holds at most {most} messages, got {len(given)}.",
            [FieldProblem(pointer="/messages", detail=f"more than {most} messages")],
        )
    longest = parts.settings.max_text_chars
    problems = [
        too_long(one, longest, f"/messages/{at}/text" if batch else "/text")
        for at, one in enumerate(given)
        if len(one.text) > longest
    ]
    if problems:
        raise Invalid("A text is too long; `errors` names each.", problems)


async def _answer_lines(scorer: LineScorer, lines: Sequence[Line]) -> list[bytes]:
    """One row for each line; where a chunk cannot be saved, each of its lines says so."""
    while True:
        try:
            return await scorer.rows(lines)
        except RateLimited as error:
            await asyncio.sleep(error.seconds)  # a stream is slowed down, not refused
        except ModerationError as error:
            return failed_rows(lines, error)
