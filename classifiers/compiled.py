"""The trained model as plain arrays: one hidden layer over summed n-grams, no scikit-learn."""

from collections.abc import Mapping, Sequence
from math import exp, sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.features import Extract
from classifiers.labels import CATEGORIES, MINORS, TARGETS

HARM_HEADS: Final = (*CATEGORIES, MINORS)
"""Heads that look through the hidden layer as well."""
HEADS: Final = (*HARM_HEADS, *TARGETS)
"""All heads, in order. Each has a weight of its own for every feature."""
MODEL_ARRAYS: Final = ("weights", "hidden_bias", "out", "extent", "bias")
"""What ``Compiled`` is made from: weights (features, hidden units and HEADS), hidden_bias (hidden units),
out (hidden units, HARM_HEADS), extent (HEADS) and bias (HEADS)."""
LONG_TEXT: Final = 200.0
"""Number of n-grams (some 70 letters) from which on a text's mean counts, not its sum."""

Numbers = NDArray[np.float64]
Floats = NDArray[np.float32]

_SURE: Final = 80.0
"""Log-odds beyond which nothing is told apart."""
_TOGETHER: Final = 64
"""Texts whose weights are put together at a time: what they need stays near the processor."""
_USUAL: Final = 256
"""N-grams and marks that a text has at most, unless it is long."""
_PICKED: Final = np.zeros((2, 2 * _USUAL), dtype=np.float32)
"""Columns around the middle sum so many rows and as many behind them, each for itself, in one step."""
_PICKED[0, :_USUAL] = _PICKED[1, _USUAL:] = 1.0
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


class Weighing:
    """What features weigh in a harm head, in log-odds, in one very text.

    Which hidden units speak is settled by the text; below them all is linear. So the weights of the text's
    features (n-grams damped) and a constant add up to its log-odds.
    """

    __slots__ = ("_column", "_places", "_weights")

    def __init__(self, weights: Floats, places: Floats, column: Floats) -> None:
        """``places`` are the weights of what ends at each place of the text, put together."""
        self._weights = weights
        self._places = places
        self._column = column

    def of(self, features: Sequence[int]) -> Floats:
        """The weight of each feature."""
        weights: Floats = self._weights.take(features, axis=0).dot(self._column[: self._weights.shape[1]])
        return weights

    def by_place(self) -> Floats:
        """What the n-grams weigh that end at each place of ``Extract.ends``, not damped."""
        weights: Floats = self._places.dot(self._column)
        return weights


