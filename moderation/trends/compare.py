"""Is it more than before? One verdict a category, after correction for many comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from moderation.trends.figures import NOW, Groups
from moderation.trends.intervals import UNKNOWN, Array, Ratio, rate_ratio

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
    groups: Groups, authors: Mapping[str, int], names: Sequence[str], *, to: int, versions_changed: bool
) -> dict[str, Comparison]:
    """Compare every category at once.

    Args:
        groups: Sums over random groups.
        authors: Distinct hit authors of both periods together, by category.
        names: The categories.
        to: The period to compare with: ``BEFORE`` or ``WEEKDAYS``.
        versions_changed: The model, lexicon, fold or rules were not the same all through both
            periods: what moved may be our own doing, and no verdict is given.
    """
    m1, m2 = groups.messages[NOW], groups.messages[to]
    found = {name: (groups.of(name)[NOW], groups.of(name)[to]) for name in names}
    why = {name: _cannot(m1, m2, authors.get(name, 0), versions_changed) for name in names}
    ratios = {
        name: rate_ratio(h1, m1, h2, m2) if m1.any() and m2.any() else UNKNOWN
        for name, (h1, h2) in found.items()
    }
    tested = {name: ratio.p_value for name, ratio in ratios.items() if why[name] is None}
    p_values = {name: p for name, p in tested.items() if p is not None}
    q_values = dict(zip(p_values, adjusted(list(p_values.values())), strict=True))
    return {
        name: _verdict(
            ratio, q_values.get(name), why[name], rising=_rate(found[name][0], m1) > _rate(found[name][1], m2)
        )
        for name, ratio in ratios.items()
    }


def _rate(hits: Array, messages: Array) -> float:
    total = messages[0].sum()
    return float(hits[0].sum() / total) if total else 0.0


def _cannot(m1: Array, m2: Array, authors: int, versions_changed: bool) -> Why | None:
    if not m1.any():
        return Why.NOTHING_NOW
    if not m2.any():
        return Why.NOTHING_BEFORE
    if versions_changed:
        return Why.VERSIONS_CHANGED
    if authors < FEWEST_AUTHORS:
        return Why.TOO_FEW_AUTHORS
    return None


def _verdict(ratio: Ratio, q_value: float | None, why: Why | None, *, rising: bool) -> Comparison:
    if why is None and q_value is not None and q_value <= FALSE_DISCOVERIES:
        return Comparison(ratio=ratio, q_value=q_value, change=Change.UP if rising else Change.DOWN, why=None)
    return Comparison(ratio=ratio, q_value=q_value, change=Change.UNCLEAR, why=why or Why.WITHIN_CHANCE)
