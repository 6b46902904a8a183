"""Intake: a message's whole way, from the request to the answer.

Known ids are answered from memory; the rest is folded, classified and matched with its windows;
flagged messages are saved before the answer leaves; then the answer and the record go to Redis
in one step. A deadline cuts detectors and context, never the save.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from time import perf_counter
from typing import cast

import structlog

from moderation.errors import RateLimited
from moderation.scoring.deadline import Deadline
from moderation.scoring.engine import HalfScored
from moderation.scoring.loop_turns import LoopTurns
from moderation.scoring.message import Message
from moderation.scoring.meter import Meter, NoMeter, Stopwatch
from moderation.scoring.settle import Scored, Settling, encoded_answer
from moderation.scoring.sorting import Sorted
from moderation.scoring.talk import Talk, talk_before
from moderation.scoring.terms import Engines, Limits, Payment
from moderation.scoring.together import MOST_TOGETHER, Asked, Result, Together
from moderation.scoring.verdict import Verdict
from moderation.storage.chat.live import LiveState
from moderation.storage.chat.windows import RedisWindows
from moderation.storage.database import Database
from moderation.storage.redis import AWAY
from rules.windows import WindowRequest

log = structlog.get_logger(__name__)

_AT_ONCE = 100
"""Messages read before other requests get their turn: about ten milliseconds."""
_COUNTED_TOGETHER = 50
"""Messages whose windows go to Redis at once, while the next ones are read."""

_Counted = tuple[Sequence[Mapping[str, int] | None], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """What a group begins with: answers given before, the rooms' talk if rules read it, and what is away."""

    known: Mapping[str, bytes]
    talk: Mapping[str, bytes] | None = None
    missing: tuple[str, ...] = ()


