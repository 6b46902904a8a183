"""Figures of a ranking and of a decision, in plain NumPy. Each is NaN where these rows cannot tell."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Truth = NDArray[np.bool_]
Said = NDArray[Any]
"""Probabilities, or flags."""
Interval = tuple[float, float, float]
"""Value, and the ends of its 95 % bootstrap interval."""

_RESAMPLES: Final = 400
_BINS: Final = 10


def precision(truth: Truth, flagged: Said) -> float:
    """Share of the flagged that is truly positive."""
    return float(truth[flagged].mean()) if flagged.any() else float("nan")


def recall(truth: Truth, flagged: Said) -> float:
    """Share of the positives that is flagged."""
    return float(flagged[truth].mean()) if truth.any() else float("nan")


def false_alarm_rate(truth: Truth, flagged: Said) -> float:
    """Share of the negatives that is flagged."""
    return float("nan") if truth.all() else float(flagged[~truth].mean())


def f1(truth: Truth, flagged: Said) -> float:
    """Harmonic mean of precision and recall: 0 where nothing right is flagged."""
    if not truth.any():
        return float("nan")
    return float(2 * (truth & flagged).sum() / (truth.sum() + flagged.sum()))


def average_precision(truth: Truth, chances: Said) -> float:
    """Area under precision over recall, step by step; equal probabilities are one step."""
    if not truth.any():
        return float("nan")
    order = np.argsort(chances, kind="stable")[::-1]
    hits = np.cumsum(truth[order])
    last = np.append(np.diff(chances[order]) != 0, [True])  # the end of each run of equal probabilities
    hits, seen = hits[last], np.flatnonzero(last) + 1
    return float(np.sum(np.diff(hits, prepend=0) / hits[-1] * hits / seen))


def roc_auc(truth: Truth, chances: Said) -> float:
    """Chance that a positive stands above a negative; equal probabilities count half."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(chances, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[inverse][truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def reliability(truth: Truth, chances: Said, weights: Said) -> list[tuple[float, float, float]]:
    """Mean probability, true share and weight of ten bins of equal weight, rising. Empty bins are left out."""
    if not len(truth):
        return []
    order = np.argsort(chances, kind="stable")
    weight = weights[order]
    before = np.cumsum(weight) - weight
    before = before[np.searchsorted(chances[order], chances[order])]  # equal probabilities share a bin
    bins = np.minimum((before / weight.sum() * _BINS).astype(int), _BINS - 1)
    count = np.bincount(bins, weights=weight, minlength=_BINS)
    said = np.bincount(bins, weights=weight * chances[order], minlength=_BINS)
    true = np.bincount(bins, weights=weight * truth[order], minlength=_BINS)
    return [
        (float(said[at] / count[at]), float(true[at] / count[at]), float(count[at] / count.sum()))
        for at in range(_BINS)
        if count[at] > 0
    ]


def calibration_error(truth: Truth, weighed: Said) -> float:
    """Mean distance of probability and share over the bins. ``weighed``: columns probability and weight."""
    if not len(truth):
        return float("nan")
    table = reliability(truth, weighed[:, 0], weighed[:, 1])
    return sum(weight * abs(said - true) for said, true, weight in table)


def prior_weights(harmful: Truth, prior: float) -> NDArray[np.float64]:
    """Weights that make harmful rows as frequent as ``prior`` says; all 1 where one side is missing."""
    share = float(harmful.mean()) if len(harmful) else 0.0
    if not 0.0 < share < 1.0:
        return np.ones(len(harmful))
    return np.where(harmful, prior / share, (1.0 - prior) / (1.0 - share))


def interval(
    measure: Callable[[Truth, Said], float], truth: Truth, said: Said, *, seed: int
) -> Interval | None:
    """A figure with its 95 % bootstrap interval over rows; None where it cannot be told."""
    if not len(truth) or np.isnan(value := measure(truth, said)):
        return None
    # No measure looks at the order of rows; sorting what is sorted takes a tenth of the time.
    order = np.argsort(said if said.ndim == 1 else said[:, 0], kind="stable")
    truth, said = truth[order], said[order]
    drawn = [measure(truth[pick], said[pick]) for pick in map(np.sort, _resamples(len(truth), seed))]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return value, float(low), float(high)


def paired_interval(
    measure: Callable[[Truth, Said], float], truth: Truth, said: tuple[Said, Said], *, seed: int
) -> tuple[float, float, Interval] | None:
    """A figure of two that judged the same rows, and their difference with its 95 % bootstrap interval.

    None where one of the figures cannot be told.
    """
    left, right = said
    if not len(truth):
        return None
    values = measure(truth, left), measure(truth, right)
    if np.isnan(values).any():
        return None
    drawn = [
        measure(truth[pick], left[pick]) - measure(truth[pick], right[pick])
        for pick in _resamples(len(truth), seed)
    ]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return *values, (values[0] - values[1], float(low), float(high))


def _resamples(size: int, seed: int) -> Iterator[NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    for _ in range(_RESAMPLES):
        yield rng.integers(0, size, size)
