"""Arithmetic of half-open spans ``(start, end)``."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[int, int]

_QUOTED = re.compile("「[^「」]*」|『[^『』]*』")
_BESIDE = 2
"""Characters outside the quotation marks that make it a quotation; a whole message in marks is none."""


def quotations(text: str) -> list[Span]:
    """Where somebody else's words stand in Japanese quotation marks.

    >>> quotations("「無理」って言われた"), quotations("「無理」")
    ([(0, 4)], [])
    """
    found = [match.span() for match in _QUOTED.finditer(text)]
    inside = sum(end - start for start, end in found)
    return found if len(text) - inside >= _BESIDE else []


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same ground in spans that neither overlap nor touch, in order.

    >>> merge([(4, 6), (0, 2), (1, 3)])
    [(0, 3), (4, 6)]
    """
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def _merge_overlapping(spans: Iterable[Span]) -> list[Span]:
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def unexcused(hits: Iterable[Span], excuses: Sequence[Span]) -> list[Span]:
    """The hits that no excuse overlaps, in order."""
    ordered = sorted(hits)
    if not excuses:
        return ordered
    blocks = _merge_overlapping(excuses)
    starts = [start for start, _ in blocks]
    kept = []
    for start, end in ordered:
        at = bisect_right(starts, end - 1) - 1  # the last block that starts before the hit ends
        if at < 0 or blocks[at][1] <= start:
            kept.append((start, end))
    return kept


def tally(spans: Iterable[Span]) -> int:
    """How many of the spans can be counted without overlap.

    >>> tally([(0, 2), (1, 3), (2, 4)])
    2
    """
    count, free = 0, 0
    for start, end in sorted(spans, key=lambda span: (span[1], span[0])):
        if start >= free:
            count, free = count + 1, end
    return count


def chain(steps: Sequence[Sequence[Span]], gap: int) -> list[Span]:
    """Spans from the first to the last of hits that follow one another.

    Each next hit starts where the one before ends, or up to ``gap`` later. Of several ways to the
    same end the shortest is kept.
    """
    reached: dict[int, int] = {}
    for start, end in steps[0]:
        reached[end] = max(start, reached.get(end, start))
    for hits in steps[1:]:
        ordered = sorted(hits)
        starts = [start for start, _ in ordered]
        onward: dict[int, int] = {}
        for end, start in reached.items():
            at = bisect_right(starts, end - 1)
            while at < len(ordered) and starts[at] <= end + gap:
                onward[ordered[at][1]] = max(start, onward.get(ordered[at][1], start))
                at += 1
        reached = onward
    return sorted((start, end) for end, start in reached.items())
