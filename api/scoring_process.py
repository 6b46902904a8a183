"""What a process needs to score messages: the server has it, and `ibasho ingest`."""

import asyncio
import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

import structlog

from api.metrics import Metrics
from moderation.bootstrap import EngineRoom
from moderation.scoring.intake import Intake
from moderation.scoring.terms import Limits
from moderation.settings import Settings
from moderation.storage.chat.live import LiveState
from moderation.storage.chat.windows import RedisWindows
from moderation.storage.database import Database
from moderation.storage.line import Line

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 2.0
"""How often a process reads strikes, labels and rooms anew, and says that it is alive."""
LOOK_SECONDS = 0.5
"""How often it looks whether a rule set came into force or is proposed."""
SYNC_SECONDS = 1.0
"""How often flagged messages saved on SQLite are brought to the disk: a power cut takes those since."""
_YOUNG_OBJECTS = 100_000
"""New objects after which cycles are looked for: more than the batches in hand are made of, which leave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringProcess:
    """The parts that score."""

    engines: EngineRoom
    live: LiveState
    intake: Intake
    metrics: Metrics


@asynccontextmanager
async def open_scoring(settings: Settings, database: Database, redis: Line) -> AsyncIterator[ScoringProcess]:
    """The parts, kept up to date until the block ends; flagged messages in hand are saved first."""
    engines = EngineRoom(settings, database)
    engines.refresh()
    metrics = Metrics()
    live = LiveState(
        redis,
        answer_hours=settings.idempotency_hours,
        room_hours=settings.context_hours,
        stream_cap=settings.stream_cap,
    )
    with ThreadPoolExecutor(1, thread_name_prefix="save") as writer:
        intake = Intake(
            engines=engines,
            database=database,
            live=live,
            windows=RedisWindows(redis),
            writer=writer,
            meter=metrics,
            limits=Limits(
                context_messages=settings.context_messages,
                hold_for=timedelta(seconds=settings.hold_seconds),
            ),
        )
        follower = _Follower(engines)
        follower.start()
        chores = [asyncio.create_task(_flush(metrics)), asyncio.create_task(_sync(database))]
        # What was loaded stays for good: left out of collection, a batch's p99 falls to a quarter.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
        try:
            yield ScoringProcess(engines=engines, live=live, intake=intake, metrics=metrics)
        finally:
            for chore in chores:
                chore.cancel()
                with suppress(asyncio.CancelledError):
                    await chore
            await asyncio.to_thread(follower.end)


async def _flush(metrics: Metrics) -> None:
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        metrics.flush()


async def _sync(database: Database) -> None:
    while True:
        await asyncio.sleep(SYNC_SECONDS)
        try:
            await asyncio.to_thread(database.sync)
        except Exception:  # the disk may be full: saves say so themselves
            log.exception("database.sync_failed")


class _Follower(Thread):
    """Keeps the engine up to date and says that the process is alive.

    A thread of its own: neither a busy event loop nor a full pool of threads holds back the sign of life.
    """

    def __init__(self, engines: EngineRoom) -> None:
        super().__init__(name="follow-rules", daemon=True)
        self._engines = engines
        self._ended = Event()

    def run(self) -> None:
        while not self._ended.is_set():
            for _ in range(round(REFRESH_SECONDS / LOOK_SECONDS)):
                if self._ended.wait(LOOK_SECONDS):
                    return
                if self._engines.has_news():
                    break
            try:
                self._engines.refresh()
            except Exception:  # whatever it is, the next look may go well; without looks rules stay old
                log.exception("engine.refresh_failed")

    def end(self) -> None:
        """Stop, and say goodbye."""
        self._ended.set()
        self.join()
        self._engines.leave()
