"""Lines of JSON in, rows of JSON out: what NDJSON requests and `ibasho ingest` share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from api.problems import problem, status_of
from api.score_lines import LONGEST_LINE, Line
from api.wire import MessageIn, Options, read_line, to_message
from moderation.bootstrap import EngineRoom
from moderation.errors import FieldProblem, Invalid, ModerationError
from moderation.scoring.intake import Intake
from moderation.scoring.message import Message
from moderation.scoring.terms import Payment

Pays = Callable[[int], Payment | None]
"""What so many messages cost their caller; None where there is no limit."""


def _nobody_pays(messages: int) -> None:
    del messages


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be scored."""

    message_id: str | None
    error: ModerationError


@dataclass(frozen=True, slots=True, kw_only=True)
class LineScorer:
    """Scores lines of one service.

    Attributes:
        longest: Most code points of a text.
        pays: Asked for each chunk.
    """

    service: str
    engines: EngineRoom
    intake: Intake
    options: Options
    longest: int
    pays: Pays = _nobody_pays

    async def rows(self, lines: Sequence[Line]) -> list[bytes]:
        """One row for each line: its answer, or in its place what is wrong with it.

        Raises:
            StoreUnavailable: Nothing was accepted.
            RateLimited: The caller has to wait.
        """
        now = datetime.now(UTC)
        read = [self._read(line, now) for line in lines]
        messages = [one for one in read if isinstance(one, Message)]
        scored = iter(await self._score(messages) if messages else [])
        return [
            row_of(one.id, next(scored), line.number)
            if isinstance(one, Message)
            else row_of(one.message_id, one.error, line.number)
            for line, one in zip(lines, read, strict=True)
        ]

    async def _score(self, messages: Sequence[Message]) -> list[bytes | ModerationError]:
        return await self.intake.score(
            self.service,
            messages,
            timeout_ms=self.options.timeout_ms,
            dry_run=self.options.dry_run,
            payment=self.pays(len(messages)),
        )

    def _read(self, line: Line, now: datetime) -> Message | BadLine:
        if line.data is None:
            return BadLine(None, Invalid(f"The line is longer than {LONGEST_LINE} bytes."))
        try:
            given = read_line(line.data)
            if len(given.text) > self.longest:
                raise Invalid("The text is too long.", [too_long(given, self.longest, "/text")])
            return to_message(
                given,
                service=self.service,
                known_room=self.engines.known_room(self.service, given.room.id),
                received_at=now,
                replay=self.options.replay,
            )
        except Invalid as error:
            return BadLine(_id_in(line.data), error)


def failed_rows(lines: Sequence[Line], error: ModerationError) -> list[bytes]:
    """The rows of lines that could not be scored at all."""
    return [row_of(None if line.data is None else _id_in(line.data), error, line.number) for line in lines]


def row_of(message_id: str | None, answer: bytes | ModerationError, line: int | None = None) -> bytes:
    """An answer as it stands among others; an error names its message, and its line where there are lines."""
    if isinstance(answer, bytes):
        return answer
    error = problem(status_of(answer), answer.code, str(answer), getattr(answer, "problems", ()))
    return msgspec.json.encode({"id": message_id, "error": error} | ({"line": line} if line else {}))


def too_long(message: MessageIn, longest: int, pointer: str) -> FieldProblem:
    """What is wrong with a text of too many code points."""
    return FieldProblem(
        pointer=pointer, detail=f"{len(message.text)} code points; at most {longest} are accepted"
    )


def _id_in(line: bytes) -> str | None:
    """The id of a line that is wrong elsewhere, if it can be read."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    given = found.get("id") if isinstance(found, dict) else None
    return given if isinstance(given, str) else None
