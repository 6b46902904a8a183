"""Settle: what becomes of verdicts. Flagged ones are saved, then every one is answered and handed on."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime

import msgspec
import structlog

from moderation.errors import ModerationError
from moderation.scoring.answer import answer_of
from moderation.scoring.deadline import Deadline
from moderation.scoring.message import Message
from moderation.scoring.meter import Stopwatch
from moderation.scoring.record import encode, record_of
from moderation.scoring.saving import Saving
from moderation.scoring.sorting import Fresh, Sorted
from moderation.scoring.talk import RoomLine, encode_line, talk_before
from moderation.scoring.terms import Limits
from moderation.scoring.verdict import Status, Verdict
from moderation.storage.chat.flagged import Flagged
from moderation.storage.chat.live import Finished, LiveState
from moderation.storage.database import Database
from moderation.storage.redis import AWAY
from moderation.storage.trends import gaps

log = structlog.get_logger(__name__)

_ENCODER = msgspec.json.Encoder()
_STORED_TOGETHER = 50
"""Messages that go to Redis at once, while the next ones are written down."""


class Scored(msgspec.Struct, frozen=True, gc=False):
    """A fresh message with its verdict, and what was said before it (None where nobody looked)."""

    fresh: Fresh
    verdict: Verdict
    talk: Sequence[RoomLine] | None

    @property
    def saved(self) -> bool:
        """Whether the database has to have it before the answer leaves."""
        return self.verdict.flagged or bool(self.verdict.labels)


class Settling:
    """Saves, answers and hands on what a process has scored."""

    def __init__(self, *, database: Database, live: LiveState, writer: Executor, limits: Limits) -> None:
        self._database = database
        self._live = live
        self._writer = writer
        self._limits = limits
        self._saving = Saving(database=database, writer=writer, hold_for=limits.hold_for)

    async def settle(
        self, service: str, sorting: Sorted, scored: Sequence[Scored], deadline: Deadline, watch: Stopwatch
    ) -> None:
        """Answer every request; those without a flagged message do not wait for the others' save."""
        waiting, ids = sorting.waiting_for({one.fresh.message.id for one in scored if one.saved})
        at_once = [asked for asked in sorting.asked if asked not in waiting]
        if at_once:
            clean = [one for one in scored if one.fresh.message.id not in ids]
            sorting.answer(at_once, await self._hand_on(service, clean, {}, deadline))
            watch.lap("hand_on")
        if not waiting:
            return
        marked = [one for one in scored if one.fresh.message.id in ids]
        try:
            cases = await self._save(service, marked, deadline)
        except ModerationError as error:  # nothing of them was accepted
            for asked in waiting:
                asked.fail(error)
            return
        watch.lap("save")
        sorting.answer(waiting, await self._hand_on(service, marked, cases, deadline))
        watch.lap("hand_on")

    async def _save(self, service: str, scored: Sequence[Scored], deadline: Deadline) -> dict[str, str]:
        """Commit cases and labels; the case of each flagged message's id."""
        messages = [one.fresh.message for one in scored]
        talks: Sequence[Sequence[RoomLine] | None] = [one.talk for one in scored]
        if talks[0] is None and not deadline.over:
            talks = await self._talk(service, messages, deadline)
        items = [
            Flagged(message=one.fresh.message, verdict=one.verdict, context=tuple(talk or ()))
            for one, talk in zip(scored, talks, strict=True)
            if one.saved
        ]
        saved = await self._saving.save(items)
        return {message_id: case_id for (of, message_id), case_id in saved.items() if of == service}

    async def _talk(
        self, service: str, messages: Sequence[Message], deadline: Deadline
    ) -> Sequence[Sequence[RoomLine] | None]:
        """What was said in each message's room before it; None when Redis is away or time is up."""
        rooms = list(dict.fromkeys(message.room.id for message in messages))
        most = self._limits.context_messages
        try:
            async with asyncio.timeout(deadline.left):
                found = (await self._live.open(service, (), rooms, most)).talk
        except (*AWAY, TimeoutError) as error:
            log.warning("redis.away", step="talk", why=str(error))
            return [None] * len(messages)
        return talk_before(messages, dict(zip(rooms, found, strict=True)), most)

    async def _hand_on(
        self, service: str, scored: Sequence[Scored], cases: Mapping[str, str], deadline: Deadline
    ) -> dict[str, bytes]:
        """Store the answers and pass the records on; the answers by message id."""
        answers: dict[str, bytes] = {}
        latency_ms = deadline.spent_ms
        storing: list[Awaitable[None]] = []
        for first in range(0, len(scored), _STORED_TOGETHER):
            finished = []
            for one in scored[first : first + _STORED_TOGETHER]:
                message, digest = one.fresh
                answer = encoded_answer(message, one.verdict, cases.get(message.id), latency_ms)
                answers[message.id] = answer
                finished.append(
                    Finished(
                        message_id=message.id,
                        room_id=message.room.id,
                        # A partial answer is not final: a retry shall score again.
                        answer=digest + answer if one.verdict.status is Status.COMPLETE else None,
                        room_line=encode_line(message),
                        entry=encode(record_of(message, one.verdict)),
                    )
                )
            store = self._store(service, finished)
            if len(answers) == len(scored):
                await store
            else:  # Redis stores these while the next ones are written down
                storing.append(asyncio.ensure_future(store))
                await asyncio.sleep(0)
        for stored in storing:
            await stored
        return answers

    async def _store(self, service: str, finished: Sequence[Finished]) -> None:
        """Hand them to Redis; what it does not take is noted."""
        try:
            left_out = await self._live.finish(service, finished)
        except AWAY as error:
            log.warning("trends.gap", service=service, why=str(error), messages=len(finished))
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._writer, self._note_gap, service, len(finished))
            return
        if left_out:  # Redis keeps the number; the schedule brings it to the gaps
            log.error("trends.gap", service=service, why="the stream is full", messages=left_out)

    def _note_gap(self, service: str, messages: int) -> None:
        with self._database.write_archive() as unit:
            gaps.note(
                unit.connection, service=service, why="redis_away", messages=messages, at=datetime.now(UTC)
            )


def encoded_answer(message: Message, verdict: Verdict, case_id: str | None, latency_ms: float) -> bytes:
    """An answer as it goes over the wire."""
    return _ENCODER.encode(answer_of(message, verdict, case_id=case_id, latency_ms=latency_ms))
