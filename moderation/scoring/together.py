"""Together: requests that come in at the same moment are scored as one batch.

A batch costs a third less a message than message by message, and asks Redis once. Nobody waits for others to come:
what arrived in one turn of the event loop goes on together, so that batches grow with the load and
a lone request goes alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from time import perf_counter

import structlog

from moderation.errors import ModerationError
from moderation.scoring.message import Message
from moderation.scoring.terms import Payment

log = structlog.get_logger(__name__)

MOST_TOGETHER = 64
"""Messages scored together; a request with more of them goes alone."""

Result = bytes | ModerationError
"""An answer as JSON, or why there is none."""


class Asked:
    """One request: what it asks, and what becomes of it."""

    __slots__ = ("done", "messages", "payment", "service", "since")

    def __init__(self, service: str, messages: Sequence[Message], payment: Payment | None) -> None:
        self.service = service
        self.messages = messages
        self.payment = payment
        self.since = perf_counter()
        self.done: asyncio.Future[list[Result]] = asyncio.get_running_loop().create_future()

    def answer(self, results: list[Result]) -> None:
        """These are its answers, unless nobody waits for them any more."""
        if not self.done.done():
            self.done.set_result(results)

    def fail(self, error: Exception) -> None:
        """There will be no answers."""
        if not self.done.done():
            self.done.set_exception(error)


class Together:
    """Brings requests together and hands them on."""

    def __init__(self, score: Callable[[Sequence[Asked]], Awaitable[None]]) -> None:
        """``score`` answers or fails each request of a group; all of one service."""
        self._score = score
        self._waiting: list[Asked] = []
        self._running: set[asyncio.Task[None]] = set()

    async def join(self, asked: Asked) -> list[Result]:
        """Its answers. Raises what it failed with."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._set_off)
        self._waiting.append(asked)
        return await asked.done

    def _set_off(self) -> None:
        waiting, self._waiting = self._waiting, []
        for group in _groups(waiting):
            task = asyncio.get_running_loop().create_task(self._run(group))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _run(self, group: Sequence[Asked]) -> None:
        try:
            await self._score(group)
        except Exception as error:  # noqa: BLE001 - each of its requests tells its caller
            if len(group) == 1:
                group[0].fail(error)
                return
            # One of them must not take the others with it. What was counted counts once, however often it is tried.
            log.warning("score.one_by_one", requests=len(group), why=repr(error))
            for asked in group:
                if not asked.done.done():
                    await self._run([asked])


def _groups(waiting: Sequence[Asked]) -> Iterator[list[Asked]]:
    """Requests of the same service, of at most so many messages."""
    groups: dict[str, list[Asked]] = {}
    sizes: dict[str, int] = {}
    for asked in waiting:
        service, size = asked.service, len(asked.messages)
        if service in groups and sizes[service] + size > MOST_TOGETHER:
            yield groups.pop(service)
            sizes[service] = 0
        groups.setdefault(service, []).append(asked)
        sizes[service] = sizes.get(service, 0) + size
    yield from groups.values()