class Intake:
    """Scores messages of any service. One a process; safe for concurrent requests of one event loop."""

    def __init__(
        self,
        *,
        engines: Engines,
        database: Database,
        live: LiveState,
        windows: RedisWindows,
        writer: Executor,
        limits: Limits,
        meter: Meter | None = None,
    ) -> None:
        self._engines = engines
        self._live = live
        self._windows = windows
        self._limits = limits
        self._settling = Settling(database=database, live=live, writer=writer, limits=limits)
        self._meter = meter or NoMeter()
        self._together = Together(self._score)
        self._turns = LoopTurns()

    async def score(
        self,
        service: str,
        messages: Sequence[Message],
        *,
        timeout_ms: int | None = None,
        dry_run: bool = False,
        payment: Payment | None = None,
    ) -> list[Result]:
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
        asked = Asked(service, messages, payment)
        if timeout_ms is None and not dry_run and len(messages) <= MOST_TOGETHER:
            results = await self._together.join(asked)
        else:
            await self._score([asked], deadline=Deadline(timeout_ms), dry_run=dry_run)
            results = await asked.done
        self._meter.answered(perf_counter() - asked.since)
        return results

    async def _score(
        self, group: Sequence[Asked], *, deadline: Deadline | None = None, dry_run: bool = False
    ) -> None:
        """Answer or fail every request of a group."""
        deadline = deadline or Deadline(None)
        watch = Stopwatch(self._meter)
        if self._engines.late:
            await asyncio.to_thread(self._engines.confirm)
        opened = await self._open(group, dry_run=dry_run)
        watch.lap("open")
        paid = [asked for asked in group if not asked.done.done()]
        sorting = Sorted(paid, opened.known)
        if sorting.fresh:
            await self._score_fresh(group[0].service, sorting, opened, deadline, watch, dry_run=dry_run)
        else:
            sorting.answer(paid, {})

    async def _open(self, group: Sequence[Asked], *, dry_run: bool) -> _Opened:
        """Take the payments and fetch what is known; requests that were not paid for fail here."""
        messages = [message for asked in group for message in asked.messages]
        ids = [] if dry_run else [message.id for message in messages]
        reads_talk = self._engines.current.rules.reads_talk
        rooms = list(dict.fromkeys(message.room.id for message in messages)) if reads_talk else []
        paying = [asked for asked in group if asked.payment is not None]
        if not ids and not rooms and not paying:
            return _Opened(known={})
        try:
            opened = await self._live.open(
                group[0].service,
                ids,
                rooms,
                self._limits.context_messages,
                payments=[(asked.payment.bucket, asked.payment.cost) for asked in paying if asked.payment],
            )
        except AWAY as error:
            log.warning("redis.away", step="open", why=str(error))
            return _Opened(known={}, missing=("redis",))
        for asked, toll in zip(paying, opened.tolls, strict=True):
            if asked.payment is not None:
                try:
                    asked.payment.settle(toll)
                except RateLimited as error:
                    asked.fail(error)
                asked.payment = None  # it is not paid again where the group is tried anew
        return _Opened(
            known={name: given for name, given in zip(ids, opened.answers, strict=True) if given is not None},
            talk=dict(zip(rooms, opened.talk, strict=True)) if reads_talk else None,
        )

    async def _score_fresh(
        self,
        service: str,
        sorting: Sorted,
        opened: _Opened,
        deadline: Deadline,
        watch: Stopwatch,
        *,
        dry_run: bool,
    ) -> None:
        messages = [one.message for one in sorting.fresh]
        talks: list[Talk] | None = None
        if opened.talk is not None and not deadline.over:
            talks = talk_before(messages, opened.talk, self._limits.context_messages)
        verdicts = await self._verdicts(service, messages, talks, opened, deadline, watch, dry_run=dry_run)
        if dry_run:
            latency_ms = deadline.spent_ms
            given = {
                message.id: encoded_answer(message, verdict, None, latency_ms)
                for message, verdict in zip(messages, verdicts, strict=True)
            }
            sorting.answer(sorting.asked, given)
            return
        self._meter.scored(verdicts)
        scored = [
            Scored(one, verdict, talks[at] if talks else None)
            for at, (one, verdict) in enumerate(zip(sorting.fresh, verdicts, strict=True))
        ]
        await self._settling.settle(service, sorting, scored, deadline, watch)

    async def _verdicts(
        self,
        service: str,
        messages: Sequence[Message],
        talks: Sequence[Talk] | None,
        opened: _Opened,
        deadline: Deadline,
        watch: Stopwatch,
        *,
        dry_run: bool,
    ) -> list[Verdict]:
        """What the engine says, read and counted piece by piece; what it found on the way is given back before anybody waits again."""
        engine = self._engines.current
        # Small groups are through in a moment; in turns they no longer come together, which costs a tenth more a message.
        turn = self._turns if len(messages) > MOST_TOGETHER else nullcontext()
        halves: list[HalfScored] = []
        counting: list[Awaitable[_Counted]] = []
        for first in range(0, len(messages), _AT_ONCE):
            last = min(first + _AT_ONCE, len(messages))
            async with turn:
                for at in range(first, last, _COUNTED_TOGETHER):
                    part = slice(at, min(at + _COUNTED_TOGETHER, last))
                    half = engine.begin(
                        messages[part],
                        standings=[self._engines.standing(message) for message in messages[part]],
                        talks=talks and talks[part],
                        classify=not deadline.over,
                    )
                    halves.append(half)
                    count = self._count(
                        service, messages[part], half, deadline, dry_run=dry_run, away=bool(opened.missing)
                    )
                    if len(messages) <= _COUNTED_TOGETHER:
                        counting.append(count)
                    else:  # Redis counts these while the next ones are read, the last while the first are decided
                        counting.append(asyncio.ensure_future(count))
                        await asyncio.sleep(0)
        watch.lap("read")
        verdicts: list[Verdict] = []
        for half, counted in zip(halves, counting, strict=True):
            windows, away = await counted
            watch.lap("windows")
            async with turn:
                verdicts += engine.finish(half, windows, missing=(*opened.missing, *away))
            watch.lap("decide")
        return verdicts

    async def _count(
        self,
        service: str,
        messages: Sequence[Message],
        half: HalfScored,
        deadline: Deadline,
        *,
        dry_run: bool,
        away: bool,
    ) -> _Counted:
        """The windows of each message, and what was away."""
        unknown: Sequence[Mapping[str, int] | None] = [None] * len(messages)
        if away:
            return unknown, ()
        if deadline.over:
            return unknown, ("windows",)
        ids = [message.id for message in messages]
        # The engine hands on what its rules asked for without knowing what it is.
        wanted = cast("Sequence[Sequence[WindowRequest]]", half.window_requests)
        try:
            async with asyncio.timeout(deadline.left):
                return await self._windows.run(service, ids, wanted, count=not dry_run), ()
        except TimeoutError:
            return unknown, ("windows",)
        except AWAY as error:
            log.warning("redis.away", step="windows", why=str(error))
            return unknown, ("redis",)
