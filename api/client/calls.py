"""Calls: what a request is, how its answer is read, and when it is sent again. No network here."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec

from api.client.errors import ApiError
from api.client.shapes import (
    EventsTaken,
    FeedbackKept,
    HeldMessage,
    HeldPage,
    Message,
    Refused,
    ScoreAnswer,
    Taken,
)
from moderation.errors import FieldProblem

T = TypeVar("T")

AGAIN = frozenset({429, 502, 503, 504})
"""Nothing was accepted: the same request may be sent again."""
HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often and how patiently; waits in seconds.

    A wait is drawn at random below ``first`` doubled each time, so that many callers do not come back
    together; a ``Retry-After`` is waited out in full, unless it is longer than ``longest``.
    """

    tries: int = 4
    first: float = 0.2
    longest: float = 30.0

    def wait(self, attempt: int, retry_after: float | None) -> float | None:
        """Seconds until the next try after attempt 1, 2, …; None to give up."""
        if attempt >= self.tries or (retry_after is not None and retry_after > self.longest):
            return None
        drawn = random.uniform(0.0, min(self.longest, self.first * 2**attempt))  # noqa: S311 - no secret
        return drawn if retry_after is None else retry_after + drawn / 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One request, and how to read its answer."""

    method: str
    path: str
    read: Callable[[bytes], T]
    body: bytes | None = None
    params: Mapping[str, str] = field(default_factory=dict)


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds a server asked to wait, given as a number or a date; None where it did not."""
    given = headers.get("retry-after", "").strip()
    if not given:
        return None
    try:
        return max(0.0, float(given))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


def error_of(status: int, body: bytes) -> ApiError:
    """The error that an answer tells of, also where something before the server wrote it."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = None
    if not isinstance(told, dict) or "code" not in told:
        return ApiError(status=status, code="http_error", detail=body[:200].decode("utf-8", "replace"))
    return ApiError(
        status=status,
        code=str(told["code"]),
        detail=str(told.get("detail", "")),
        problems=[
            FieldProblem(pointer=one["pointer"], detail=one["detail"]) for one in told.get("errors", ())
        ],
        request_id=told.get("request_id"),
    )


def score(message: Message, *, timeout_ms: int | None, dry_run: bool) -> Call[ScoreAnswer]:
    """One message."""
    body = msgspec.to_builtins(message) | _options(timeout_ms, dry_run)
    return _post("/v1/score", body, msgspec.json.Decoder(ScoreAnswer).decode)


def score_batch(
    messages: Sequence[Message], *, timeout_ms: int | None, dry_run: bool
) -> Call[list[ScoreAnswer | Refused]]:
    """Several messages, in the order they were sent."""
    return _post("/v1/score", {"messages": messages} | _options(timeout_ms, dry_run), _read_rows)


def report(given: Mapping[str, Any]) -> Call[Taken]:
    """One complaint."""
    return _post("/v1/reports", given, msgspec.json.Decoder(Taken).decode)


def inquiry(given: Mapping[str, Any]) -> Call[Taken]:
    """One letter."""
    return _post("/v1/inquiries", given, msgspec.json.Decoder(Taken).decode)


def events(given: Sequence[Mapping[str, Any]]) -> Call[EventsTaken]:
    """Facts about rooms and authors."""
    return _post("/v1/events", {"events": given}, msgspec.json.Decoder(EventsTaken).decode)


def messages(state: str, cursor: str | None) -> Call[HeldPage]:
    """A page of messages that are, or were, held back."""
    params = {"state": state} | ({"cursor": cursor} if cursor else {})
    return Call(method="GET", path="/v1/messages", params=params, read=msgspec.json.Decoder(HeldPage).decode)


def settle(message_id: str, verb: str, by: str | None) -> Call[HeldMessage]:
    """Approve or deny a held message."""
    path = f"/v1/messages/{quote(message_id, safe='')}/{verb}"
    return _post(path, {"by": by} if by else {}, msgspec.json.Decoder(HeldMessage).decode)


def feedback(given: Mapping[str, Any]) -> Call[FeedbackKept]:
    """What a score should have been."""
    return _post("/v1/feedback", given, msgspec.json.Decoder(FeedbackKept).decode)


def trends(first: str | None, last: str | None) -> Call[dict[str, Any]]:
    """The trend report."""
    params = {name: day for name, day in (("from", first), ("to", last)) if day}
    return Call(
        method="GET", path="/v1/trends", params=params, read=msgspec.json.Decoder(dict[str, Any]).decode
    )


def _post(path: str, body: Any, read: Callable[[bytes], T]) -> Call[T]:
    return Call(method="POST", path=path, body=msgspec.json.encode(body), read=read)


def _options(timeout_ms: int | None, dry_run: bool) -> dict[str, Any]:
    return ({} if timeout_ms is None else {"timeout_ms": timeout_ms}) | ({"dry_run": True} if dry_run else {})


def _read_rows(body: bytes) -> list[ScoreAnswer | Refused]:
    return [
        msgspec.convert(row, Refused) if "error" in row else msgspec.convert(row, ScoreAnswer)
        for row in msgspec.json.decode(body)["results"]
    ]
