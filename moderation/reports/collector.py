"""The collector: reports that come at the same time share one transaction, and each is answered after it.

A transaction costs one write to the disk whatever is in it. In a burst the requests that wait for the one
being written are written together by the next; when it is calm each is written at once.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from moderation.reports.draft import Taken
from moderation.reports.intake import place_reports
from moderation.reports.reading import ReadReport, read_reports
from moderation.reports.report import Report
from moderation.scoring.engine import Engine
from moderation.storage.database import Database

log = structlog.get_logger(__name__)

MOST_REPORTS = 1_000
"""Reports in one transaction; a single request may bring as many."""

Counted = Callable[[Sequence[ReadReport]], None]
"""Told, after the commit, which reports the windows of rules shall count."""


@dataclass(slots=True, eq=False)
class _Asked:
    """One request, and what came of it."""

    engine: Engine
    reports: Sequence[Report]
    now: datetime
    answer: asyncio.Future[list[Taken]]
    taken: list[Taken] | None = None
    error: Exception | None = None

    def settle(self) -> None:
        """Tell whoever asked, unless nobody waits any more."""
        if self.answer.done():
            return
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self.taken or [])


@dataclass(slots=True)
class Collector:
    """Takes the reports of one event loop in; ``writer`` is the thread that writes them. One a process."""

    database: Database
    counted: Counted
    writer: Executor
    _waiting: deque[_Asked] = field(default_factory=deque)
    _writing: asyncio.Task[None] | None = None

    async def take(self, engine: Engine, reports: Sequence[Report], *, now: datetime) -> list[Taken]:
        """Keep the reports of one request: all of them, or none; they are safe when this returns.

        Raises:
            ReportConflict: An id was taken before with other content.
            StoreUnavailable: The database does not answer; nothing was accepted.
        """
        loop = asyncio.get_running_loop()
        asked = _Asked(engine, reports, now, loop.create_future())
        self._waiting.append(asked)
        if self._writing is None:
            self._writing = loop.create_task(self._write_all())
        return await asked.answer

    async def _write_all(self) -> None:
        """Write what waits, and what comes meanwhile, until nobody waits."""
        try:
            while self._waiting:
                batch = self._next()
                await asyncio.get_running_loop().run_in_executor(self.writer, self._write, batch)
                for asked in batch:
                    asked.settle()
        finally:
            self._writing = None

    def _next(self) -> list[_Asked]:
        batch: list[_Asked] = []
        size = 0
        while self._waiting and (not batch or size + len(self._waiting[0].reports) <= MOST_REPORTS):
            asked = self._waiting.popleft()
            batch.append(asked)
            size += len(asked.reports)
        return batch

    def _write(self, batch: Sequence[_Asked]) -> None:
        """Write requests together; where that fails, one by one, so that each meets its own error only."""
        try:
            counted = self._commit(batch)
        except Exception as error:  # noqa: BLE001 - whoever asked has to hear of it; nobody else would raise it
            if len(batch) == 1:
                batch[0].error = error
            else:
                for asked in batch:
                    self._write([asked])
            return
        try:
            self.counted(counted)
        except Exception:  # the reports are safe; nobody is told that they are not
            log.exception("reports.not_counted", reports=len(counted))

    def _commit(self, batch: Sequence[_Asked]) -> list[ReadReport]:
        now = max(asked.now for asked in batch)
        given = [report for asked in batch for report in asked.reports]
        with self.database.read_archive() as archive:
            with self.database.read() as connection:
                reads = read_reports(batch[-1].engine, connection, archive, given, now=now)
            with self.database.write() as unit:
                taken, counted = place_reports(unit.connection, archive, reads, now=now)
        at = 0
        for asked in batch:
            asked.taken = taken[at : at + len(asked.reports)]
            at += len(asked.reports)
        return counted
