"""The trained model as plain arrays: sums of weights, no scikit-learn."""

from collections.abc import Sequence
from math import sqrt
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


_ROOT_LONG: Final = sqrt(LONG_TEXT)


def damping_of(count: float) -> float:
    """``damping`` of one text; a tenth of the time, the same to the last digit."""
    count = max(count, 1.0)
    return max(sqrt(count), count / _ROOT_LONG)


def damping(counts: Any) -> Any:
    """What the sum of a text's n-gram weights is divided by, from how many there are.

    The square root of their number: a long text has more to say, but not in proportion. Beyond LONG_TEXT
    it grows as the number does, so that a text repeated a hundred times is not a hundred times as sure.
    """
    counts = np.maximum(counts, 1.0)
    return np.maximum(np.sqrt(counts), counts / _ROOT_LONG)


class Compiled:
    """One weight for each feature and head, in log-odds, calibrated and set to the assumed prior.

    The logit of a head is ``bias + sum(n-gram weights) / damping(number of n-grams) + sum(mark weights)``.
    """

    def __init__(self, weights: NDArray[np.float32], bias: Numbers, parents: Sequence[int]) -> None:
        self.weights: Final[Numbers] = np.ascontiguousarray(weights, dtype=np.float64)
        self.columns: Final[Numbers] = np.ascontiguousarray(self.weights.T)
        """The same, a row a head: taking some of a column that does not lie together copies all of it."""
        self.bias: Final = bias
        self._parents = np.array(parents, dtype=np.int64)
        self._summed = _summed(self.weights, self._parents)
        self._zero = len(self._summed) - 1

    def logits(self, extracts: Sequence[Extract]) -> Numbers:
        """Log-odds, one row for each text and one column for each head."""
        if len(extracts) == 1:
            return self._logits_of(extracts[0])
        grams = self._sums([extract.ends for extract in extracts])
        marks = self._sums([extract.marks for extract in extracts])
        logits: Numbers = grams[:, :-1] / damping(grams[:, -1:]) + marks[:, :-1] + self.bias
        return logits

    def _logits_of(self, extract: Extract) -> Numbers:
        """The same for one text, where each call of NumPy counts."""
        total = np.add.reduce(self._summed.take(extract.ends, axis=0), axis=0)
        logits: Numbers = total[:-1] / damping_of(float(total[-1]))
        if extract.marks:
            logits += np.add.reduce(self.weights.take(extract.marks, axis=0), axis=0)
        logits += self.bias
        return logits[None]

    def _sums(self, features: Sequence[list[int]]) -> Numbers:
        """For each text the sum of its features' rows."""
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
    # np.clip takes three times as long for one text.
    result: Numbers = 1.0 / (1.0 + np.exp(-np.minimum(np.maximum(logits, -40.0), 40.0)))
    return result
