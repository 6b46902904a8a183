"""NDJSON in and out: chat of any length in one request, scored in chunks as it comes.

A chunk is what has come in while the one before was scored, at most ``IBASHO_MAX_BATCH`` lines; it is
one transaction, and its lines are answered after the commit. A line that cannot be used is answered
in its place. Reading, scoring and sending go on side by side, so a client may write everything before
it reads: up to ``MOST_UNREAD`` bytes of answers wait for it, for ``SECONDS_TO_READ``; then it is cut off.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.score_document import NDJSON

log = structlog.get_logger(__name__)

MOST_UNREAD = 64 * 2**20
"""Bytes of answers kept for a client that does not read yet: about 80,000 lines."""
SECONDS_TO_READ = 60.0
LONGEST_LINE = 256 * 1024
"""Bytes of one line; the longest text, escaped, has half of that."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that came in; ``data`` is None where it was too long to be kept."""

    number: int
    data: bytes | None


Answer = Callable[[Sequence[Line]], Awaitable[list[bytes]]]
"""Scores a chunk; one JSON object for each line."""


class LineAnswers(Response):
    """The answer to an NDJSON request, sent while it is still being read."""

    def __init__(self, request: Request, answer: Answer, *, most_lines: int) -> None:
        super().__init__(media_type=NDJSON)
        del self.headers["content-length"]
        self._request = request
        self._answer = answer
        self._most_lines = most_lines
        self._lines: asyncio.Queue[Line | None] = asyncio.Queue(2 * most_lines)
        self._answers: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._unread = 0
        self._was_read = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, score and send until the request ends or the client is gone."""
        del scope, receive  # the request has them
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read())
                group.create_task(self._score())
                await self._send(send)
        except* TimeoutError:
            log.warning("lines.unread", bytes=self._unread)  # the answer stays unfinished: the line is cut

    async def _read(self) -> None:
        number, rest, too_long = 0, b"", False
        # A client that is gone gets no answers; what it sent in whole lines is scored.
        with suppress(ClientDisconnect):
            async for data in self._request.stream():
                *whole, rest = (rest + data).split(b"\n")
                for line in whole:
                    number += 1
                    await self._take(Line(number, None if too_long or len(line) > LONGEST_LINE else line))
                    too_long = False
                if len(rest) > LONGEST_LINE:
                    rest, too_long = b"", True
            await self._take(Line(number + 1, None if too_long else rest))
        await self._lines.put(None)

    async def _take(self, line: Line) -> None:
        if line.data is None or line.data.strip():
            await self._lines.put(line)

    async def _score(self) -> None:
        more = True
        while more:
            chunk, more = await self._chunk()
            if chunk:
                answers = await self._answer(chunk)
                await self._hand_out(b"\n".join(answers) + b"\n")
        await self._answers.put(None)

    async def _chunk(self) -> tuple[list[Line], bool]:
        """The lines that are there, at least one; and whether more may come."""
        line = await self._lines.get()
        chunk: list[Line] = []
        while line is not None:
            chunk.append(line)
            if len(chunk) == self._most_lines or self._lines.empty():
                return chunk, True
            line = self._lines.get_nowait()
        return chunk, False

    async def _hand_out(self, answers: bytes) -> None:
        while self._unread > MOST_UNREAD:
            self._was_read.clear()
            async with asyncio.timeout(SECONDS_TO_READ):
                await self._was_read.wait()
        self._unread += len(answers)
        await self._answers.put(answers)

    async def _send(self, send: Send) -> None:
        while (answers := await self._answers.get()) is not None:
            await send({"type": "http.response.body", "body": answers, "more_body": True})
            self._unread -= len(answers)
            self._was_read.set()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
