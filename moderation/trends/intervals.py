"""Intervals that allow for clustering: 95 %, two-sided."""

from dataclasses import dataclass
from math import exp, log, sqrt

from scipy import special

from moderation.trends.moments import Denominators, Hits, products, squares_1, squares_2

LEVEL = 0.95
_LEAST_FREEDOM = 2.0
_FEWEST = 2
"""Below this many clusters nothing can be said about how they differ."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Lower and upper bound."""

    low: float
    high: float

    def times(self, factor: float) -> "Interval":
        """In another unit."""
        return Interval(self.low * factor, self.high * factor)


def freedom(clusters: int, hits: int, squares: int) -> float:
    """Degrees of freedom of a clustered variance: how many clusters it really rests on.

    Where few clusters hold nearly all hits, a variance from thousands of clusters is as shaky as
    one from those few: (sum of h)² / (sum of h²) is their number. Checked by simulation
    (docs/trends.md): coverage 88 to 95 % with ``clusters - 1`` becomes 90 to 97 %.
    """
    return max(_LEAST_FREEDOM, min(clusters - 1.0, hits**2 / squares if squares else clusters - 1.0))


def quantile(degrees: float) -> float:
    """Student's t for the level (1.96 where there are many degrees of freedom)."""
    return float(special.stdtrit(degrees, (1 + LEVEL) / 2))


def wilson(p: float, n: float, width: float) -> Interval:
    """Interval of a proportion; ``n`` may be an effective size, ``width`` a t instead of a z.

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


def rate_interval(hits: Hits, base: Denominators) -> Interval | None:
    """Interval of hits per message in the period, with clusters drawn, not messages.

    The cluster-robust variance of a ratio (Taylor linearisation) gives the design effect; Wilson's
    interval at the effective sample size stays sensible for small counts. Where nothing, or
    everything, was hit, the design effect cannot be seen: a cluster then counts as one message.

    Returns:
        Bounds as proportions 0 to 1; None where there are fewer than two clusters.

    Source:
        E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small expected
        number of positive counts estimated from survey data", Survey Methodology 24 (1998);
        N. Dean and M. Pagano, "Evaluating confidence interval methods for binomial proportions in
        clustered surveys", J. Survey Statistics and Methodology 3 (2015).
    """
    groups = base.clusters_1
    if groups < _FEWEST:
        return None
    p = hits.h1 / base.m1
    effective = float(groups)
    if 0 < p < 1:
        variance = groups / (groups - 1) * squares_1(hits, base) / base.m1**2
        simple = p * (1 - p) / base.m1
        effective = base.m1 / max(1.0, variance / simple)
    return wilson(p, effective, quantile(freedom(groups, hits.h1, hits.h1h1)))


def per_cluster_interval(hits: Hits, base: Denominators) -> Interval | None:
    """Interval of hits per cluster (e.g. per active author) in the period; None below two clusters.

    The mean of independent draws: Student's t, cut off at 0. Where nothing was hit the upper bound
    is that of a proportion of clusters.
    """
    groups = base.clusters_1
    if groups < _FEWEST:
        return None
    if hits.h1 == 0:
        return wilson(0.0, groups, quantile(groups - 1))
    mean = hits.h1 / groups
    variance = max(0.0, hits.h1h1 - groups * mean**2) / (groups - 1)
    spread = quantile(freedom(groups, hits.h1, hits.h1h1)) * sqrt(variance / groups)
    return Interval(max(0.0, mean - spread), mean + spread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How the rate of the period compares with the one before.

    Attributes:
        value: Rate ratio, 1 is no change; None where the rate before was 0.
        interval: Of the ratio; None where either rate was 0.
        p_value: Two-sided, of "no change"; None where it cannot be computed.
    """

    value: float | None
    interval: Interval | None
    p_value: float | None


def rate_ratio(hits: Hits, base: Denominators) -> Ratio:
    """Compare two periods in which the same authors may have written.

    Linearisation of the logarithm of the ratio, with each cluster's part in both periods together,
    so that what an author always does cancels out. Where one of the rates is 0 the logarithm does
    not exist; the difference of the rates is tested instead, and no interval of the ratio given.

    Source:
        Delta method with cluster-robust variance; K. M. Wolter, "Introduction to Variance
        Estimation" (2007), section 6.
    """
    if min(base.clusters_1, base.clusters_2) < _FEWEST or hits.h1 + hits.h2 == 0:
        return Ratio(value=None, interval=None, p_value=None)
    both = min(hits.h1, hits.h2) > 0
    scale_1, scale_2 = (hits.h1, hits.h2) if both else (base.m1, base.m2)
    correction = base.clusters / (base.clusters - 1)
    variance = correction * (
        squares_1(hits, base) / scale_1**2
        + squares_2(hits, base) / scale_2**2
        - 2 * products(hits, base) / (scale_1 * scale_2)
    )
    rate_1, rate_2 = hits.h1 / base.m1, hits.h2 / base.m2
    estimate = log(rate_1 / rate_2) if both else rate_1 - rate_2
    value = rate_1 / rate_2 if rate_2 > 0 else None
    if variance <= 0:
        return Ratio(value=value, interval=None, p_value=None)
    error = sqrt(variance)
    degrees = freedom(base.clusters, hits.h1 + hits.h2, hits.h1h1 + 2 * hits.h1h2 + hits.h2h2)
    p_value = float(2 * special.stdtr(degrees, -abs(estimate) / error))
    if not both:
        return Ratio(value=value, interval=None, p_value=p_value)
    spread = quantile(degrees) * error
    return Ratio(
        value=value, interval=Interval(exp(estimate - spread), exp(estimate + spread)), p_value=p_value
    )
