"""Regressions of daily counts: Poisson, and a logit of one count among two."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MOST_STEPS: Final = 50
_CLOSE: Final = 1e-9
"""A step that moves no fitted count by more than this share of the largest is the last."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A regression.

    Attributes:
        beta: A coefficient a column.
        mean: What was expected: a count a day, or the share of the first of two.
        weight: Variance of each day's count, if messages were independent.
        bread: Inverse of the information; its first row says how far a count moves the first coefficient.
    """

    beta: Array
    mean: Array
    weight: Array
    bread: Array


def fit(design: Array, offset: Array, counts: Array, totals: Array | None = None) -> Fitted | None:
    """Fit ``counts`` with a logarithm as link or, out of ``totals``, with a logit; None where nothing fits.

    Iteratively reweighted least squares. Both links are canonical, so the likelihood has one summit.

    Source:
        P. McCullagh, J. A. Nelder, "Generalized Linear Models" (1989), section 2.5.
    """
    if totals is None:
        eta = np.log((counts + counts.mean()) / 2)
    else:
        share = (counts + 0.5) / (totals + 1)
        eta = np.log(share / (1 - share))
    mean, weight = _at(eta, totals)
    for _ in range(_MOST_STEPS):
        observed = mean if totals is None else mean * totals
        with np.errstate(all="ignore"):
            target = eta - offset + (counts - observed) / weight
            weighted = design.T * weight
            try:
                beta = np.linalg.solve(weighted @ design, weighted @ target)
            except np.linalg.LinAlgError:
                return None
            eta = design @ beta + offset
            before, (mean, weight) = mean, _at(eta, totals)
        if not np.isfinite(mean).all():
            return None
        if np.abs(mean - before).max() <= _CLOSE * mean.max():
            break
    try:
        bread = np.asarray(np.linalg.inv((design.T * weight) @ design), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return Fitted(beta, mean, weight, bread)


def _at(eta: Array, totals: Array | None) -> tuple[Array, Array]:
    """Mean and weight."""
    if totals is None:
        mean = np.exp(eta)
        return mean, mean
    share = 1 / (1 + np.exp(-eta))
    return share, totals * share * (1 - share)
