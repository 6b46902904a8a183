"""Saving: what has to be safe before an answer leaves goes into one transaction with what waits beside it.

One transaction at a time a process: a commit costs about as much for fifty messages as for one, and
writers of one process never wait for each other's locks.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from moderation.errors import ModerationError
from moderation.storage.chat import flagged, standing
from moderation.storage.chat.flagged import CaseIds, Flagged
from moderation.storage.database import Database

log = structlog.get_logger(__name__)

_MOST_TOGETHER = 200
"""Messages of one transaction, unless a single request has more: others wait for its locks."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one group of requests wants saved, and who waits for it."""

    items: Sequence[Flagged]
    done: asyncio.Future[CaseIds]


class Saving:
    """Saves for all requests of a process. For use in one event loop."""

    def __init__(self, *, database: Database, writer: Executor, hold_for: timedelta) -> None:
        self._database = database
        self._writer = writer
        self._hold_for = hold_for
        self._waiting: list[_Wanted] = []
        self._running: asyncio.Task[None] | None = None

    async def save(self, items: Sequence[Flagged]) -> CaseIds:
        """Commit cases, hits and labels; the case of each flagged message.

        Raises:
            StoreUnavailable: The database does not answer; nothing of this was saved.
        """
        wanted = _Wanted(items, asyncio.get_running_loop().create_future())
        self._waiting.append(wanted)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await wanted.done

    async def _run(self) -> None:
        while self._waiting:
            await self._save(self._next())
        self._running = None

    def _next(self) -> list[_Wanted]:
        together: list[_Wanted] = []
        size = 0
        while self._waiting and (not together or size + len(self._waiting[0].items) <= _MOST_TOGETHER):
            together.append(self._waiting.pop(0))
            size += len(together[-1].items)
        return together

    async def _save(self, together: Sequence[_Wanted]) -> None:
        items = [item for wanted in together for item in wanted.items]
        try:
            cases = await asyncio.get_running_loop().run_in_executor(self._writer, self._write, items)
        except Exception as error:  # noqa: BLE001 - each of them tells its caller
            if len(together) == 1 or isinstance(error, ModerationError):
                for wanted in together:
                    _settle(wanted, error)
                return
            # One of them must not take the others with it; nothing was written yet.
            log.warning("save.one_by_one", groups=len(together), why=repr(error))
            for wanted in together:
                await self._save([wanted])
        else:
            for wanted in together:
                _settle(wanted, cases)

    def _write(self, items: Sequence[Flagged]) -> CaseIds:
        # Hardly one of them was saved before, since none was answered: that is looked up where it turns out so.
        for look_first in (False, True):
            with suppress(flagged.SavedBefore):
                return self._commit(items, look_first=look_first)
        return self._commit(items, look_first=True)  # another process came between

    def _commit(self, items: Sequence[Flagged], *, look_first: bool) -> CaseIds:
        now = datetime.now(UTC)
        with (
            flagged.noticing_saved_before(),
            self._database.write(synced=False, in_one_go=not look_first) as unit,
        ):
            standing.add_by_rules(unit.connection, [(item.message, item.verdict) for item in items], now=now)
            return flagged.save(
                unit.connection,
                [item for item in items if item.verdict.flagged],
                hold_for=self._hold_for,
                now=now,
                look_first=look_first,
            )


def _settle(wanted: _Wanted, result: CaseIds | Exception) -> None:
    if wanted.done.done():
        return  # nobody waits any more
    if isinstance(result, Exception):
        wanted.done.set_exception(result)
    else:
        wanted.done.set_result(result)
