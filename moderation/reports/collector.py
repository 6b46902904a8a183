"""The collector: reports that come at the same time share one transaction, and each is answered after it.

A transaction costs one write to the disk whatever is in it. In a burst the requests that wait for the one
being written are written together by the next; when it is calm each is written at once.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import structlog

from moderation.errors import ModerationError
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

    reports: Sequence[Report]
    now: datetime
    taken: list[Taken] | None = None
    error: Exception | None = None

    @property
    def settled(self) -> bool:
        return self.taken is not None or self.error is not None


@dataclass(slots=True)
class Collector:
    """Takes reports of any thread in. One a process."""

    database: Database
    counted: Counted
    _waiting: deque[_Asked] = field(default_factory=deque)
    _turn: Lock = field(default_factory=Lock)

    def take(self, engine: Engine, reports: Sequence[Report], *, now: datetime) -> list[Taken]:
        """Keep the reports of one request: all of them, or none; they are safe when this returns.

        Raises:
            ReportConflict: An id was taken before with other content.
            StoreUnavailable: The database does not answer; nothing was accepted.
        """
        asked = _Asked(reports, now)
        self._waiting.append(asked)
        with self._turn:  # whoever gets the turn writes for everybody who waits
            while not asked.settled:
                self._write(engine, self._next())
        if asked.error is not None:
            raise asked.error
        return asked.taken or []

    def _next(self) -> list[_Asked]:
        batch: list[_Asked] = []
        size = 0
        while self._waiting and (not batch or size + len(self._waiting[0].reports) <= MOST_REPORTS):
            asked = self._waiting.popleft()
            batch.append(asked)
            size += len(asked.reports)
        return batch

    def _write(self, engine: Engine, batch: Sequence[_Asked]) -> None:
        """Write requests together; where that fails, one by one, so that each meets its own error only."""
        try:
            counted = self._commit(engine, batch)
        except ModerationError as error:
            if len(batch) == 1:
                batch[0].error = error
                return
            for asked in batch:
                self._write(engine, [asked])
            return
        except Exception as error:  # noqa: BLE001 - whoever asked has to hear of it; nobody else would raise it
            if len(batch) > 1:
                for asked in batch:
                    self._write(engine, [asked])
            else:
                batch[0].error = error
            return
        self.counted(counted)

    def _commit(self, engine: Engine, batch: Sequence[_Asked]) -> list[ReadReport]:
        now = max(asked.now for asked in batch)
        given = [report for asked in batch for report in asked.reports]
        with self.database.read_archive() as archive:
            with self.database.read() as connection:
                reads = read_reports(engine, connection, archive, given, now=now)
            with self.database.write() as unit:
                taken, counted = place_reports(unit.connection, archive, reads, now=now)
        at = 0
        for asked in batch:
            asked.taken = taken[at : at + len(asked.reports)]
            at += len(asked.reports)
        return counted
