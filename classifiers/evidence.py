"""Why a text scores as it does: the letters that speak for it, and one sentence for a moderator."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from classifiers.features import Extract, FeatureSpace, typed_text
from classifiers.labels import CATEGORY_JA, MINORS
from classifiers.views import Views

Span = tuple[int, int]

_SHOWN: Final = 12
"""Contributions given at most."""
_WORTH_A_SPAN: Final = 0.35
"""Share of the strongest letter's weight from which a letter is marked, where no entry of the lexicon stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One thing that raises (weight > 0) or lowers the log-odds. ``span`` is raw code points, None: no one place."""

    text: str
    weight: float
    kind: Literal["lexicon", "ngram", "mark"]
    span: Span | None


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
    extract: Extract,
    space: FeatureSpace,
    weighed: Iterable[tuple[int, float]],
    *,
    category: str,
    probability: float,
) -> Evidence:
    """Put weights back where they stand in the text as typed."""
    letters: defaultdict[int, float] = defaultdict(float)
    weights = dict(weighed)
    contributions: list[Contribution] = []
    for hit in extract.hits:
        if category in hit.entry.categories or (category == MINORS and hit.entry.minors):
            weight = sum(
                weights.get(feature, 0.0) for feature in space.mark_ids(hit) if feature in weights
            )
            contributions.append(
                Contribution(
                    text=hit.entry.term,
                    weight=weight,
                    kind="lexicon",
                    span=views.folding.raw_span(hit.start, hit.end),
                )
            )
    lexicon_spans = [found.span for found in contributions if found.span is not None]
    for feature, span in _places(views, space, weights):
        weight = weights[feature]
        contributions.append(Contribution(text=space.name(feature), weight=weight, kind="ngram", span=span))
        for at in range(*span):
            letters[at] += weight / (span[1] - span[0])
    spans = _merged(lexicon_spans) if lexicon_spans else _strong(letters)
    contributions.sort(key=lambda found: (found.kind != "lexicon", -abs(found.weight)))
    return Evidence(
        category=category,
        probability=probability,
        spans=spans,
        reason=_reason(views.raw, category, spans, lexicon=bool(lexicon_spans)),
        contributions=tuple(contributions[:_SHOWN]),
    )


def _places(
    views: Views, space: FeatureSpace, weights: dict[int, float]
) -> Iterable[tuple[int, Span]]:
    """Each known n-gram's first place in the text as typed."""
    seen: set[int] = set()
    for feature, start, end in space.folded_places(views.folded):
        if feature in weights and feature not in seen:
            seen.add(feature)
            yield feature, views.folding.raw_span(start, end)
    for feature, start, end in space.typed_places(typed_text(views.raw)):
        if feature in weights and feature not in seen:
            seen.add(feature)
            yield feature, (start, end)


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


def _reason(raw: str, category: str, spans: Sequence[Span], *, lexicon: bool) -> str:
    name = CATEGORY_JA.get(category, "未成年に関わる危険")
    quoted = "」「".join(raw[start:end] for start, end in spans[:3])
    if not spans:
        return f"「{name}」を示す表現は見つかりませんでした。"
    if lexicon:
        return f"「{quoted}」が「{name}」の表現として辞書に載っています。"
    return f"「{quoted}」などの言い回しが、「{name}」の発言によく見られるものです。"
