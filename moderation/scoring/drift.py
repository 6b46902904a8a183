"""Drift: do scores and flag rates of a day differ from those of the days before?

Two figures a category. The **population stability index** compares the distribution of scores with that of the 28
days before, for the same classifier: ``sum((a - b) * ln(a / b))`` over ten bins of score, ``a`` and ``b`` being
the shares of the day and of the days before. The usual reading: below 0.1 nothing, 0.1 to 0.25 look, above act.

The **flag ratio** is the day's flag rate over the usual one (geometric mean of the days before), with an interval
that a day like those before stays within: days differ from each other by more than chance.

Source:
    N. Siddiqi, "Credit Risk Scorecards" (2006), chapter 10, for index and reading; B. Yurdakul and J. Naranjo,
    "Statistical properties of the population stability index", J. Risk Model Validation 14 (2020): without a change
    the index is distributed as ``(1/n + 1/m)`` times chi-squared with ``bins - 1`` degrees of freedom.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Final

from scipy import special

EDGES: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8)
"""Scores at which bins meet. Kept with each day: never change one, or the days before cannot be compared."""
BINS: Final = len(EDGES) + 1
REFERENCE_DAYS: Final = 28

PSI_ALARM: Final = 0.2
FLAG_ALARM: Final = 1.5
"""A flag rate this many times the usual one, or less than its inverse."""
_SURE: Final = 0.999
"""How sure an alarm must be that it is no chance: a dozen figures a day and service are looked at."""
_SHOWN: Final = 0.95
_FEWEST_MESSAGES: Final = 200
_FEWEST_BEFORE: Final = 1000
_FEWEST_DAYS: Final = 7
_FEWEST_FLAGS: Final = 20
_HALF: Final = 0.5
"""Half a message: what stands where none was counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One category of one service on one day. None: too little to tell.

    Attributes:
        psi: Population stability index.
        flag_ratio: Flag rate over the usual one.
        flag_low: Lower end of its 95 % interval.
        flag_high: Upper end.
        alarm: Either is both large and no chance.
    """

    category: str
    psi: float | None
    flag_ratio: float | None
    flag_low: float | None
    flag_high: float | None
    alarm: bool


def bin_of(score: float) -> int:
    """Which bin a score falls in, 0 to BINS - 1."""
    return bisect_right(EDGES, score)


def drift_of(
    category: str,
    *,
    day: Sequence[int],
    before: Sequence[int],
    flags: tuple[int, int],
    flags_before: Sequence[tuple[int, int]],
) -> Drift:
    """Both figures of one category.

    Args:
        category: Which.
        day: Messages of the day in each bin.
        before: Messages of the days before in each bin, scored by the same classifier.
        flags: Flagged messages of the day, and messages.
        flags_before: The same for each of the days before.
    """
    index = psi(day, before)
    change = flag_change(flags, flags_before)
    ratio, low, high, sure = change or (None, None, None, False)
    large = ratio is not None and max(ratio, 1 / ratio) >= FLAG_ALARM
    shifted = index is not None and index >= max(PSI_ALARM, psi_by_chance(sum(day), sum(before)))
    return Drift(
        category=category,
        psi=index,
        flag_ratio=ratio,
        flag_low=low,
        flag_high=high,
        alarm=shifted or (large and sure),
    )


def psi(day: Sequence[int], before: Sequence[int]) -> float | None:
    """Population stability index; None below 200 messages of the day or 1,000 before."""
    if sum(day) < _FEWEST_MESSAGES or sum(before) < _FEWEST_BEFORE:
        return None
    # So that no bin is empty: the same share in each bin of both, half a message of the smaller one.
    spare = _HALF / min(sum(day), sum(before))
    here, there = _shares(day, spare), _shares(before, spare)
    return sum((a - b) * log(a / b) for a, b in zip(here, there, strict=True))


def psi_by_chance(day: int, before: int) -> float:
    """What the index stays below in 999 of 1,000 days without a change."""
    return float(special.chdtri(BINS - 1, 1 - _SURE)) * (1 / day + 1 / before)


def flag_change(
    day: tuple[int, int], before: Sequence[tuple[int, int]]
) -> tuple[float, float, float, bool] | None:
    """Ratio of the flag rates, its 95 % interval, and whether it is surely another rate.

    None below seven days before with messages, or twenty flagged messages in all. The interval is that of
    prediction for one more day, on the logarithm: Student's t with the days' own variance, and the day's
    further variance where it has fewer flags than they had.
    """
    known = [(hits, messages) for hits, messages in before if messages]
    flagged = day[0] + sum(hits for hits, _ in known)
    if len(known) < _FEWEST_DAYS or not day[1] or flagged < _FEWEST_FLAGS:
        return None
    logs = [_log_rate(*one) for one in known]
    mean = sum(logs) / len(logs)
    variance = sum((one - mean) ** 2 for one in logs) / (len(logs) - 1)
    noise = 1 / (day[0] + _HALF) - sum(1 / (hits + _HALF) for hits, _ in known) / len(known)
    error = sqrt(variance * (1 + 1 / len(logs)) + max(0.0, noise))
    change = _log_rate(*day) - mean
    shown, sure = (
        float(special.stdtrit(len(logs) - 1, (1 + level) / 2)) * error for level in (_SHOWN, _SURE)
    )
    return exp(change), exp(change - shown), exp(change + shown), abs(change) > sure


def _log_rate(hits: int, messages: int) -> float:
    return log((hits + _HALF) / (messages + _HALF))


def _shares(counts: Sequence[int], spare: float) -> list[float]:
    total = sum(counts)
    return [(count / total + spare) / (1 + spare * len(counts)) for count in counts]
