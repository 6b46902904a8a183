"""Run the workers: one part in this process, or all of them as processes of their own."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Thread

import structlog
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from moderation.campaigns.pinning import Measures
from moderation.reports.retention import keeping_of
from moderation.reports.terms import terms_of
from moderation.settings import Settings
from moderation.storage import private_redis
from moderation.storage.redis import Redis, connect
from moderation.storage.trends.pseudonym import read_pseudonyms
from workers import process
from workers.enqueue import long_queue, webhook_queue
from workers.process import WorkerParts
from workers.recorder import Recorder
from workers.schedule import Schedule
from workers.stopping import Stop

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 0.5
_STOP_SECONDS = 30.0
"""A part that has not ended this long after SIGTERM is killed; its work is taken up by the next."""


def run_jobs(settings: Settings) -> None:
    """Work on jobs until SIGTERM or SIGINT; the job in hand is finished first."""
    with _parts(settings) as (_, redis):
        # A job is one request over the network, so a fork a job would cost more than it guards.
        worker = SimpleWorker(
            [webhook_queue(redis)], connection=redis, serializer=JSONSerializer, maintenance_interval=60
        )
        worker.work(logging_level="WARNING")


def run_long(settings: Settings) -> None:
    """Work on jobs that take minutes (backtests) until SIGTERM or SIGINT.

    A job that is cut short is begun anew by the next worker.
    """
    with _parts(settings) as (_, redis):
        worker = SimpleWorker(
            [long_queue(redis)], connection=redis, serializer=JSONSerializer, maintenance_interval=60
        )
        worker.work(logging_level="WARNING")


def run_recorder(settings: Settings) -> None:
    """Record scored messages and facts until SIGTERM or SIGINT; the chunk in hand is finished first."""
    stop = Stop().listen()
    with _parts(settings) as (parts, redis):
        recorder = Recorder(
            redis=redis,
            database=parts.database,
            pseudonyms=read_pseudonyms(settings),
            measures=Measures(settings, parts.database),
        )
        log.info("recorder.started")
        recorder.run(stop)


def run_schedule(settings: Settings) -> None:
    """Sweep the outbox, held messages and gaps until SIGTERM or SIGINT."""
    stop = Stop().listen()
    with _parts(settings) as (parts, redis):
        Schedule(
            redis=redis,
            database=parts.database,
            second_look_share=parts.settings.second_look_share,
            notice_terms=terms_of(parts.settings),
            keeping=keeping_of(parts.settings),
        ).run(stop)


PARTS: dict[str, Callable[[Settings], None]] = {
    "jobs": run_jobs,
    "long": run_long,
    "recorder": run_recorder,
    "schedule": run_schedule,
}
"""What ``ibasho worker --only`` may name."""


def run_all(settings: Settings) -> None:
    """Run every part as a process of its own, start again what dies, until SIGTERM or SIGINT."""
    stop = Stop().listen()
    server = private_redis.ensure(settings)
    try:
        shared = settings.model_copy(update={"redis_url": server.url})
        children = {name: _start(name, shared) for name in PARTS}
        while not stop.wait(_LOOK_SECONDS):
            for name, child in children.items():
                if not child.is_alive():
                    log.error("worker.died", part=name, exit_code=child.exitcode)
                    stop.wait(_LOOK_SECONDS)
                    if not stop.asked:
                        children[name] = _start(name, shared)
        _end(children)
    finally:
        server.close()


def _start(name: str, settings: Settings) -> BaseProcess:
    # Spawned, not forked: no connection or lock of this process comes along.
    child = multiprocessing.get_context("spawn").Process(
        target=_child, args=(name, settings), name=f"ibasho-{name}", daemon=True
    )
    child.start()
    return child


def _child(name: str, settings: Settings) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    PARTS[name](settings)


def _end_with_parent() -> None:
    """A parent that was killed cannot say goodbye: its children notice, and stop in good order."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _end(children: dict[str, BaseProcess]) -> None:
    for child in children.values():
        child.terminate()
    for name, child in children.items():
        child.join(_STOP_SECONDS)
        if child.is_alive():
            log.error("worker.killed", part=name)
            child.kill()
            child.join()


@contextmanager
def _parts(settings: Settings) -> Iterator[tuple[WorkerParts, Redis]]:
    """Database and Redis of this process, closed at the end."""
    server = private_redis.ensure(settings)
    parts = process.start(settings)
    redis = connect(server.url)
    try:
        yield parts, redis
    finally:
        redis.close()
        process.stop()
        server.close()
