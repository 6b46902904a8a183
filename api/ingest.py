"""Ingest: chat that comes by a Redis stream or a file, scored as POST /v1/score scores it.

At least once: an entry of the stream is done when its verdict has been handed out, and whoever dies
before leaves it to the others. Ids make it count once: a message that comes again gets its stored answer.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from time import monotonic

import structlog

from api.line_scorer import LineScorer, failed_rows
from api.score_lines import LONGEST_LINE, Line
from moderation.errors import ModerationError, Unavailable
from moderation.storage.chat.chat_stream import ChatStream
from moderation.storage.chat.consumer_group import Entry
from moderation.storage.redis import AWAY
from workers.stopping import Stop

log = structlog.get_logger(__name__)

CHUNK = 200
"""Lines in one transaction."""
_WAIT_MS = 500
_AWAY_SECONDS = 1.0
_CLAIM_SECONDS = 5.0

Write = Callable[[Sequence[bytes]], None]


class _BrokenLine(ModerationError):
    """Scoring a line failed in a way nobody foresaw; the log has it."""

    code = "internal_error"


async def score_lines(scorer: LineScorer, lines: Sequence[Line], stop: Stop) -> list[bytes] | None:
    """Rows of the lines; a database that is away is waited for. None where the end was asked for meanwhile.

    A line that breaks the scoring gets an error in its place, and the others their answers.
    """
    while not stop.asked:
        try:
            return await scorer.rows(lines)
        except Unavailable as error:
            log.warning("ingest.store_away", why=str(error))
            await asyncio.to_thread(stop.wait, _AWAY_SECONDS)
        except Exception as error:
            if len(lines) == 1:
                log.exception("ingest.broken_line", line=lines[0].number)
                broken = _BrokenLine(f"The line could not be scored ({type(error).__name__}).")
                return failed_rows(lines, broken)
            rows = [await score_lines(scorer, [line], stop) for line in lines]
            return None if None in rows else [row for one in rows if one is not None for row in one]
    return None


async def ingest_file(scorer: LineScorer, given: Iterable[bytes], write: Write, stop: Stop) -> int:
    """Score a file's lines in order; how many of them could not be used."""
    numbered = ((number, line.rstrip(b"\r\n")) for number, line in enumerate(given, 1))
    lines = (
        Line(number, data if len(data) <= LONGEST_LINE else None) for number, data in numbered if data.strip()
    )
    bad = 0
    while not stop.asked and (chunk := await asyncio.to_thread(lambda: list(islice(lines, CHUNK)))):
        rows = await score_lines(scorer, chunk, stop)
        if rows is not None:
            write(rows)
            bad += sum(is_error(row) for row in rows)
    return bad


def is_error(row: bytes) -> bool:
    """Whether a row says what is wrong with its line; inside a text the quotes would be escaped."""
    return b'"error":{' in row


async def ingest_stream(
    scorer: LineScorer, chat: ChatStream, write: Write, stop: Stop, *, dead_after_ms: int, once: bool
) -> None:
    """Score a stream's entries until the end is asked for; with ``once`` until nothing waits any more."""
    prepared = False
    claimed_at = -_CLAIM_SECONDS
    while not stop.asked:
        try:
            if not prepared:
                await asyncio.to_thread(chat.prepare)
                await asyncio.to_thread(chat.forget_consumers)
                prepared = True
            entries: list[Entry] = []
            if monotonic() - claimed_at >= _CLAIM_SECONDS or once:
                entries = await asyncio.to_thread(chat.claim_dead, CHUNK, idle_ms=dead_after_ms)
                claimed_at = claimed_at if entries else monotonic()
            if not entries:
                entries = await asyncio.to_thread(chat.read, CHUNK, wait_ms=_WAIT_MS)
            if entries:
                await _answer(scorer, chat, entries, write, stop)
            elif once and not await asyncio.to_thread(chat.waiting):
                break
        except AWAY as error:
            log.warning("redis.away", step="ingest", why=str(error))
            prepared = False  # a Redis that comes back empty has no group
            await asyncio.to_thread(stop.wait, _AWAY_SECONDS)
    try:
        await asyncio.to_thread(chat.leave)
    except AWAY as error:
        log.warning("redis.away", step="ingest", why=str(error))


async def _answer(
    scorer: LineScorer, chat: ChatStream, entries: Sequence[Entry], write: Write, stop: Stop
) -> None:
    # An entry without the field is a line that cannot be read: its row says so.
    lines = [Line(number, entry.data or b"") for number, entry in enumerate(entries, 1)]
    rows = await score_lines(scorer, lines, stop)
    if rows is not None:
        write(rows)
        await asyncio.to_thread(chat.done, entries, rows)
