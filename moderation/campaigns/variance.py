"""Daily series, and how much an estimate made from one varies: people, rooms, and what days have in common."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from moderation.trends.intervals import two_way

Array = NDArray[np.float64]

_DAYS_A_COSINE: Final = 6
"""Days that each cosine of the long-run variance stands for: likeness beyond two weeks is not seen."""
FEWEST_COSINES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A daily series.

    Attributes:
        number: Each day's number, counted from the publication's day (which is 0 and left out).
        weekday: 0 is Monday.
        hits: Messages that reached the campaign's categories.
        expected: How many the day's messages would have brought at the usual rates, up to a factor.
        control: Hits of what the campaign does not speak of; None where there is no such thing.
        control_expected: The same for them.
        hits_by: Hits by kind of random group (author, room, pair), group and day; None where the
            groups of the audience are not known.
        messages_by, control_by: The same for messages and for the control's hits.
    """

    number: NDArray[np.int64]
    weekday: NDArray[np.int64]
    hits: Array
    expected: Array
    control: Array | None = None
    control_expected: Array | None = None
    hits_by: Array | None = None
    messages_by: Array | None = None
    control_by: Array | None = None

    @property
    def after(self) -> NDArray[np.bool_]:
        """Which days lie after the publication."""
        return self.number > 0

    def only(self, chosen: NDArray[np.bool_]) -> "Days":
        """Some of the days."""

        def cut(values: Array | None) -> Array | None:
            return None if values is None else values[..., chosen]

        return Days(
            number=self.number[chosen],
            weekday=self.weekday[chosen],
            hits=self.hits[chosen],
            expected=self.expected[chosen],
            control=cut(self.control),
            control_expected=cut(self.control_expected),
            hits_by=cut(self.hits_by),
            messages_by=cut(self.messages_by),
            control_by=cut(self.control_by),
        )


def variance_of(
    days: Days, pull: Array, share: Array, parameters: int, *, control: bool
) -> tuple[float, float]:
    """Variance of a coefficient, and its degrees of freedom.

    By author and room, as far as groups are known; and what all groups have in common from day to day:
    the long-run variance of their sum, less what the groups bring to it one by one.

    Source:
        S. B. Thompson, "Simple formulas for standard errors that cluster by both firm and time",
        J. Financial Economics 99 (2011).

    Args:
        days: The series.
        pull: How far a hit more on each day moves the coefficient.
        share: What was expected, a day's hits, or the campaign's share of both sides' hits.
        parameters: How many were fitted.
        control: Whether it is the campaign's share of both sides' hits that was fitted.
    """
    other = days.control if control and days.control is not None else None
    left = days.hits - (share if other is None else share * (days.hits + other))
    common, waves = long_run_variance(pull * left, parameters)
    hits, messages, control_by = days.hits_by, days.messages_by, days.control_by
    if hits is None or messages is None or (other is not None and control_by is None):
        return float(common), waves
    if other is None or control_by is None:
        with np.errstate(divide="ignore", invalid="ignore"):
            by = hits - np.nan_to_num(share * messages / messages[0].sum(axis=0))
    else:
        by = hits - share * (hits + control_by)
    by = by * pull
    wrote = messages.sum(axis=-1)
    spread = two_way(by.sum(axis=-1), share=wrote / wrote[0].sum(), floor=float(np.sum(pull**2 * days.hits)))
    clustered, freedom = float(spread.variance), float(spread.freedom)
    one_by_one = long_run_variance(by, parameters)[0].sum(axis=-1)
    shared = max(0.0, float(common - (one_by_one[0] + one_by_one[1] - one_by_one[2])))
    total = clustered + shared
    return total, total**2 / (clustered**2 / freedom + shared**2 / waves)


def long_run_variance(influence: Array, parameters: int) -> tuple[Array, float]:
    """Variance of the sum (over the last axis) of a series whose neighbours are alike, and its freedom.

    Equal-weighted cosine estimator: the series' own slow waves show how much sums of it vary; with as
    many degrees of freedom as there are waves, t and not the normal distribution gives the interval.

    Source:
        E. Lazarus, D. J. Lewis, J. H. Stock, M. W. Watson, "HAR inference: recommendations for
        practice", J. Business & Economic Statistics 36 (2018). The number of waves was chosen by
        simulation: docs/statistics.md.
    """
    length = influence.shape[-1]
    waves = max(FEWEST_COSINES, length // _DAYS_A_COSINE)
    at = (np.arange(length) + 0.5) / length
    cosines = np.cos(np.pi * np.outer(np.arange(1, waves + 1), at))
    parts = influence @ cosines.T
    small = length / max(length - parameters, 1)
    return 2 * np.mean(parts**2, axis=-1) * small, float(waves)
