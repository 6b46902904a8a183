"""Looking back: likeness to recent messages, and words split over several."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise

from rules.nodes import Alike
from rules.spans import Span, unexcused
from rules.subject import Recent, Subject

LOOKED_AT = 300
"""Characters of a text that likeness looks at; bounds time and memory on hostile input."""


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(text)))


def likeness(one: str, other: str) -> float:
    """Dice coefficient of the sets of neighbouring characters, 0 to 1.

    >>> likeness("きょうはあめ", "きょうはあめ")
    1.0
    """
    if one == other:
        return 1.0
    first, second = _pairs(one[:LOOKED_AT]), _pairs(other[:LOOKED_AT])
    total = len(first) + len(second)
    return 2 * len(first & second) / total if total else 0.0


def alike(node: Alike, subject: Subject) -> bool | None:
    """Whether enough recent messages are like this one; None where they are not known."""
    recent = subject.recent_author if node.to == "author" else subject.recent_room
    text = subject.views.folded
    if len(text) < node.min_length:
        return False
    if recent is None:
        return None
    found = 0
    for message in _lately(recent, subject.sent_at, node.last, node.within):
        found += likeness(text, message.folded) >= node.at_least
        if found >= node.times:
            return True
    return False


def said_before(subject: Subject, last: int, within: int, piece: int) -> str | None:
    """The author's last short messages joined, folded; empty where there are none or this one is not short.

    None comes back where the author's recent messages are not known.
    """
    if not 0 < len(subject.views.folded) <= piece:
        return ""
    if not subject.recent_author:
        return None if subject.recent_author is None else ""
    before, now = "", subject.sent_at
    oldest = now - _length(within)
    for message in reversed(subject.recent_author[-last:]):
        if not oldest < message.sent_at <= now:
            continue
        if len(message.folded) > piece:
            break
        before = message.folded + before
    return before


def over_seam(hits: list[Span], excuses: list[Span], seam: int) -> list[Span]:
    """Hits in joined text that begin before the seam and end after it, as spans of what stands after it."""
    return [(0, end - seam) for start, end in unexcused(hits, excuses) if start < seam < end]


@cache
def _length(within: int) -> timedelta:
    return timedelta(seconds=within)


def _lately(recent: Sequence[Recent], now: datetime, last: int, within: int) -> Sequence[Recent]:
    oldest = now - _length(within)
    return [message for message in recent[-last:] if oldest < message.sent_at <= now]
