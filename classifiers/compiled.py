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
Floats = NDArray[np.float32]

_SURE: Final = 80.0
"""Log-odds beyond which nothing is told apart."""
_ONES: Final = np.ones(1000, dtype=np.float32)
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

    A text's row is ``sum(n-gram rows) / damping(number of n-grams) + sum(mark rows)`` and the biases. Its hidden
    part, negative units set to nothing, times ``out`` is added to its straight part: these are the log-odds,
    calibrated and set to the assumed prior. All in single precision: what is fetched is what takes the time.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], chains: NDArray[np.int32]) -> None:
        weights = arrays["weights"]
        self._hidden: Final = len(arrays["out"])
        self._zero: Final = len(weights)
        self._weights: Final[Floats] = np.vstack([weights, np.zeros_like(weights[:1])])
        self._summed: Final = _summed(self._weights, chains)
        self._biases: Final = np.array([*arrays["hidden_bias"], *arrays["bias"], 0.0], dtype=np.float32)
        self._out: Final[Floats] = np.zeros((self._hidden, len(HEADS)), dtype=np.float32)
        self._out[:, : len(HARM_HEADS)] = arrays["out"]
        self._out_of: Final = np.ascontiguousarray(self._out.T)

    def logits(self, extracts: Sequence[Extract]) -> Floats:
        """Log-odds, one row for each text and one column for each head."""
        if len(extracts) == 1:
            extracts[0].row = self._row(extracts[0])
            return self._finished(extracts[0].row)[None]
        grams = self._sums([extract.ends for extract in extracts])
        marks = self._sums([extract.marks for extract in extracts])
        return self._finished(grams / damping(grams[:, -1:]) + marks + self._biases)

    def weighing(self, extract: Extract, head: int) -> Callable[[Any], NDArray[Any]]:
        """Says what features weigh in a harm head, in log-odds, in this very text.

        Which units speak is settled by the text; below them all is linear. So the weights of the text's
        features (n-grams damped) and a constant add up to its log-odds.
        """
        row = self._row(extract) if extract.row is None else extract.row
        column = np.zeros(self._weights.shape[1], dtype=np.float32)
        np.multiply(self._out_of[head], row[: self._hidden] > 0.0, out=column[: self._hidden])
        column[self._hidden + head] = 1.0
        return lambda features: self._weights.take(features, axis=0).dot(column)

    def _row(self, extract: Extract) -> Floats:
        """The features' rows put together, for one text, where each call of NumPy counts."""
        grams, marks = len(extract.ends), len(extract.marks)
        if not grams and not marks:
            return self._biases
        rows = self._summed.take([*extract.ends, *extract.marks], axis=0)
        ones = _ONES if grams + marks <= len(_ONES) else np.ones(grams + marks, dtype=np.float32)
        total = ones[:grams].dot(rows[:grams])
        row: Floats = total / damping_of(float(total[-1])) + self._biases
        if marks:
            row += ones[:marks].dot(rows[grams:])
        return row

    def _finished(self, rows: Floats) -> Floats:
        """Through the hidden layer; for one row or many."""
        bent: Floats = np.maximum(rows[..., : self._hidden], 0.0).dot(self._out)
        bent += rows[..., self._hidden : -1]
        return bent

    def _sums(self, features: Sequence[list[int]]) -> Floats:
        """For each text the sum of its features' rows."""
        # reduceat knows no empty segment, so each one ends with a row of zeros.
        ids: list[int] = []
        starts: list[int] = []
        for found in features:
            starts.append(len(ids))
            ids += found
            ids.append(self._zero)
        sums: Floats = np.add.reduceat(self._summed.take(ids, axis=0), starts, axis=0)
        return sums


def _summed(weights: Floats, chains: NDArray[np.int32]) -> Floats:
    """Each n-gram's weights with those of all n-grams it ends with, and their number in the last column.

    Marks keep their own weights; the last row is zeros.
    """
    summed = np.zeros((len(weights), weights.shape[1] + 1), dtype=np.float32)
    summed[:, :-1] = weights
    grams = summed[: len(chains)]
    grams[:, :-1] = sum(weights[chains[:, at]] for at in range(chains.shape[1]))
    grams[:, -1] = (chains < len(weights) - 1).sum(axis=1)
    return summed


def probabilities(logits: NDArray[Any]) -> NDArray[Any]:
    """Log-odds to probabilities."""
    # The bound keeps exp within what a float holds. np.clip takes three times as long for one text.
    result: NDArray[Any] = 1.0 / (1.0 + np.exp(np.minimum(-logits, _SURE)))
    return result
