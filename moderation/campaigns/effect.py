"""A campaign's effect: every estimate, what speaks against it, and one verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from moderation.campaigns.timeseries import Estimate, against_control, level, placebo, trend_before
from moderation.campaigns.variance import Days
from moderation.trends.days import Period
from moderation.trends.intervals import Ratio

LEAST_BEFORE = 14
LEAST_AFTER = 7
"""Days without which nothing is said: a week has to be seen whole, and its likeness before."""
LEAST_HITS = 30
"""Hits before, and expected after, below which a few people decide everything."""
_TREND_P = 0.05
_AGREE_P = 0.4
"""Two-sided: one-sided, a fifth. What the control says need not be sure by itself, but has to point there."""
_PLACEBO_SHARE = 0.25
_PLACEBO_LEAST = 2


class Verdict(StrEnum):
    """What can be said."""

    LESS = "less"
    MORE = "more"
    UNCLEAR = "unclear"


class Reason(StrEnum):
    """Why the verdict is what it is, and what has to be known beside it."""

    NOT_PUBLISHED = "not_published"
    TOO_EARLY = "too_early"
    TOO_SHORT_BEFORE = "too_short_before"
    NOT_MEASURED = "not_measured"
    REPINNED = "repinned"
    TOO_FEW_HITS = "too_few_hits"
    WITHIN_CHANCE = "within_chance"
    TREND_BEFORE = "trend_before"
    CONTROL_DISAGREES = "control_disagrees"
    PLACEBO = "placebo"
    BEYOND_CHANCE = "beyond_chance"
    CONTROL_AGREES = "control_agrees"
    NO_CONTROL = "no_control"
    CONTROL_TREND = "control_trend"
    OVERLAP = "overlap"
    GAPS = "gaps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What an effect is estimated from.

    Attributes:
        before, after: Whole days on both sides of the day of publication, which is left out.
        source: The measurement model; None where no one model counted both sides.
        days: Daily counts; the control is other categories in the same rooms.
        rooms: The same days with the same categories in rooms the campaign was not made for.
        readers: Readers' hits, with everybody else's as control.
        ratio: Of the two periods' rates, by author and room.
        before_rate, after_rate: Hits per message.
        gaps: Days left out, since too much was not counted.
        others: Titles of other campaigns about the same things, published near the window.
        problem: Why nothing can be estimated.
    """

    before: Period | None = None
    after: Period | None = None
    source: str | None = None
    days: Days | None = None
    rooms: Days | None = None
    readers: Days | None = None
    ratio: Ratio | None = None
    before_rate: float | None = None
    after_rate: float | None = None
    gaps: int = 0
    others: tuple[str, ...] = ()
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The estimates and the verdict.

    Attributes:
        level: Interrupted time series; the one the verdict stands on.
        with_trend: The same with slopes before and after.
        trend: The factor a week before the publication.
        control, rooms, readers: Difference-in-differences against other categories, rooms that were
            not addressed, and people who did not read it.
        placebo: (day's number, estimate) of dates on which nothing was published.
    """

    series: Series
    verdict: Verdict
    reasons: tuple[Reason, ...]
    level: Estimate | None = None
    with_trend: Estimate | None = None
    trend: Estimate | None = None
    control: Estimate | None = None
    control_trend: Estimate | None = None
    rooms: Estimate | None = None
    readers: Estimate | None = None
    placebo: tuple[tuple[int, Estimate], ...] = ()


def effect(series: Series) -> Effect:
    """Estimate, doubt, and decide.

    The verdict is that of the interrupted time series; it is withheld where the rate was moving before
    and a model with that movement does not see the change, where what the campaign does not speak of
    does not point the same way, or where dates without an article look like it.
    """
    days = series.days
    if series.problem is not None or days is None:
        reason = series.problem or Reason.NOT_MEASURED
        return Effect(series=series, verdict=Verdict.UNCLEAR, reasons=(reason, *_beside(series)))
    found = Effect(
        series=series,
        verdict=Verdict.UNCLEAR,
        reasons=(),
        level=level(days),
        with_trend=level(days, trend=True),
        trend=trend_before(days),
        control=against_control(days),
        control_trend=trend_before(days, control=True),
        rooms=None if series.rooms is None else against_control(series.rooms),
        readers=None if series.readers is None else against_control(series.readers),
        placebo=tuple(placebo(days)),
    )
    verdict, reasons = _decide(found, days)
    return Effect(
        series=series,
        verdict=verdict,
        reasons=(*reasons, *_beside(series)),
        level=found.level,
        with_trend=found.with_trend,
        trend=found.trend,
        control=found.control,
        control_trend=found.control_trend,
        rooms=found.rooms,
        readers=found.readers,
        placebo=found.placebo,
    )


def _beside(series: Series) -> tuple[Reason, ...]:
    found = []
    if series.gaps:
        found.append(Reason.GAPS)
    if series.others:
        found.append(Reason.OVERLAP)
    return tuple(found)


def _decide(found: Effect, days: Days) -> tuple[Verdict, Sequence[Reason]]:
    main = found.level
    before = float(days.hits[~days.after].sum())
    if main is None or _expected_after(days) < LEAST_HITS or before < LEAST_HITS:
        return Verdict.UNCLEAR, [Reason.TOO_FEW_HITS]
    if not main.told:
        return Verdict.UNCLEAR, [Reason.WITHIN_CHANCE]
    against: list[Reason] = []
    beside: list[Reason] = [Reason.BEYOND_CHANCE]
    if found.trend is not None and found.trend.p_value < _TREND_P and not _same(found.with_trend, main):
        against.append(Reason.TREND_BEFORE)
    controls = [one for one in (found.rooms, found.control) if one is not None]
    if not controls:
        beside.append(Reason.NO_CONTROL)
    elif found.control_trend is not None and found.control_trend.p_value < _TREND_P:
        beside.append(Reason.CONTROL_TREND)
    elif all(_points(one, main) for one in controls):
        beside.append(Reason.CONTROL_AGREES)
    else:
        against.append(Reason.CONTROL_DISAGREES)
    false_alarms = sum(estimate.told for _, estimate in found.placebo)
    if false_alarms >= _PLACEBO_LEAST and false_alarms > _PLACEBO_SHARE * len(found.placebo):
        against.append(Reason.PLACEBO)
    if against:
        return Verdict.UNCLEAR, against
    return (Verdict.LESS if main.ratio < 1 else Verdict.MORE), beside


def _expected_after(days: Days) -> float:
    """Hits after the publication if nothing had changed."""
    before = days.hits[~days.after].sum() / max(days.expected[~days.after].sum(), 1e-9)
    return float(before * days.expected[days.after].sum())


def _same(other: Estimate | None, main: Estimate) -> bool:
    """Whether another estimate tells the same change by itself."""
    return other is not None and other.told and (other.ratio < 1) == (main.ratio < 1)


def _points(other: Estimate, main: Estimate) -> bool:
    return (other.ratio < 1) == (main.ratio < 1) and other.p_value < _AGREE_P


def usable_days(days: Days) -> tuple[int, int]:
    """How many days there are before and after."""
    return int(np.count_nonzero(~days.after)), int(np.count_nonzero(days.after))