class Compiled:
    """A row of weights for each feature: what it adds to each hidden unit and straight to each head.

    A text's row is ``sum(n-gram rows) / damping(number of n-grams) + sum(mark rows)`` and the biases. Its hidden
    part, negative units set to nothing, times ``out`` is added to its straight part, and so is ``extent`` times how
    much is said, the damped number of its n-grams. These are the log-odds, calibrated and set to the assumed prior.
    All in single precision: what is fetched is what takes the time.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], chains: NDArray[np.int32]) -> None:
        hidden, width = len(arrays["out"]), arrays["weights"].shape[1] + 1
        self._weights: Final[Floats] = arrays["weights"]
        self._nothing: Final = len(self._weights)
        self._biases: Final = self._nothing + 1
        # Rows of all features, of nothing, and of the biases. The last column counts n-grams; damped, it is how much
        # is said.
        self._summed: Final = np.zeros((self._biases + 1, width), dtype=np.float32)
        self._summed[len(chains) : self._nothing, :-1] = self._weights[len(chains) :]
        padded = np.vstack([self._weights, np.zeros_like(self._weights[:1])])
        for chain in chains.T:  # all at once would take three times the memory
            self._summed[: len(chains), :-1] += padded[chain]
        self._summed[: len(chains), -1] = (chains < self._nothing).sum(axis=1)
        self._summed[self._biases, :-1] = np.concatenate([arrays["hidden_bias"], arrays["bias"]])
        # Hidden units are cut off at nothing, heads are not; then heads keep what they have.
        self._floor: Final = np.full(width, -np.inf, dtype=np.float32)
        self._floor[:hidden] = 0.0
        self._out: Final = np.zeros((width, len(HEADS)), dtype=np.float32)
        self._out[:hidden, : len(HARM_HEADS)] = arrays["out"]
        self._out[hidden:-1] = np.eye(len(HEADS), dtype=np.float32)
        self._out_of: Final = np.ascontiguousarray(self._out.T)
        self._out[-1] = arrays["extent"]

    def logits(self, extracts: Sequence[Extract]) -> Floats:
        """Log-odds, one row for each text and one column for each head."""
        rows = [self._rows(extracts[at : at + _TOGETHER]) for at in range(0, len(extracts), _TOGETHER)]
        logits: Floats = np.maximum(np.concatenate(rows), self._floor).dot(self._out)
        return logits

    def logits_of(self, extract: Extract) -> Floats:
        """Log-odds of one text; half the time of ``logits``."""
        logits: Floats = np.maximum(self._row(extract), self._floor).dot(self._out)
        return logits

    def weighing(self, extract: Extract, head: int) -> Weighing:
        """Says what features weigh in a harm head, in log-odds, in this very text."""
        row = self._row(extract) if extract.row is None else extract.row
        places = self._summed.take(extract.ends, axis=0) if extract.places is None else extract.places
        return Weighing(self._weights, places, self._out_of[head] * (row > self._floor))

    def _row(self, extract: Extract) -> Floats:
        """The features' rows put together, for one text, where each call of NumPy counts."""
        grams, rest = len(extract.ends), len(extract.marks) + 1
        rows = self._summed.take([*extract.ends, *extract.marks, self._biases], axis=0)
        if max(grams, rest) > _USUAL:  # so many numbers of single precision do not add up in single precision
            total, row = rows[:grams].sum(axis=0, dtype=float), rows[grams:].sum(axis=0, dtype=float)
        else:
            total, row = _PICKED[:, _USUAL - grams : _USUAL + rest].dot(rows)
        row += total / damping_of(float(total[-1]))
        finished: Floats = row.astype(np.float32, copy=False)
        extract.row, extract.places = finished, rows[:grams]
        return finished

    def _rows(self, extracts: Sequence[Extract]) -> Floats:
        """The same for many."""
        grams = self._sums([extract.ends for extract in extracts], self._nothing)
        rest: Floats = self._summed[self._biases :].repeat(len(extracts), axis=0)
        marked = [at for at, extract in enumerate(extracts) if extract.marks]
        if marked:  # few are
            rest[marked] = self._sums([extracts[at].marks for at in marked], self._biases)
        rows: Floats = grams / damping(grams[:, -1:]) + rest
        for extract, row in zip(extracts, rows, strict=True):
            extract.row = row
        return rows

    def _sums(self, features: Sequence[Sequence[int]], last: int) -> Floats:
        """The rows of each text's features and ``last`` put together; reduceat knows no empty segment."""
        ids: list[int] = []
        starts: list[int] = []
        for some in features:
            starts.append(len(ids))
            ids += some
            ids.append(last)
        places = np.fromiter(ids, dtype=np.intp, count=len(ids))  # half the time of what `take` does itself
        sums: Floats = np.add.reduceat(self._summed.take(places, axis=0), starts, axis=0)
        return sums


def probabilities(logits: NDArray[Any]) -> NDArray[Any]:
    """Log-odds to probabilities."""
    # The bound keeps exp within what a float holds.
    result: NDArray[Any] = 1.0 / (1.0 + np.exp(np.minimum(-logits, _SURE)))
    return result


def probabilities_of(logits: Sequence[float]) -> list[float]:
    """``probabilities`` of one text; a third of the time."""
    return [1.0 / (1.0 + exp(-one if one > -_SURE else _SURE)) for one in logits]
