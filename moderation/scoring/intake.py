"""Intake: a message's whole way, from the request to the answer.

Known ids are answered from memory; the rest is folded, classified and matched with its windows;
flagged messages are saved before the answer leaves; then the answer and the record go to Redis
in one step. A deadline cuts detectors and context, never the save.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec
import structlog

from moderation.errors import MessageConflict, ModerationError
from moderation.scoring.answer import answer_of
from moderation.scoring.deadline import Deadline
from moderation.scoring.message import Message
from moderation.scoring.meter import Meter, NoMeter, Stopwatch
from moderation.scoring.record import encode, record_of
from moderation.scoring.talk import RoomLine, encode_line, talk_before
from moderation.scoring.terms import Engines, Limits, Payment
from moderation.scoring.verdict import Status, Verdict
from moderation.storage import flagged, gaps, standing
from moderation.storage.database import Database
from moderation.storage.flagged import Flagged
from moderation.storage.live import Finished, LiveState
from moderation.storage.redis import AWAY
from moderation.storage.windows import RedisWindows
from rules.windows import WindowRequest

log = structlog.get_logger(__name__)

_HASH_BYTES = 16
_ENCODER = msgspec.json.Encoder()


class Intake:
    """Scores messages of any service. One a process; safe for concurrent requests."""

    def __init__(
        self,
        *,
        engines: Engines,
        database: Database,
        live: LiveState,
        windows: RedisWindows,
        writers: Executor,
        limits: Limits,
        meter: Meter | None = None,
    ) -> None:
        self._engines = engines
        self._database = database
        self._live = live
        self._windows = windows
        self._writers = writers
        self._limits = limits
        self._meter = meter or NoMeter()

    async def score(
        self,
        service: str,
        messages: Sequence[Message],
        *,
        timeout_ms: int | None = None,
        dry_run: bool = False,
        payment: Payment | None = None,
    ) -> list[bytes | ModerationError]:
        """Score messages of one service, in the order they were sent.

        Args:
            service: Whose messages.
            messages: At most as many as a request may hold.
            timeout_ms: From here on detectors and context are left out; the save never is.
            dry_run: Store and count nothing.
            payment: What the caller pays for it.

        Returns:
            For each message its answer as JSON, or why it has none (the same id with other
            content was scored before).

        Raises:
            StoreUnavailable: Flagged messages could not be saved; nothing was accepted.
            RateLimited: The caller has to wait.
        """
        deadline = Deadline(timeout_ms)
        watch = Stopwatch(self._meter)
        digests = [_digest(message) for message in messages]
        known, talk, missing = await self._open(service, messages, payment, dry_run=dry_run)
        watch.lap("open")
        answers: dict[str, bytes | ModerationError] = {}
        fresh: dict[str, tuple[Message, bytes]] = {}
        results_by_position: list[bytes | ModerationError | None] = []
        for message, digest in zip(messages, digests, strict=True):
            given = known.get(message.id)
            seen = fresh.get(message.id)
            if given is not None:
                same = given[:_HASH_BYTES] == digest
                results_by_position.append(given[_HASH_BYTES:] if same else MessageConflict(message.id))
            elif seen is not None and seen[1] != digest:
                results_by_position.append(MessageConflict(message.id))
            else:
                fresh.setdefault(message.id, (message, digest))
                results_by_position.append(None)
        if fresh:
            answers = await self._score_fresh(
                service, list(fresh.values()), talk, deadline, watch, dry_run=dry_run, missing=missing
            )
        watch.stop()
        return [
            result if result is not None else answers[message.id]
            for message, result in zip(messages, results_by_position, strict=True)
        ]

    async def _open(
        self, service: str, messages: Sequence[Message], payment: Payment | None, *, dry_run: bool
    ) -> tuple[dict[str, bytes], Mapping[str, Sequence[bytes]] | None, tuple[str, ...]]:
        """Answers given before, the talk of the rooms if rules read it, and what is away."""
        ids = [] if dry_run else [message.id for message in messages]
        reads_talk = self._engines.current.rules.reads_talk
        rooms = list(dict.fromkeys(message.room.id for message in messages)) if reads_talk else []
        if not ids and not rooms and payment is None:
            return {}, None, ()
        try:
            opened = await self._live.open(
                service,
                ids,
                rooms,
                self._limits.context_messages,
                payment=None if payment is None else (payment.bucket, payment.cost),
            )
        except AWAY as error:
            log.warning("redis.away", step="open", why=str(error))
            return {}, None, ("redis",)
        if payment is not None and opened.toll is not None:
            payment.settle(opened.toll)
        known = {name: given for name, given in zip(ids, opened.answers, strict=True) if given is not None}
        talk = dict(zip(rooms, opened.talk, strict=True)) if reads_talk else None
        return known, talk, ()

    async def _score_fresh(
        self,
        service: str,
        fresh: Sequence[tuple[Message, bytes]],
        talk: Mapping[str, Sequence[bytes]] | None,
        deadline: Deadline,
        watch: Stopwatch,
        *,
        dry_run: bool,
        missing: tuple[str, ...],
    ) -> dict[str, bytes | ModerationError]:
        engine = self._engines.current
        messages = [message for message, _ in fresh]
        talks: list[list[RoomLine]] | None = None
        if talk is not None and not deadline.over:
            talks = talk_before(messages, talk, self._limits.context_messages)
        half = engine.begin(
            messages,
            standings=[self._engines.standing(message) for message in messages],
            talks=talks,
            classify=not deadline.over,
        )
        watch.lap("read")
        windows, away = await self._count(
            service, messages, half.window_requests, deadline, dry_run=dry_run, away=bool(missing)
        )
        watch.lap("windows")
        verdicts = engine.finish(half, windows, missing=(*missing, *away))
        watch.lap("decide")
        cases: Mapping[str, str] = {}
        if not dry_run:
            cases = await self._save(service, messages, verdicts, talks, deadline)
            watch.lap("save")
        answers = [
            answer_of(message, verdict, case_id=cases.get(message.id), latency_ms=deadline.spent_ms)
            for message, verdict in zip(messages, verdicts, strict=True)
        ]
        encoded = [_ENCODER.encode(answer) for answer in answers]
        if not dry_run:
            await self._hand_on(service, fresh, verdicts, encoded)
            watch.lap("hand_on")
            self._meter.scored(verdicts)
        return {message.id: answer for message, answer in zip(messages, encoded, strict=True)}

    async def _talk(
        self, service: str, messages: Sequence[Message], deadline: Deadline
    ) -> list[list[RoomLine]] | None:
        """What was said in each message's room before it; None when Redis is away or time is up."""
        rooms = list(dict.fromkeys(message.room.id for message in messages))
        most = self._limits.context_messages
        try:
            async with asyncio.timeout(deadline.left):
                found = (await self._live.open(service, (), rooms, most)).talk
        except (*AWAY, TimeoutError) as error:
            log.warning("redis.away", step="talk", why=str(error))
            return None
        return talk_before(messages, dict(zip(rooms, found, strict=True)), most)

    async def _count(
        self,
        service: str,
        messages: Sequence[Message],
        requests: Sequence[Sequence[object]],
        deadline: Deadline,
        *,
        dry_run: bool,
        away: bool,
    ) -> tuple[Sequence[Mapping[str, int] | None], tuple[str, ...]]:
        unknown: Sequence[Mapping[str, int] | None] = [None] * len(requests)
        if away:
            return unknown, ()
        if deadline.over:
            return unknown, ("windows",)
        ids = [message.id for message in messages]
        wanted = [[request for request in inner if isinstance(request, WindowRequest)] for inner in requests]
        try:
            async with asyncio.timeout(deadline.left):
                return await self._windows.run(service, ids, wanted, count=not dry_run), ()
        except TimeoutError:
            return unknown, ("windows",)
        except AWAY as error:
            log.warning("redis.away", step="windows", why=str(error))
            return unknown, ("redis",)

    async def _save(
        self,
        service: str,
        messages: Sequence[Message],
        verdicts: Sequence[Verdict],
        talks: Sequence[Sequence[RoomLine]] | None,
        deadline: Deadline,
    ) -> dict[str, str]:
        positions = [at for at, verdict in enumerate(verdicts) if verdict.flagged or verdict.labels]
        if not positions:
            return {}
        if talks is None and not deadline.over:
            talks = await self._talk(service, messages, deadline)
        items = [
            Flagged(message=messages[at], verdict=verdicts[at], context=talks[at] if talks else ())
            for at in positions
        ]
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._write, items)

    def _write(self, items: Sequence[Flagged]) -> dict[str, str]:
        now = datetime.now(UTC)
        with self._database.write() as unit:
            standing.add_by_rules(unit.connection, [(item.message, item.verdict) for item in items], now=now)
            marked = [item for item in items if item.verdict.flagged]
            return flagged.save(unit.connection, marked, hold_for=self._limits.hold_for, now=now)

    async def _hand_on(
        self,
        service: str,
        fresh: Sequence[tuple[Message, bytes]],
        verdicts: Sequence[Verdict],
        encoded: Sequence[bytes],
    ) -> None:
        finished = [
            Finished(
                message_id=message.id,
                room_id=message.room.id,
                # A partial answer is not final: a retry shall score again.
                answer=digest + answer if verdict.status is Status.COMPLETE else None,
                room_line=encode_line(message),
                entry=encode(record_of(message, verdict)),
            )
            for (message, digest), verdict, answer in zip(fresh, verdicts, encoded, strict=True)
        ]
        try:
            left_out = await self._live.finish(service, finished)
        except AWAY as error:
            log.warning("trends.gap", service=service, why=str(error), messages=len(finished))
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._writers, self._note_gap, service, len(finished))
            return
        if left_out:  # Redis keeps the number; the schedule brings it to the gaps
            log.error("trends.gap", service=service, why="the stream is full", messages=left_out)

    def _note_gap(self, service: str, messages: int) -> None:
        with self._database.write_archive() as unit:
            gaps.note(
                unit.connection, service=service, why="redis_away", messages=messages, at=datetime.now(UTC)
            )


def _digest(message: Message) -> bytes:
    """What "the same content" means for a message id: text, author, room and target."""
    parts = (message.text, message.author.id, message.room.id, message.target_id or "")
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=_HASH_BYTES).digest()
