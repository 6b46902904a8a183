"""Planning: how large a change has to be, or how long one has to wait, for an effect to be told."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import exp, log
from typing import Final

import numpy as np
from scipy import special

from moderation.campaigns.timeseries import Estimate, level
from moderation.campaigns.variance import Days

_POWER: Final = 0.80
_TAIL: Final = 0.975
MOST_WEEKS: Final = 52
LEAST_WEEKS: Final = 4
"""Fewer are not promised: who would be promised two or three has mostly an error that came out too small, and
such a promise was kept in 0.53 to 0.74 of the runs only (docs/statistics.md). A report looks at 28 days, too."""
_LEAST_DAYS: Final = 28
"""Days without which nothing is planned."""
_FALLS: Final = 0.35
"""Power of the time that the error falls with: 0.5 for independent days; by simulation, docs/statistics.md."""
_LEAST_HALF: Final = 28
"""Days from which on a half of them is asked too."""
_STEPS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What can be told, judged by the days there are without an article.

    Attributes:
        days: Days that were looked at.
        messages_a_day, hits_a_day: Of these days.
        error: Standard error of the logarithm of a change, with half of these days on each side.
        freedom: Degrees of freedom it rests on.
    """

    days: int
    messages_a_day: float
    hits_a_day: float
    error: float
    freedom: float

    def weeks_for(self, change: float) -> int | None:
        """Weeks before and as many after, until a change is told four times in five.

        Args:
            change: Share by which the rate changes: -0.2 is a fifth less.

        Returns:
            At least ``LEAST_WEEKS``; None where a year is not enough.

        Raises:
            ValueError: ``change`` is 0, or not above -1.
        """
        if change == 0 or change <= -1:
            raise ValueError(f"a change lies above -1 and is not 0, got {change}")
        for weeks in range(LEAST_WEEKS, MOST_WEEKS + 1):
            if self._told_from(weeks, change) <= abs(log(1 + change)):
                return weeks
        return None

    def least_change(self, weeks: int) -> float:
        """The smallest fall (as a negative share) that is told four times in five after some weeks."""
        change = 0.0
        for _ in range(_STEPS):  # the error depends a little on the change itself
            change = exp(-self._told_from(weeks, change)) - 1
        return change

    def messages_for(self, weeks: int) -> int:
        """Messages that so many weeks have."""
        return round(self.messages_a_day * 7 * weeks)

    def _told_from(self, weeks: int, change: float) -> float:
        """Minimum detectable effect on the scale of logarithms: (t for the level + z for the power) × error.

        The error falls with the time, but not as fast as for independent days: who writes at all
        changes too. With fewer hits after the publication it is larger.

        Source:
            H. S. Bloom, "Minimum detectable effects", Evaluation Review 19 (1995).
        """
        sides, length = self.days / 2, 7 * weeks
        level = special.stdtrit(max(3.0, self.freedom * length / sides), _TAIL)
        power = special.ndtri(_POWER)
        # The error is an estimate itself: where it came out too small, too much would be promised.
        unsure = (1 + (level + power) ** 2 / (2 * self.freedom)) ** 0.5
        factor = level + power * unsure
        fewer = ((1 + 1 / (1 + change)) / 2) ** 0.5
        return float(factor * self.error * fewer * (sides / length) ** _FALLS)


class NoPlan(StrEnum):
    """Why nothing can be planned yet."""

    NOT_MEASURED = "not_measured"
    TOO_SHORT_BEFORE = "too_short_before"
    TOO_FEW_HITS = "too_few_hits"


def plan_or_why(found: tuple[Days, float] | None) -> Plan | NoPlan:
    """The plan from what ``gather_before`` found, or why there is none."""
    if found is None:
        return NoPlan.NOT_MEASURED
    days, messages = found
    made = plan(days, messages=messages)
    if made is not None:
        return made
    return NoPlan.TOO_SHORT_BEFORE if len(days.number) < _LEAST_DAYS else NoPlan.TOO_FEW_HITS


def plan(days: Days, *, messages: float) -> Plan | None:
    """What can be told, from days before an article (whole weeks; the newest are used).

    The same estimate is made as for an effect, with the middle as a publication that was none: its
    error is what chance does here, people, rooms and likeness of days included.

    Args:
        days: Days before the publication.
        messages: All messages of these days.

    Returns:
        None where there are fewer than four weeks, or no hits.
    """
    before = days.only(~days.after)
    weeks = len(before.number) // 7 // 2 * 2
    if 7 * weeks < _LEAST_DAYS:
        return None
    chosen = np.zeros(len(before.number), dtype=bool)
    chosen[-7 * weeks :] = True
    share = float(before.expected[chosen].sum() / before.expected.sum())
    used = before.only(chosen)
    error = _error(used)
    if error is None:
        return None
    return Plan(
        days=len(used.number),
        messages_a_day=messages * share / len(used.number),
        hits_a_day=float(used.hits.sum() / len(used.number)),
        error=error[0],
        freedom=error[1],
    )


def _error(days: Days) -> tuple[float, float] | None:
    """Error of a change in the middle of these days, and its degrees of freedom.

    A single estimate of an error is a matter of luck itself, and would promise one service half the time
    and the next one twice of what it needs. So the halves of the days are asked as well, as far as they
    are long enough, and the mean of the variances is taken, each as it would be for as many days.
    """
    found = _in_the_middle(days)
    if found is None:
        return None
    variances = [found.error**2]
    half = len(days.number) // 2
    if half >= _LEAST_HALF:
        first = np.arange(len(days.number)) < half
        halves = [_in_the_middle(days.only(chosen)) for chosen in (first, ~first)]
        variances += [one.error**2 * 0.5 ** (2 * _FALLS) for one in halves if one is not None]
    return float(np.mean(variances)) ** 0.5, found.freedom


def _in_the_middle(days: Days) -> Estimate | None:
    length = len(days.number)
    return level(replace(days, number=np.arange(length) - length // 2 + 1))
