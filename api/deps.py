"""What routes may ask for: one unit of work a request, the clock, the parts of the process."""

from asyncio import Semaphore
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.concurrency import contextmanager_in_threadpool

from api.metrics import Metrics
from moderation.bootstrap import EngineRoom
from moderation.reports.collector import Collector
from moderation.reports.tokens import StatusTokens
from moderation.scoring.intake import Intake
from moderation.settings import Settings
from moderation.storage.chat.live import LiveState
from moderation.storage.chat.rate_limit import RateLimits
from moderation.storage.database import SNAPSHOTS, Connection, Database, Unit
from moderation.storage.desk.signal import DeskSignal
from workers.enqueue import Jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What one API process is made of; made at start-up, kept in ``app.state.parts``."""

    settings: Settings
    database: Database
    engines: EngineRoom
    intake: Intake
    live: LiveState
    limits: RateLimits
    metrics: Metrics
    jobs: Jobs
    collector: Collector
    tokens: StatusTokens


def get_parts(request: Request) -> Parts:
    """The parts of this process."""
    return cast("Parts", request.app.state.parts)


def signal_of(request: Request) -> DeskSignal | None:
    """The desk's signal between processes; None in an application without Redis."""
    return cast("DeskSignal | None", getattr(request.app.state, "desk_signal", None))


def lease_of(parts: Parts) -> timedelta:
    """How long a claim on a case lasts."""
    return timedelta(seconds=parts.settings.claim_lease_seconds)


# A dependency and its route run in different threads, with a wait for the next thread in between. Who holds
# something that others in all the threads wait for would wait for ever: so a unit of work begins in the route's
# own thread, and only so many requests hold a snapshot as there are connections for.
def _write(request: Request) -> Iterator[Unit]:
    with get_parts(request).database.write(late=True) as unit:
        yield unit


async def _read(request: Request) -> AsyncIterator[Connection]:
    async with _snapshot(request, get_parts(request).database.read()) as connection:
        yield connection


async def _read_archive(request: Request) -> AsyncIterator[Connection]:
    async with _snapshot(request, get_parts(request).database.read_archive()) as connection:
        yield connection


@asynccontextmanager
async def _snapshot(
    request: Request, snapshot: AbstractContextManager[Connection]
) -> AsyncIterator[Connection]:
    async with _place(request), contextmanager_in_threadpool(snapshot) as connection:
        yield connection


@asynccontextmanager
async def _place(request: Request) -> AsyncIterator[None]:
    """One of the places for requests that hold snapshots; who has one needs no second for another snapshot."""
    if getattr(request.state, "has_place", False):
        yield
        return
    state = request.app.state
    if not hasattr(state, "places"):
        state.places = Semaphore(SNAPSHOTS)
    async with state.places:
        request.state.has_place = True
        yield


# scope="function": the commit comes before the response is sent. With FastAPI's default it
# comes after, and a client can be told of a decision that never was.
Write = Annotated[Unit, Depends(_write, scope="function")]
Read = Annotated[Connection, Depends(_read, scope="function")]
ReadArchive = Annotated[Connection, Depends(_read_archive, scope="function")]


# ``async``: FastAPI runs a plain ``def`` in a thread, which costs more than many a route itself.
async def _parts(request: Request) -> Parts:
    return get_parts(request)


async def _now() -> datetime:
    return datetime.now(UTC)


ProcessParts = Annotated[Parts, Depends(_parts)]
Now = Annotated[datetime, Depends(_now)]
