"""Why a text scores as it does: the letters that speak for it, and one sentence for a moderator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.compiled import damping
from classifiers.features import FeatureSpace
from classifiers.labels import CATEGORY_JA, MINORS
from classifiers.lexicon import Hit
from classifiers.views import Views

Span = tuple[int, int]

_SHOWN: Final = 12
"""Contributions given: all of the lexicon, then the heaviest n-grams, up to this many."""
_WORTH_A_SPAN: Final = 0.35
"""Share of the strongest letter's weight from which a letter is marked, where no entry of the lexicon stands."""


class Contribution(NamedTuple):
    """One thing that raises (weight > 0) or lowers the log-odds. ``span`` is raw code points."""

    text: str
    weight: float
    kind: Literal["lexicon", "ngram"]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for one category in one text. Spans are raw code points, end exclusive, merged, non-empty."""

    category: str
    probability: float
    spans: tuple[Span, ...]
    reason: str
    contributions: tuple[Contribution, ...]


def evidence_of(
    views: Views,
    hits: Sequence[Hit],
    space: FeatureSpace,
    weights: NDArray[np.float64],
    *,
    category: str,
    probability: float,
) -> Evidence:
    """Put weights back where they stand in the text as typed.

    Args:
        views: The text.
        hits: What the lexicon found in it.
        space: Whose features the weights belong to.
        weights: One for each feature, for this category.
        category: The category, or ``minors``.
        probability: What the text scores there.
    """
    spanning = views.folding.raw_span
    found = list(space.places(views.folded))
    weighed = (weights[[gram for gram, _, _ in found]] / damping(len(found))).tolist()
    listed = [
        hit for hit in hits if category in hit.entry.categories or (category == MINORS and hit.entry.minors)
    ]
    if listed:
        spans = _merged([spanning(hit.start, hit.end) for hit in listed])
    else:
        letters = [0.0] * len(views.folded)
        for (_, start, end), weight in zip(found, weighed, strict=True):
            share = weight / (end - start)
            for at in range(start, end):
                letters[at] += share
        spans = _merged([spanning(start, end) for start, end in _strong(letters)])
    contributions = [
        Contribution(
            text=hit.entry.term,
            weight=float(weights[list(space.mark_ids(hit))].sum()),
            kind="lexicon",
            span=spanning(hit.start, hit.end),
        )
        for hit in listed
    ]
    heaviest = sorted(zip(map(abs, weighed), weighed, found, strict=True), reverse=True)
    contributions += [
        Contribution(text=space.grams[gram], weight=weight, kind="ngram", span=spanning(start, end))
        for _, weight, (gram, start, end) in heaviest[: max(0, _SHOWN - len(listed))]
    ]
    return Evidence(
        category=category,
        probability=probability,
        spans=spans,
        reason=_reason(views.raw, category, spans, listed=bool(listed)),
        contributions=tuple(contributions),
    )


def _strong(letters: Sequence[float]) -> list[Span]:
    """Letters whose weight comes near the strongest one's."""
    top = max(letters, default=0.0)
    if top <= 0.0:
        return []
    enough = _WORTH_A_SPAN * top
    return [(at, at + 1) for at, weight in enumerate(letters) if weight >= enough]


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
