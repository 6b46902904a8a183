"""Operating points: how precise, how complete and how noisy a category is at each threshold."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Curve = list[list[float]]
"""Points ``[threshold, precision, recall, false alarms]``, thresholds rising. False alarms: share of the
benign lines that reach the threshold. Half of those were chosen to look like harm: a chat has fewer."""

_POINTS: Final = 60
_FALSE_ALARMS: Final = {"insult": 0.008}
"""Share of the corpus's benign lines that a category may flag, out of fold; most harm in a chat is insult."""
_FALSE_ALARMS_ELSE: Final = 0.002
_PRECISION_NEEDED: Final = 0.5
"""Keeps rare categories from flagging at a whisper."""


def curve(chances: NDArray[np.float64], truth: NDArray[np.bool_], benign: NDArray[np.bool_]) -> Curve:
    """Figures at up to 60 thresholds that cut the positives evenly; no points where there are none."""
    if not truth.any():
        return []
    cuts = np.unique(np.quantile(chances[truth], np.linspace(0.0, 0.99, _POINTS)))
    points: Curve = []
    for cut in cuts:
        flagged = chances >= cut
        right = int((flagged & truth).sum())
        false_alarms = float(flagged[benign].mean()) if benign.any() else 0.0
        points.append([float(cut), right / int(flagged.sum()), right / int(truth.sum()), false_alarms])
    return points


def suggest(category: str, points: Sequence[Sequence[float]]) -> float:
    """The lowest threshold that is precise enough and keeps false alarms low; 1.0 where none does."""
    allowed = _FALSE_ALARMS.get(category, _FALSE_ALARMS_ELSE)
    return min(
        (
            threshold
            for threshold, precision, _, false_alarms in points
            if precision >= _PRECISION_NEEDED and false_alarms <= allowed
        ),
        default=1.0,
    )
