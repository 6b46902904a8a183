"""Alarm: trouble that is rising now, hour by hour, against what this hour of the week usually brings.

An hour is held against the same hour of the day (and the ones beside it) on days of the same kind, working days
or the others, in the four weeks before. Hits come in bunches, so their spread is a negative binomial's whose
dispersion the past hours give; an alarm is an hour that such a past would bring less than once in ten thousand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation.taxonomy import Category
from moderation.trends.days import JST

LOOK_BACK = timedelta(days=28)
P_VALUE = 1e-4
FEWEST_HITS = 10
LEAST_RATIO = 2.0
"""Fewer hits, or less than twice the usual, trouble nobody."""
FEWEST_HOURS = 14
"""Past hours that are needed to say what is usual."""
QUIET_FOR = timedelta(hours=6)
"""A category is not called out again within this, unless it doubled since."""
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HourOf:
    """Messages and hits of one category in one hour (its start)."""

    hour: datetime
    messages: int
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One category that rises.

    Attributes:
        expected: Hits that the hour would usually bring, for as many messages.
        p_value: Chance of so many hits or more if nothing had changed.
    """

    category: Category
    hour: datetime
    messages: int
    hits: int
    expected: float
    p_value: float

    @property
    def ratio(self) -> float:
        """How many times the usual."""
        return self.hits / self.expected


def alarm(category: Category, now: HourOf, past: Iterable[HourOf]) -> Alarm | None:
    """Whether an hour is out of line; None where it is not, or where it cannot be told.

    Args:
        category: Which.
        now: The hour that just ended.
        past: Hours before it; those that are comparable are picked out.
    """
    alike = [one for one in past if _alike(one.hour, now.hour) and one.messages]
    messages, hits = sum(one.messages for one in alike), sum(one.hits for one in alike)
    if len(alike) < FEWEST_HOURS or not now.messages or now.hits < FEWEST_HITS:
        return None
    # Half a hit more: where nothing was seen, nothing is not what must be expected.
    rate = (hits + 0.5) / messages
    expected = now.messages * rate
    if now.hits < LEAST_RATIO * expected:
        return None
    p_value = _chance(now.hits, expected, _dispersion(alike, rate))
    if p_value > P_VALUE:
        return None
    return Alarm(
        category=category,
        hour=now.hour,
        messages=now.messages,
        hits=now.hits,
        expected=expected,
        p_value=p_value,
    )


def _alike(hour: datetime, now: datetime) -> bool:
    there, here = hour.astimezone(JST), now.astimezone(JST)
    apart = (there.hour - here.hour) % 24
    return (
        timedelta(0) < now - hour <= LOOK_BACK
        and min(apart, 24 - apart) <= 1
        and (there.weekday() >= _SATURDAY) == (here.weekday() >= _SATURDAY)
    )


def _dispersion(past: Sequence[HourOf], rate: float) -> float:
    """Squared coefficient of variation of the rate between hours, by moments; 0 for independent hits."""
    means = [one.messages * rate for one in past]
    excess = sum((one.hits - mean) ** 2 - mean for one, mean in zip(past, means, strict=True))
    return max(0.0, excess / sum(mean**2 for mean in means))


def _chance(hits: int, expected: float, dispersion: float) -> float:
    from scipy.stats import nbinom, poisson  # noqa: PLC0415 -- half a second at the start of every process

    if dispersion == 0:
        return float(poisson.sf(hits - 1, expected))
    size = 1 / dispersion
    return float(nbinom.sf(hits - 1, size, size / (size + expected)))


def worth_telling(found: Alarm, last: Mapping[Category, tuple[datetime, int]]) -> bool:
    """Whether to call it out, given the hour and hits of what was called out last."""
    before = last.get(found.category)
    return before is None or found.hour - before[0] >= QUIET_FOR or found.hits >= 2 * before[1]
