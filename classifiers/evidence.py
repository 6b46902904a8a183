"""Why a text scores as it does: the letters that speak for it, and one sentence for a moderator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final, Literal, NamedTuple

import numpy as np

from classifiers.compiled import Weighing, damping_of
from classifiers.features import EDGE, Extract, FeatureSpace
from classifiers.labels import CATEGORY_JA, MINORS
from classifiers.lexicon import Hit
from classifiers.views import Views

Span = tuple[int, int]

_SHOWN: Final = 12
"""Contributions given: all of the lexicon, then the heaviest n-grams, up to this many."""
_FIRST_END: Final = 2
"""Where the first n-grams end: behind the EDGE and the first letter."""
_SHARES: Final = np.array([2 / 18, 5 / 18, 11 / 18], dtype=np.float32)
"""Of what ends at a place the share of the third letter before it, of the second, and of the last: those of one n-gram
of each length, shared evenly among its letters."""
_WORTH_A_SPAN: Final = 0.35
"""Share of the strongest letter's weight from which a letter is marked, where no entry of the lexicon stands."""


class Contribution(NamedTuple):
    """One thing that raises (weight > 0) or lowers the log-odds. ``span`` is raw code points."""

    text: str
    weight: float
    kind: Literal["lexicon", "ngram"]
    span: Span


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What speaks for one category in one text. Spans are raw code points, end exclusive, merged, non-empty."""

    category: str
    probability: float
    spans: tuple[Span, ...]
    reason: str
    weigh: Callable[[], tuple[Contribution, ...]] = field(repr=False, compare=False)

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        """What the score comes from: all of the lexicon, then the heaviest n-grams. Worked out when asked for."""
        return self.weigh()


def evidence_of(
    views: Views,
    extract: Extract,
    space: FeatureSpace,
    weighing: Weighing,
    *,
    category: str,
    probability: float,
) -> Evidence:
    """Put weights back where they stand in the text as typed.

    Args:
        views: The text.
        extract: What ``space`` made of it.
        space: Whose features the weights belong to.
        weighing: Says what features weigh for this category in this text.
        category: The category, or ``minors``.
        probability: What the text scores there.
    """
    spanning = views.folding.raw_span
    listed = [
        hit
        for hit in extract.hits
        if category in hit.entry.categories or (category == MINORS and hit.entry.minors)
    ]
    if listed:
        spans = _merged([spanning(hit.start, hit.end) for hit in listed])
    else:
        letters = _by_letter(views.folded, space, weighing)
        spans = _merged([spanning(start, end) for start, end in _strong(letters)])
    return Evidence(
        category=category,
        probability=probability,
        spans=spans,
        reason=_reason(views.raw, category, spans, listed=bool(listed)),
        weigh=partial(_contributions, views, extract, space, weighing, listed),
    )


def _by_letter(folded: str, space: FeatureSpace, weighing: Weighing) -> list[float]:
    """The weight of each folded letter, not damped: what ends at a place, shared among the letters before it."""
    size = len(folded)
    weights = weighing.by_place()
    if len(weights) <= size:  # no known n-gram ends at some letter
        known, weights = weights, np.zeros(size + 1, dtype=np.float32)
        weights[[end - _FIRST_END for end in space.ends_of(folded)]] = known
    by_letter: list[float] = np.convolve(weights, _SHARES)[len(_SHARES) - 1 : -1].tolist()
    return by_letter


def _damped(grams: list[int], weighing: Weighing) -> list[float]:
    if not grams:
        return []
    damped: list[float] = (weighing.of(grams) / damping_of(len(grams))).tolist()
    return damped


def _contributions(
    views: Views,
    extract: Extract,
    space: FeatureSpace,
    weighing: Weighing,
    listed: Sequence[Hit],
) -> tuple[Contribution, ...]:
    spanning = views.folding.raw_span
    contributions = [
        Contribution(
            text=hit.entry.term,
            weight=float(weighing.of(sorted(space.mark_ids(hit))).sum()),
            kind="lexicon",
            span=spanning(hit.start, hit.end),
        )
        for hit in listed
    ]
    size = len(views.folded)
    grams, ends = space.every_gram(views.folded, extract)
    damped = _damped(grams, weighing)
    heaviest = sorted(zip(map(abs, damped), damped, grams, ends, strict=True), reverse=True)
    contributions += [
        Contribution(
            text=space.grams[gram].strip(EDGE),
            weight=weight,
            kind="ngram",
            span=spanning(max(0, end - 1 - space.sizes[gram]), min(size, end - 1)),
        )
        for _, weight, gram, end in heaviest[: max(0, _SHOWN - len(listed))]
    ]
    return tuple(contributions)


def _strong(letters: Sequence[float]) -> list[Span]:
    """Runs of letters whose weight comes near the strongest one's."""
    top = max(letters, default=0.0)
    if top <= 0.0:
        return []
    enough = _WORTH_A_SPAN * top
    runs: list[Span] = []
    begun = -1
    for at, weight in enumerate(letters):
        if weight < enough:
            if begun >= 0:
                runs.append((begun, at))
                begun = -1
        elif begun < 0:
            begun = at
    if begun >= 0:
        runs.append((begun, len(letters)))
    return runs


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _reason(raw: str, category: str, spans: Sequence[Span], *, listed: bool) -> str:
    name = CATEGORY_JA.get(category, "未成年に関わる危険")
    quoted = "」「".join(raw[start:end] for start, end in spans[:3])
    if not spans:
        return f"「{name}」を示す表現は見つかりませんでした。"
    if listed:
        return f"「{quoted}」が「{name}」の表現として辞書に載っています。"
    return f"「{quoted}」などの言い回しが、「{name}」の発言によく見られるものです。"
