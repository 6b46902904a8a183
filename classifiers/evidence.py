"""Why a text scores as it does: the letters that speak for it, and one sentence for a moderator."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from classifiers.features import FeatureSpace
from classifiers.labels import CATEGORY_JA, MINORS
from classifiers.lexicon import Hit
from classifiers.views import Views

Span = tuple[int, int]

_SHOWN: Final = 12
"""Contributions given at most."""
_WORTH_A_SPAN: Final = 0.35
"""Share of the strongest letter's weight from which a letter is marked, where no entry of the lexicon stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
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
    scale: float,
) -> Evidence:
    """Put weights back where they stand in the text as typed.

    Args:
        views: The text.
        hits: What the lexicon found in it.
        space: Whose features the weights belong to.
        weights: One for each feature, for this category.
        category: The category, or ``minors``.
        probability: What the text scores there.
        scale: What an n-gram's weight is multiplied by in a text with so many of them.
    """
    contributions = [
        Contribution(
            text=hit.entry.term,
            weight=float(sum(weights[mark] for mark in space.mark_ids(hit))),
            kind="lexicon",
            span=views.folding.raw_span(hit.start, hit.end),
        )
        for hit in hits
        if category in hit.entry.categories or (category == MINORS and hit.entry.minors)
    ]
    listed = [found.span for found in contributions]
    letters: defaultdict[int, float] = defaultdict(float)
    for gram, start, end in space.places(views.folded):
        weight, span = float(weights[gram]) * scale, views.folding.raw_span(start, end)
        contributions.append(Contribution(text=space.grams[gram], weight=weight, kind="ngram", span=span))
        for at in range(*span):
            letters[at] += weight / (span[1] - span[0])
    spans = _merged(listed) if listed else _strong(letters)
    contributions.sort(key=lambda found: (found.kind != "lexicon", -abs(found.weight)))
    return Evidence(
        category=category,
        probability=probability,
        spans=spans,
        reason=_reason(views.raw, category, spans, listed=bool(listed)),
        contributions=tuple(contributions[:_SHOWN]),
    )


def _strong(letters: dict[int, float]) -> tuple[Span, ...]:
    """Runs of letters whose weight comes near the strongest one's."""
    top = max(letters.values(), default=0.0)
    if top <= 0:
        return ()
    return _merged([(at, at + 1) for at, weight in letters.items() if weight >= _WORTH_A_SPAN * top])


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
