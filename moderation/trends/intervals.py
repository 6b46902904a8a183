"""Intervals that allow for clustering by author and by room: 95 %, two-sided.

Messages of one author are alike, and so are those of one room. What was drawn is authors and rooms, not
messages. All of it is made from sums over random groups (``trends.groups``): ``h`` are a group's hits and
``m`` its messages, 1 in the period and 2 in the one it is compared with. Arrays end in two axes: the three
kinds of groups (authors, rooms, pairs of both), and the groups; what stands before them is worked on at once.
"""

from dataclasses import dataclass
from math import exp, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

LEVEL: Final = 0.95
_TAIL: Final = (1 + LEVEL) / 2
NORMAL: Final = float(special.ndtri(_TAIL))
"""Quantile of the normal distribution for the level: 1.96."""
_LEAST_FREEDOM: Final = 3.0
_LEAST_REST: Final = 0.1
"""However large a group's share, its part is not put right beyond ten times."""
_AUTHORS, _ROOMS, _PAIRS = range(3)
FEWEST_GROUPS: Final = 2
"""Below this many groups with messages nothing can be said about how they differ."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Lower and upper bound."""

    low: float
    high: float

    def times(self, factor: float) -> "Interval":
        """In another unit."""
        return Interval(self.low * factor, self.high * factor)


def wilson(p: float, n: float, width: float) -> Interval:
    """Interval of a proportion of independent things; ``width`` may be a t instead of a z.

    Source:
        E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
        JASA 22 (1927), 209-212.

    >>> found = wilson(0.03, 100, 1.959963984540054)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0103, 0.0845)
    """
    scale = 1 + width**2 / n
    centre = (p + width**2 / (2 * n)) / scale
    spread = width * sqrt(p * (1 - p) / n + width**2 / (4 * n**2)) / scale
    # At 0 and 1 the bound is the proportion itself; rounding would leave 1e-16 of it.
    low = 0.0 if p == 0 else max(0.0, centre - spread)
    return Interval(low, 1.0 if p == 1 else min(1.0, centre + spread))


@dataclass(frozen=True, slots=True)
class Spread:
    """A variance, and how many degrees of freedom it rests on."""

    variance: Array
    freedom: Array

    @property
    def quantile(self) -> Array:
        """Student's t for the level (1.96 where there are many degrees of freedom)."""
        return np.asarray(special.stdtrit(self.freedom, _TAIL))


