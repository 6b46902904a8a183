"""The client for asyncio."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from api.client import calls
from api.client.calls import Call, Retries
from api.client.shapes import (
    EventsTaken,
    FeedbackKept,
    HeldMessage,
    Message,
    Refused,
    ScoreAnswer,
    Taken,
)
from api.client.tries import Tries

T = TypeVar("T")


class AsyncClient:
    """A client of one server, for one event loop; the methods are those of Client.

    Args:
        url: Where the server is.
        key: An API key with the scopes that the calls need.
        timeout: Seconds for one try.
        retries: How often and how patiently.

    Every method raises ApiError where the server refuses, and Unreachable where it gives no answer.
    """

    def __init__(self, url: str, *, key: str, timeout: float = 10.0, retries: Retries | None = None) -> None:
        self._http = httpx2.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=timeout
        )
        self._retries = retries or Retries()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def score(
        self, message: Message, *, timeout_ms: int | None = None, dry_run: bool = False
    ) -> ScoreAnswer:
        """The verdict about one message. A partial one is not final: ask again."""
        return await self._send(calls.score(message, timeout_ms=timeout_ms, dry_run=dry_run))

    async def score_batch(
        self, messages: Sequence[Message], *, timeout_ms: int | None = None, dry_run: bool = False
    ) -> list[ScoreAnswer | Refused]:
        """Verdicts about up to 1,000 messages, in the order they were sent."""
        return await self._send(calls.score_batch(messages, timeout_ms=timeout_ms, dry_run=dry_run))

    async def score_all(
        self, messages: Iterable[Message], *, batch: int = 500
    ) -> AsyncIterator[ScoreAnswer | Refused]:
        """Verdicts about any number of messages, asked for in batches as they are taken."""
        waiting = iter(messages)
        while some := list(islice(waiting, batch)):
            for answer in await self.score_batch(some):
                yield answer

    async def report(self, **given: Any) -> Taken:
        """Hand in a report: ``id, reporter_id, subject, reason``, and what docs/api.md lists."""
        return await self._send(calls.report(given))

    async def inquire(self, **given: Any) -> Taken:
        """Hand in an inquiry: ``id, topic, text``, and what docs/api.md lists."""
        return await self._send(calls.inquiry(given))

    async def events(self, given: Sequence[Mapping[str, Any]]) -> EventsTaken:
        """Tell of rooms, blocks, mutes and leaves."""
        return await self._send(calls.events(given))

    async def messages(self, state: str = "held") -> AsyncIterator[HeldMessage]:
        """Messages that are, or were, held back; the longest held first."""
        cursor: str | None = None
        while True:
            page = await self._send(calls.messages(state, cursor))
            for message in page.messages:
                yield message
            cursor = page.next_cursor
            if cursor is None:
                return

    async def approve(self, message_id: str, *, by: str | None = None) -> HeldMessage:
        """Let a held message go."""
        return await self._send(calls.settle(message_id, "approve", by))

    async def deny(self, message_id: str, *, by: str | None = None) -> HeldMessage:
        """Refuse a held message."""
        return await self._send(calls.settle(message_id, "deny", by))

    async def feedback(self, **given: Any) -> FeedbackKept:
        """Say that a score was wrong: ``id``, ``message_id`` or ``text``, and ``categories`` that are right."""
        return await self._send(calls.feedback(given))

    async def trends(self, first: str | None = None, last: str | None = None) -> dict[str, Any]:
        """The trend report of the days from ``first`` to ``last`` (YYYY-MM-DD, in Japan)."""
        return await self._send(calls.trends(first, last))

    async def _send(self, call: Call[T]) -> T:
        tries = Tries(call, self._retries)
        while not tries.over:
            try:
                answer = await self._http.request(**tries.request)
            except httpx2.TransportError as error:
                wait = tries.failed(error)
            else:
                wait = tries.answered(answer)
            await asyncio.sleep(wait)
        return tries.result
