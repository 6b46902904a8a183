"""Looking back: likeness to recent messages, and words split over several."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from rules.nodes import Alike, Split
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


def split_spans(
    node: Split, subject: Subject, find: Callable[[str], tuple[list[Span], list[Span]]]
) -> list[Span] | None:
    """Hits that begin in an earlier message and end in this one, as spans of this one's folded text.

    Args:
        node: What is looked for.
        subject: The message; None comes back where the author's recent messages are not known.
        find: Gives the hits and the excuses in a text.
    """
    text = subject.views.folded
    if not 0 < len(text) <= node.piece:
        return []
    if not subject.recent_author:
        return None if subject.recent_author is None else []
    pieces: list[str] = []
    for message in reversed(_lately(subject.recent_author, subject.sent_at, node.last, node.within)):
        if len(message.folded) > node.piece:
            break
        pieces.append(message.folded)
    before = "".join(reversed(pieces))
    if not before:
        return []
    hits, excuses = find(before + text)
    seam = len(before)
    return [(0, end - seam) for start, end in unexcused(hits, excuses) if start < seam < end]


def _lately(recent: Sequence[Recent], now: datetime, last: int, within: int) -> Sequence[Recent]:
    oldest = now - timedelta(seconds=within)
    return [message for message in recent[-last:] if oldest < message.sent_at <= now]
