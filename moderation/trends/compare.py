"""Is it more than before? One verdict a category, after correction for many comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from moderation.trends.intervals import Ratio, rate_ratio
from moderation.trends.moments import Denominators, Hits

FALSE_DISCOVERIES = 0.05
"""Share of risers and fallers that may be false."""
FEWEST_AUTHORS = 10
"""Hit authors in the two periods together below which a few people decide everything."""


class Change(StrEnum):
    """What can be said about a rate against the one before."""

    UP = "up"
    DOWN = "down"
    UNCLEAR = "unclear"


class Why(StrEnum):
    """Why nothing can be said."""

    NOTHING_NOW = "nothing_now"
    NOTHING_BEFORE = "nothing_before"
    VERSIONS_CHANGED = "versions_changed"
    TOO_FEW_AUTHORS = "too_few_authors"
    WITHIN_CHANCE = "within_chance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One category against the period before.

    Attributes:
        q_value: The p-value after correction; None where no test was made.
        why: Set where ``change`` is unclear.
    """

    ratio: Ratio
    q_value: float | None
    change: Change
    why: Why | None


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values: those at or below a level hold at that false discovery rate.

    Source:
        Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995).

    >>> adjusted([0.01, 0.04, 0.03, 0.5])
    [0.04, 0.05333333333333334, 0.05333333333333334, 0.5]
    """
    order = sorted(range(len(p_values)), key=lambda at: p_values[at], reverse=True)
    result = [1.0] * len(p_values)
    least = 1.0
    for rank, at in zip(range(len(p_values), 0, -1), order, strict=True):
        least = min(least, p_values[at] * len(p_values) / rank)
        result[at] = least
    return result


def compare(
    by_category: Mapping[str, Hits], base: Denominators, *, versions_changed: bool
) -> dict[str, Comparison]:
    """Compare every category at once.

    Args:
        by_category: Sums over authors.
        base: Their denominators.
        versions_changed: The model, lexicon, fold or rules were not the same all through both
            periods: what moved may be our own doing, and no verdict is given.
    """
    ratios = {
        name: rate_ratio(hits, base)
        if base.m1 and base.m2
        else Ratio(value=None, interval=None, p_value=None)
        for name, hits in by_category.items()
    }
    reasons = {name: _cannot(hits, base, versions_changed) for name, hits in by_category.items()}
    tested = [name for name, ratio in ratios.items() if reasons[name] is None and ratio.p_value is not None]
    p_values = [ratios[name].p_value for name in tested]
    q_values = dict(zip(tested, adjusted([p for p in p_values if p is not None]), strict=True))
    return {
        name: _verdict(ratio, q_values.get(name), reasons[name], by_category[name], base)
        for name, ratio in ratios.items()
    }


def _cannot(hits: Hits, base: Denominators, versions_changed: bool) -> Why | None:
    if base.m1 == 0:
        return Why.NOTHING_NOW
    if base.m2 == 0:
        return Why.NOTHING_BEFORE
    if versions_changed:
        return Why.VERSIONS_CHANGED
    if hits.clusters_1 + hits.clusters_2 < FEWEST_AUTHORS:
        return Why.TOO_FEW_AUTHORS
    return None


def _verdict(
    ratio: Ratio, q_value: float | None, why: Why | None, hits: Hits, base: Denominators
) -> Comparison:
    if why is None and q_value is not None and q_value <= FALSE_DISCOVERIES:
        rising = hits.h1 * base.m2 > hits.h2 * base.m1
        return Comparison(ratio=ratio, q_value=q_value, change=Change.UP if rising else Change.DOWN, why=None)
    return Comparison(ratio=ratio, q_value=q_value, change=Change.UNCLEAR, why=why or Why.WITHIN_CHANCE)
