"""Days before and after a publication: estimators that allow for weekdays, hours and autocorrelation.

A day's hits are counted against what its messages would have brought at the usual rates of their hours.
A standard error from independent messages would be far too small, for three reasons: people and rooms keep
their ways for weeks, and come and go (random groups of authors and rooms see that); and something may move
everybody for some days (a long-run variance of what the groups have in common sees that).
"""

from dataclasses import dataclass, replace
from math import exp, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from moderation.campaigns.regression import Array, fit
from moderation.campaigns.variance import FEWEST_WAVES, Days, variance_of
from moderation.trends.intervals import LEVEL, Interval

_TAIL: Final = (1 + LEVEL) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A factor by which the rate changed.

    Attributes:
        ratio: 1 is no change, 0.8 a fifth less.
        interval: 95 %.
        p_value: Two-sided, of "no change".
        error: Standard error of the ratio's logarithm.
        freedom: Degrees of freedom of that.
    """

    ratio: float
    interval: Interval
    p_value: float
    error: float
    freedom: float

    @property
    def told(self) -> bool:
        """Whether "no change" lies outside the interval."""
        return not self.interval.low <= 1 <= self.interval.high


def expected_hits(hits: Array, messages: Array) -> Array:
    """What each day's messages would bring at the usual rate of their hours.

    Indirect standardisation: a day that was busy at night is not taken for a worse one.

    Args:
        hits: By day and hour of the day.
        messages: The same; 0 where an hour was not counted.
    """
    totals = messages.sum(axis=0)
    overall = hits.sum() / max(totals.sum(), 1.0)
    # An hour with few messages is drawn to the whole: its own rate would be mere chance.
    rates = (hits.sum(axis=0) + overall * _SHRINK) / (totals + _SHRINK)
    found: Array = messages @ rates
    return found


_SHRINK: Final = 1_000.0
"""Messages at the overall rate that are added to each hour's own."""


def level(days: Days, *, trend: bool = False) -> Estimate | None:
    """Interrupted time series: how much lower or higher the rate is after the publication.

    A quasi-Poisson regression of a day's hits on a level shift and weekdays; with ``trend`` on a slope
    before and a change of slope after as well, and the shift is that of the middle of the days after.
    None where it cannot be fitted.

    Source:
        J. Lopez Bernal, S. Cummins, A. Gasparrini, "Interrupted time series regression for the
        evaluation of public health interventions", Int. J. Epidemiology 46 (2017).
    """
    after = days.after.astype(float)
    columns = [after]
    if trend:
        middle = float(np.median(days.number[days.after])) if days.after.any() else 0.0
        columns += [days.number - middle, after * (days.number - middle)]
    return _shift(days, columns)


def against_control(days: Days) -> Estimate | None:
    """Difference-in-differences: the shift beyond that of what the campaign does not speak of.

    Given all hits of a day, how many are the campaign's: whatever moves both alike, a busy day or a
    slow drift, cancels out day by day. None where there is nothing to compare with.

    Source:
        A. C. Cameron, P. K. Trivedi, "Regression Analysis of Count Data" (2013), section 9.4
        (conditional fixed effects of two Poisson counts are a logit).
    """
    return None if days.control is None else _shift(days, [days.after.astype(float)], control=True)


def trend_before(days: Days, *, control: bool = False) -> Estimate | None:
    """The factor a week by which the rate moved before the publication; 1 where it did not.

    With ``control``, by which it moved beyond what it is compared with.
    """
    if control and days.control is None:
        return None
    before = days.only(~days.after)
    return _shift(before, [before.number / 7], control=control)


def placebo(days: Days, *, least: int = 14) -> list[tuple[int, Estimate]]:
    """The same question about days on which nothing was published: (day's number, estimate).

    Weekly dates before the publication, with at least ``least`` days on both sides.
    """
    before = days.only(~days.after)
    found = []
    first = int(before.number.min()) if len(before.number) else 0
    for date in range(first + least, -least + 1, 7):
        rest = before.only(before.number != date)
        estimate = level(replace(rest, number=rest.number - date))
        if estimate is not None:
            found.append((date, estimate))
    return found


def _shift(days: Days, columns: list[Array], *, control: bool = False) -> Estimate | None:
    """The first column's coefficient as a factor."""
    design = _design(columns, days.weekday)
    usable = days.expected > 0
    if control and days.control is not None and days.control_expected is not None:
        usable &= (days.control_expected > 0) & (days.hits + days.control > 0)
    days, design = days.only(usable), design[usable]
    if (
        len(days.hits) < design.shape[1] + FEWEST_WAVES
        or not days.hits.any()
        or np.linalg.matrix_rank(design) < design.shape[1]
    ):
        return None
    if control and days.control is not None and days.control_expected is not None:
        totals = days.hits + days.control
        fitted = fit(design, np.log(days.expected / days.control_expected), days.hits, totals)
    else:
        fitted = fit(design, np.log(days.expected), days.hits)
    if fitted is None or not abs(fitted.beta[0]) <= _ABSURD:
        return None
    beta = float(fitted.beta[0])
    variance, freedom = variance_of(days, design, fitted, control=control)
    if not variance > 0:
        return None
    error = sqrt(variance)
    width = float(special.stdtrit(freedom, _TAIL)) * error
    return Estimate(
        ratio=exp(beta),
        interval=Interval(exp(beta - width), exp(beta + width)),
        p_value=float(2 * special.stdtr(freedom, -abs(beta) / error)),
        error=error,
        freedom=freedom,
    )


def _design(columns: list[Array], weekday: NDArray[np.int64]) -> Array:
    """The columns asked for, a constant, and a column a weekday (but the first that appears)."""
    seen = np.unique(weekday)
    weekdays = [(weekday == day).astype(float) for day in seen[1:]]
    return np.column_stack([*columns, np.ones(len(weekday)), *weekdays])


_ABSURD: Final = 10.0
"""A logarithm of a rate ratio beyond this comes from a fit that runs away to nothing."""
