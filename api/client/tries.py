"""Tries: one call from its first try to its answer. Both clients speak for it, each in its way. No network here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import httpx2

from api.client.calls import AGAIN, HEADERS, Call, Retries, error_of, retry_after
from api.client.errors import Unreachable

T = TypeVar("T")


class Tries(Generic[T]):
    """Tells what to ask, and after each try how long to wait before the next one, until there is an answer."""

    def __init__(self, call: Call[T], retries: Retries) -> None:
        self._call = call
        self._retries = retries
        self._made = 0
        self._answer: bytes | None = None

    @property
    def request(self) -> Mapping[str, Any]:
        """What to ask, as httpx takes it."""
        call = self._call
        return {
            "method": call.method,
            "url": call.path,
            "content": call.body,
            "params": call.params,
            "headers": HEADERS,
        }

    @property
    def over(self) -> bool:
        """Whether there is an answer."""
        return self._answer is not None

    @property
    def result(self) -> T:
        """The answer."""
        return self._call.read(self._answer or b"")

    def answered(self, answer: httpx2.Response) -> float:
        """Take what the server said; seconds to wait. Raises ApiError where asking again is no use."""
        if answer.is_success:
            self._answer = answer.content
            return 0.0
        error = error_of(answer.status_code, answer.content)
        if answer.status_code not in AGAIN:
            raise error
        return self._wait(error, retry_after(answer.headers, now=datetime.now(UTC)))

    def failed(self, error: httpx2.TransportError) -> float:
        """Take that nobody answered; seconds to wait. Raises Unreachable after the last try."""
        told = str(error) or type(error).__name__
        return self._wait(Unreachable(f"{self._call.method} {self._call.path}: {told}"), None)

    def _wait(self, failure: Exception, asked: float | None) -> float:
        self._made += 1
        wait = self._retries.wait(self._made, asked)
        if wait is None:
            raise failure
        return wait
