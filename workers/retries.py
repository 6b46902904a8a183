"""When a webhook is tried again (Standard Webhooks 1.0.0, "deliverability and reliability")."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

_SECOND = timedelta(seconds=1)
_HOUR = timedelta(hours=1)
WAITS = (
    0 * _SECOND,
    5 * _SECOND,
    300 * _SECOND,
    1800 * _SECOND,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
"""Time before attempt 1, 2, … 10; after the last one an event is given up."""
LONGEST_WAIT = 24 * _HOUR
"""A receiver's ``Retry-After`` counts up to this."""
_JITTER = 0.1
"""A wait grows by up to this share, so that receivers are not hit by everything at once."""


def next_attempt(
    outbox_id: str, *, attempts: int, retry_after: timedelta | None, now: datetime
) -> datetime | None:
    """When to try again after a failed attempt; None to give up.

    Args:
        outbox_id: The event; its jitter is always the same for the same attempt.
        attempts: How many were made, at least 1.
        retry_after: What the receiver asked for.
        now: When the last attempt ended.
    """
    if attempts >= len(WAITS):
        return None
    digest = sha256(f"{outbox_id}:{attempts}".encode()).digest()
    share = int.from_bytes(digest[:4]) / 2**32
    wait = WAITS[attempts] * (1 + _JITTER * share)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_WAIT))
    return now + wait


def read_retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """The ``Retry-After`` of an answer: seconds or an HTTP date (RFC 9110, 10.2.3); None where it is neither."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(at - now, timedelta(0))
