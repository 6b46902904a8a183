"""Operating points: how precise and how complete a category is at each threshold."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Curve = list[list[float]]
"""Points ``[threshold, precision, recall]``, thresholds rising."""

_POINTS: Final = 60
_SUGGESTED_PRECISION: Final = 0.75
"""On lines held out, half of which are benign and half of those chosen to look like harm."""


def curve(chances: NDArray[np.float64], truth: NDArray[np.bool_]) -> Curve:
    """Precision and recall at up to 60 thresholds that cut the positives evenly."""
    if not truth.any():
        return []
    cuts = np.unique(np.quantile(chances[truth], np.linspace(0.0, 0.99, _POINTS)))
    points: Curve = []
    for cut in cuts:
        flagged = chances >= cut
        right = int((flagged & truth).sum())
        points.append([float(cut), right / int(flagged.sum()), right / int(truth.sum())])
    return points


def suggest(points: Sequence[Sequence[float]], precision: float = _SUGGESTED_PRECISION) -> float:
    """The lowest threshold from which on precision holds; 1.0 where it never does."""
    chosen = 1.0
    for threshold, reached, _ in reversed(points):
        if reached < precision:
            break
        chosen = threshold
    return chosen
