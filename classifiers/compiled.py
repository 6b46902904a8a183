"""The trained model as plain arrays: sums of weights, no scikit-learn."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.features import Extract
from classifiers.labels import CATEGORIES, MINORS, TARGETS

HEADS: Final = (*CATEGORIES, MINORS, *TARGETS)
"""Columns of the weights, in order."""
LONG_TEXT: Final = 200.0
"""Number of n-grams (some 70 letters) from which on a text's mean counts, not its sum."""

Numbers = NDArray[np.float64]


def damping(counts: Any) -> Any:
    """What the sum of a text's n-gram weights is divided by, from how many there are.

    The square root of their number: a long text has more to say, but not in proportion. Beyond LONG_TEXT
    it grows as the number does, so that a text repeated a hundred times is not a hundred times as sure.
    """
    counts = np.maximum(counts, 1.0)
    return np.maximum(np.sqrt(counts), counts / np.sqrt(LONG_TEXT))


class Compiled:
    """One weight for each feature and head, in log-odds, calibrated and set to the assumed prior.

    The logit of a head is ``bias + sum(n-gram weights) / damping(number of n-grams) + sum(mark weights)``.
    """

    def __init__(self, weights: NDArray[np.float32], bias: Numbers, parents: Sequence[int]) -> None:
        self.weights: Final[Numbers] = np.ascontiguousarray(weights, dtype=np.float64)
        self.bias: Final = bias
        self._parents = np.array(parents, dtype=np.int64)
        self._summed = _summed(self.weights, self._parents)
        self._zero = len(self._summed) - 1

    def logits(self, extracts: Sequence[Extract]) -> Numbers:
        """Log-odds, one row for each text and one column for each head."""
        grams = self._sums([extract.ends for extract in extracts])
        marks = self._sums([extract.marks for extract in extracts])
        logits: Numbers = grams[:, :-1] / damping(grams[:, -1:]) + marks[:, :-1] + self.bias
        return logits

    def _sums(self, features: Sequence[list[int]]) -> Numbers:
        """For each text the sum of its features' rows."""
        if len(features) == 1:
            total: Numbers = self._summed.take(features[0], axis=0).sum(axis=0, keepdims=True)
            return total
        # reduceat knows no empty segment, so each one ends with a row of zeros.
        ids: list[int] = []
        starts: list[int] = []
        for found in features:
            starts.append(len(ids))
            ids += found
            ids.append(self._zero)
        sums: Numbers = np.add.reduceat(self._summed.take(ids, axis=0), starts, axis=0)
        return sums


def _summed(weights: Numbers, parents: NDArray[np.int64]) -> Numbers:
    """Each n-gram's weights with those of all n-grams it ends with, and their number in the last column.

    Marks keep their own weights; the last row is zeros.
    """
    size = len(parents)
    summed = np.zeros((len(weights) + 1, weights.shape[1] + 1))
    summed[:-1, :-1] = weights
    summed[:size, -1] = 1.0
    own = summed[:size].copy()
    at = parents.copy()
    while (at >= 0).any():
        rest = at >= 0
        summed[:size][rest] += own[at[rest]]
        at[rest] = parents[at[rest]]
    return summed


def probabilities(logits: Numbers) -> Numbers:
    """Log-odds to probabilities. Beyond ±40 a probability is 0 or 1 to all digits we keep."""
    result: Numbers = 1.0 / (1.0 + np.exp(-np.clip(logits, -40.0, 40.0)))
    return result