def two_way(parts: Array, *, share: Array | None = None, floor: Array | float = 0.0) -> Spread:
    """Variance of the sum of all parts, where parts of one author are alike, and parts of one room.

    ``parts`` are each group's contribution to an estimate, so they sum to nothing. The variance by
    author plus that by room, less that by pairs, which both hold; never below ``floor``, that of
    independent messages.

    A group with a large ``share`` of the messages pulls the estimate towards itself, so its part looks
    smaller than it is; where shares are given, parts are put right to what leaving the group out would
    show (the jackknife's, CR3 in the source). A variance is itself estimated, and the worse the fewer
    groups bear it: degrees of freedom by Satterthwaite's rule, 2 V² / var(V), with var(V) from the
    parts' own fourth powers. All of it was chosen by simulation: docs/statistics.md.

    Source:
        A. C. Cameron, J. B. Gelbach, D. L. Miller, "Robust inference with multiway clustering",
        J. Business & Economic Statistics 29 (2011); R. M. Bell, D. F. McCaffrey, "Bias reduction in
        standard errors for linear regression with multi-stage samples", Survey Methodology 28 (2002);
        F. E. Satterthwaite, Biometrics Bulletin 2 (1946).
    """
    if share is not None:
        parts = parts / np.maximum(1 - share, _LEAST_REST)
    groups = np.maximum(np.count_nonzero(parts, axis=-1), FEWEST_GROUPS)
    squares = np.sum(parts**2, axis=-1)
    fourths = np.sum(parts**4, axis=-1)
    each = squares * groups / (groups - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = 2 * squares**2 / (fourths - squares**2 / groups)
    freedom = np.where(np.isfinite(freedom) & (freedom > 0), freedom, groups - 1.0)
    freedom = np.clip(freedom, _LEAST_FREEDOM, np.maximum(groups - 1.0, _LEAST_FREEDOM))
    authors, rooms, pairs = each[..., _AUTHORS], each[..., _ROOMS], each[..., _PAIRS]
    worse = np.where(authors >= rooms, freedom[..., _AUTHORS], freedom[..., _ROOMS])
    return Spread(np.maximum(authors + rooms - pairs, floor), worse)


def one_way(groups: Array) -> Array:
    """Groups of one kind only, as the functions here take them: nobody is in a group of the other kinds."""
    nothing = np.zeros_like(groups)
    return np.stack([groups, nothing, nothing], axis=-2)


def rates(h: Array, m: Array) -> tuple[Array, Array, Array]:
    """Hits per message, with the bounds of their interval; NaN where nothing was hit.

    Symmetric on the scale of logarithms.
    """
    hits, messages = h[..., _AUTHORS, :].sum(-1), m[..., _AUTHORS, :].sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = hits / messages
        spread = two_way(
            (h - rate[..., None, None] * m) / hits[..., None, None],
            share=m / messages[..., None, None],
            floor=(1 - rate) / hits,
        )
        width = spread.quantile * np.sqrt(spread.variance)
        return rate, rate * np.exp(-width), np.minimum(1.0, rate * np.exp(width))


def rate_interval(h: Array, m: Array, *, authors: int) -> Interval | None:
    """Interval of the hits per message of one period; None where it cannot be told.

    Args:
        h: Hits by kind and group.
        m: Messages likewise.
        authors: How many wrote. Where nothing was hit nobody knows how alike an author's messages
            are, and an author counts as one message.
    """
    if np.count_nonzero(m[_AUTHORS]) < FEWEST_GROUPS or authors < FEWEST_GROUPS:
        return None
    if not h[_AUTHORS].any():
        return wilson(0.0, authors, float(special.stdtrit(authors - 1.0, _TAIL)))
    _, low, high = rates(h, m)
    return Interval(float(low), float(high))


def per_author_interval(h: Array, *, authors: int) -> Interval | None:
    """Interval of the hits per active author of one period; None where it cannot be told.

    Authors were shared out evenly, so each group stands for as many of them.
    """
    of_group = h[_AUTHORS]
    if authors < FEWEST_GROUPS:
        return None
    hits = float(of_group.sum())
    if hits == 0:
        return wilson(0.0, authors, float(special.stdtrit(authors - 1.0, _TAIL)))
    groups = min(len(of_group), authors)
    parts = one_way(of_group / hits - 1 / groups * (np.arange(len(of_group)) < groups))
    spread = two_way(parts, floor=1 / hits)
    width = float(spread.quantile * np.sqrt(spread.variance))
    mean = hits / authors
    return Interval(mean * exp(-width), mean * exp(width))


@dataclass(frozen=True, slots=True)
class Ratios:
    """Logarithm of rate ratios with their standard error, t and p; NaN where there is none."""

    log: Array
    error: Array
    quantile: Array
    p: Array


def ratios(h1: Array, m1: Array, h2: Array, m2: Array) -> Ratios:
    """Compare two periods in which the same authors and rooms may appear.

    Linearisation of the logarithm of the ratio, with each group's part in both periods together, so
    that what an author always does cancels out. A group with a large share of a period's messages pulls
    that period's rate towards itself; its part is put right by the square root of what the others have (CR2).

    Source:
        Delta method with cluster-robust variance; K. M. Wolter, "Introduction to Variance
        Estimation" (2007), section 6; for CR2 see ``two_way``.
    """
    hits_1, hits_2 = h1[..., _AUTHORS, :].sum(-1), h2[..., _AUTHORS, :].sum(-1)
    rate_1, rate_2 = hits_1 / m1[..., _AUTHORS, :].sum(-1), hits_2 / m2[..., _AUTHORS, :].sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = _log_rate_parts(h1, m1) - _log_rate_parts(h2, m2)
        spread = two_way(parts, floor=(1 - rate_1) / hits_1 + (1 - rate_2) / hits_2)
        estimate = np.log(rate_1 / rate_2)
        error = np.sqrt(spread.variance)
        p = 2 * special.stdtr(spread.freedom, -np.abs(estimate) / error)
    return Ratios(estimate, error, spread.quantile, p)


def _log_rate_parts(h: Array, m: Array) -> Array:
    """Each group's part in the logarithm of a rate."""
    hits, messages = h[..., _AUTHORS, :].sum(-1), m[..., _AUTHORS, :].sum(-1)
    parts = (h - (hits / messages)[..., None, None] * m) / hits[..., None, None]
    rest: Array = np.maximum(1 - m / messages[..., None, None], _LEAST_REST)
    return np.asarray(parts / np.sqrt(rest))


def difference_p(h1: Array, m1: Array, h2: Array, m2: Array) -> float:
    """Two-sided p of "both rates are the same", where one of them is 0 and a ratio has no logarithm."""
    messages_1, messages_2 = m1[_AUTHORS].sum(), m2[_AUTHORS].sum()
    rate_1, rate_2 = h1[_AUTHORS].sum() / messages_1, h2[_AUTHORS].sum() / messages_2
    parts = (h1 - rate_1 * m1) / messages_1 - (h2 - rate_2 * m2) / messages_2
    spread = two_way(parts, floor=rate_1 / messages_1 + rate_2 / messages_2)
    return float(2 * special.stdtr(spread.freedom, -abs(rate_1 - rate_2) / np.sqrt(spread.variance)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How the rate of the period compares with the other one's.

    Attributes:
        value: Rate ratio, 1 is no change; None where the other rate was 0.
        interval: Of the ratio; None where either rate was 0.
        p_value: Two-sided, of "no change"; None where it cannot be computed.
    """

    value: float | None
    interval: Interval | None
    p_value: float | None


UNKNOWN: Final = Ratio(value=None, interval=None, p_value=None)


def rate_ratio(h1: Array, m1: Array, h2: Array, m2: Array) -> Ratio:
    """Compare one category's rate in two periods, by kind and group."""
    hits_1, hits_2 = h1[_AUTHORS].sum(), h2[_AUTHORS].sum()
    written = min(np.count_nonzero(m1[_AUTHORS]), np.count_nonzero(m2[_AUTHORS]))
    if written < FEWEST_GROUPS or hits_1 + hits_2 == 0:
        return UNKNOWN
    if min(hits_1, hits_2) == 0:
        value = 0.0 if hits_2 > 0 else None
        return Ratio(value=value, interval=None, p_value=difference_p(h1, m1, h2, m2))
    found = ratios(h1, m1, h2, m2)
    width = float(found.quantile * found.error)
    value = exp(float(found.log))
    return Ratio(
        value=value, interval=Interval(value * exp(-width), value * exp(width)), p_value=float(found.p)
    )
