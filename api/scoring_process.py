"""What a process needs to score messages: the server has it, and `ibasho ingest`."""

import asyncio
import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from api.metrics import Metrics
from moderation.bootstrap import EngineRoom
from moderation.scoring.intake import Intake
from moderation.scoring.terms import Limits
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.storage.line import Line
from moderation.storage.live import LiveState
from moderation.storage.windows import RedisWindows

REFRESH_SECONDS = 2.0
"""How often a process reads strikes, labels and rooms anew, and says that it is alive."""
LOOK_SECONDS = 0.5
"""How often it looks whether a rule set came into force or is proposed."""
WRITERS = 4
"""Threads that save flagged messages; SQLite has one write lock, PostgreSQL gains from a few."""
_YOUNG_OBJECTS = 10_000
"""New objects after which cycles are looked for: what a batch makes is gone with it, and seldom has any."""


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
    with ThreadPoolExecutor(WRITERS, thread_name_prefix="save") as writers:
        intake = Intake(
            engines=engines,
            database=database,
            live=live,
            windows=RedisWindows(redis),
            writers=writers,
            meter=metrics,
            limits=Limits(
                context_messages=settings.context_messages,
                hold_for=timedelta(seconds=settings.hold_seconds),
            ),
        )
        follower = asyncio.create_task(_follow(engines, metrics))
        # What was loaded stays for good: left out of collection, a batch's p99 falls to a quarter.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
        try:
            yield ScoringProcess(engines=engines, live=live, intake=intake, metrics=metrics)
        finally:
            follower.cancel()
            with suppress(asyncio.CancelledError):
                await follower
            await asyncio.to_thread(engines.leave)


async def _follow(engines: EngineRoom, metrics: Metrics) -> None:
    while True:
        for _ in range(round(REFRESH_SECONDS / LOOK_SECONDS)):
            await asyncio.sleep(LOOK_SECONDS)
            if await asyncio.to_thread(engines.has_news):
                break
        await asyncio.to_thread(engines.refresh)
        metrics.flush()
