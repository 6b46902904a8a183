"""The trained model as plain arrays: one hidden layer over summed n-grams, no scikit-learn."""

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.features import Extract
from classifiers.labels import CATEGORIES, MINORS, TARGETS

HARM_HEADS: Final = (*CATEGORIES, MINORS)
"""Heads that look through the hidden layer as well."""
HEADS: Final = (*HARM_HEADS, *TARGETS)
"""All heads, in order. Each has a weight of its own for every feature."""
MODEL_ARRAYS: Final = ("weights", "hidden_bias", "out", "bias")
"""What ``Compiled`` is made from: weights (features, hidden units and HEADS), hidden_bias (hidden units),
out (hidden units, HARM_HEADS) and bias (HEADS)."""
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
    """A row of weights for each feature: what it adds to each hidden unit and straight to each head.

    A text's row is ``sum(n-gram rows) / damping(number of n-grams) + sum(mark rows)``. Its hidden part plus
    ``hidden_bias``, negative units set to nothing, times ``out`` is added to the straight part of the harm heads,
    and ``bias`` to all: these are the log-odds, calibrated and set to the assumed prior.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], parents: Sequence[int]) -> None:
        weights = arrays["weights"]
        self._hidden_bias: Final = np.asarray(arrays["hidden_bias"], dtype=np.float64)
        self._out: Final = np.ascontiguousarray(arrays["out"], dtype=np.float64)
        self._bias: Final = np.asarray(arrays["bias"], dtype=np.float64)
        self._hidden: Final = len(self._hidden_bias)
        self._weights: Final[NDArray[np.float32]] = np.ascontiguousarray(weights)
        self._grams: Final = len(parents)
        self._summed = _summed(weights, np.array(parents, dtype=np.int64))
        self._zero = len(self._summed) - 1

    def logits(self, extracts: Sequence[Extract]) -> Numbers:
        """Log-odds, one row for each text and one column for each head."""
        if len(extracts) == 1:
            extracts[0].row = self._row(extracts[0])
            return self._finished(extracts[0].row)[None]
        grams = self._sums([extract.ends for extract in extracts])
        marks = self._sums([extract.marks for extract in extracts])
        return self._finished(grams[:, :-1] / damping(grams[:, -1:]) + marks[:, :-1])

    def weighing(self, extract: Extract, head: int) -> Callable[[Sequence[int]], NDArray[Any]]:
        """Says what features weigh in a harm head, in log-odds, in this very text.

        Which units speak is settled by the text; below them all is linear. So the weights of the text's
        features (n-grams damped) and a constant add up to its log-odds.
        """
        row = self._row(extract) if extract.row is None else extract.row
        speaking = row[: self._hidden] + self._hidden_bias > 0.0
        column = np.zeros(self._weights.shape[1], dtype=np.float32)
        column[: self._hidden] = self._out[:, head] * speaking
        column[self._hidden + head] = 1.0
        return lambda features: self._weights.take(features, axis=0) @ column

    def _row(self, extract: Extract) -> Numbers:
        """The features' rows put together, for one text, where each call of NumPy counts."""
        total = np.add.reduce(self._summed.take(extract.ends, axis=0), axis=0)
        row: Numbers = total[:-1] / damping_of(float(total[-1]))
        if extract.marks:
            row += np.add.reduce(self._summed.take(extract.marks, axis=0), axis=0)[:-1]
        return row

    def _finished(self, rows: Numbers) -> Numbers:
        """Through the hidden layer; for one row or many."""
        hidden = rows[..., : self._hidden] + self._hidden_bias
        np.maximum(hidden, 0.0, out=hidden)
        logits: Numbers = rows[..., self._hidden :] + self._bias
        logits[..., : len(HARM_HEADS)] += hidden @ self._out
        return logits

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


def _summed(weights: NDArray[np.float32], parents: NDArray[np.int64]) -> Numbers:
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
