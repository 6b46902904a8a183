"""Moments: sums over clusters (authors, or rooms) that rates and their intervals are made from.

Messages of one author are not independent of each other, nor are those of one room. So a cluster,
not a message, is what was drawn; ``h`` is a cluster's hits and ``m`` its messages, 1 in the period
and 2 in the one before it. Sums of squares and products are enough for every interval here, so the
database adds them up and no list of authors ever leaves it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Denominators:
    """Sums over the clusters that wrote anything in either period."""

    clusters: int
    clusters_1: int
    clusters_2: int
    m1: int
    m2: int
    m1m1: int
    m2m2: int
    m1m2: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Sums over the clusters that were hit in either period, for one category."""

    clusters_1: int = 0
    clusters_2: int = 0
    h1: int = 0
    h2: int = 0
    h1h1: int = 0
    h2h2: int = 0
    h1h2: int = 0
    h1m1: int = 0
    h2m2: int = 0
    h1m2: int = 0
    h2m1: int = 0


NOTHING = Denominators(clusters=0, clusters_1=0, clusters_2=0, m1=0, m2=0, m1m1=0, m2m2=0, m1m2=0)


def squares_1(hits: Hits, base: Denominators) -> float:
    """Sum of (h - R m)² over the clusters of the period, R its rate; what the variance is made of."""
    rate = hits.h1 / base.m1
    return max(0.0, hits.h1h1 - 2 * rate * hits.h1m1 + rate**2 * base.m1m1)


def squares_2(hits: Hits, base: Denominators) -> float:
    """The same for the period before."""
    rate = hits.h2 / base.m2
    return max(0.0, hits.h2h2 - 2 * rate * hits.h2m2 + rate**2 * base.m2m2)


def products(hits: Hits, base: Denominators) -> float:
    """Sum of (h1 - R1 m1)(h2 - R2 m2): the same authors wrote in both periods."""
    rate_1, rate_2 = hits.h1 / base.m1, hits.h2 / base.m2
    return hits.h1h2 - rate_2 * hits.h1m2 - rate_1 * hits.h2m1 + rate_1 * rate_2 * base.m1m2
