"""Daily series, and how much an estimate made from one varies: people, rooms, and what days have in common."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from moderation.campaigns.regression import Array, Fitted
from moderation.trends.intervals import two_way

_DAYS_A_WAVE: Final = 10
"""Days that each wave stands for: the quickest one takes 20 days to come again."""
FEWEST_WAVES: Final = 4
_LEAST_REST: Final = 0.1
"""However large a group's share, its variance is not put right beyond ten times."""


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


def variance_of(days: Days, design: Array, fitted: Fitted, *, control: bool) -> tuple[float, float]:
    """Variance of the first coefficient, and its degrees of freedom.

    By author and room, as far as groups are known; and what all groups have in common from day to day:
    the long-run variance of their sum, less what the groups bring to it one by one. A group with a large
    share of the messages pulls the fit towards itself; its part is put right by the root of what is left
    (bias-reduced linearisation, CR2).

    Source:
        S. B. Thompson, "Simple formulas for standard errors that cluster by both firm and time",
        J. Financial Economics 99 (2011); R. M. Bell, D. F. McCaffrey, "Bias reduction in standard errors
        for linear regression with multi-stage samples", Survey Methodology 28 (2002).

    Args:
        days: The series.
        design: A row a day.
        fitted: What was fitted to the days' hits, or to the campaign's share of both sides' hits.
        control: Whether it is the share.
    """
    other = days.control if control and days.control is not None else None
    left = days.hits - (fitted.mean if other is None else fitted.mean * (days.hits + other))
    slow = slow_waves(design, fitted)
    waves = float(len(slow))
    common = float(np.mean((slow @ left) ** 2))
    hits, messages, control_by = days.hits_by, days.messages_by, days.control_by
    if hits is None or messages is None or (other is not None and control_by is None):
        return common, waves
    if other is None or control_by is None:
        by = hits - fitted.mean * messages / np.maximum(messages[0].sum(axis=0), 1.0)
    else:
        by = hits - fitted.mean * (hits + control_by)
    pull = design @ fitted.bread[0]
    wrote = messages.sum(axis=-1)
    rest = np.maximum(1 - wrote / wrote[0].sum(), _LEAST_REST)
    spread = two_way(by @ pull / np.sqrt(rest), floor=float(pull**2 @ days.hits))
    clustered, freedom = float(spread.variance), float(spread.freedom)
    authors, rooms, pairs = np.mean((by @ slow.T) ** 2, axis=-1).sum(axis=-1)
    shared = max(0.0, common - float(authors + rooms - pairs))
    total = clustered + shared
    return total, total**2 / (clustered**2 / freedom + shared**2 / waves)


def slow_waves(design: Array, fitted: Fitted) -> Array:
    """Slow waves that nothing fitted can follow: each one's square shows how much the first coefficient varies.

    Neighbouring days are alike, so a sum over many days varies more than single days let one think; how
    much, slow waves within the series show. Plain cosines would show too little of it: the level and
    weekdays that were fitted took a part of them away. These are the cosines less that part, and so see
    what was left as if nothing had been fitted. With as many degrees of freedom as there are waves, t and
    not the normal distribution gives the interval.

    Source:
        Y. Sun, X. Wang, "An asymptotically F-distributed Chow test in the presence of heteroscedasticity
        and autocorrelation", Econometric Reviews 41 (2022), for one shift; E. Lazarus, D. J. Lewis,
        J. H. Stock, M. W. Watson, "HAR inference: recommendations for practice", J. Business & Economic
        Statistics 36 (2018), for cosines. Their number was chosen by simulation: docs/statistics.md.

    Returns:
        A row a wave, to be multiplied with what the fit left of each day's hits.
    """
    length, columns = design.shape
    root = np.sqrt(fitted.weight)
    number = max(FEWEST_WAVES, length // _DAYS_A_WAVE)
    at = (np.arange(length) + 0.5) / length
    cosines = np.cos(np.pi * np.outer(at, np.arange(1, number + 1)))
    apart, _ = np.linalg.qr(np.column_stack([design * root[:, None], cosines]))
    found: Array = np.sqrt(fitted.bread[0, 0]) * apart[:, columns:].T / root
    return found
