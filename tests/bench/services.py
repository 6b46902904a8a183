"""Simulated services, whose truth is known: what statistics are measured on.

Authors come and go (most for days, a few for months), write much or little, well or badly, in rooms of
their own; rooms differ in size and manners. Traffic has weekdays, grows, and is busy or quiet for days on
end; so is the temper of everybody, and of each category. Raids bring strangers to one room. No two
messages are independent here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moderation.campaigns.variance import Days
from moderation.trends.groups import GROUPS

Array = NDArray[Any]

WEEK = np.array([0.90, 0.90, 0.92, 0.95, 1.05, 1.25, 1.20])
"""Traffic by weekday, Monday first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """How a service is.

    Attributes:
        per_day: Messages a day at the start.
        rate: Of the category that is looked at, per message.
        control: Rate of everything else that is harmful.
        growth: Of traffic, a week.
        temper: Standard deviation of the category's daily rate (logarithm); ``mood`` that of both alike.
        likeness: Correlation of one day with the next, of both and of traffic.
        raids: A day; each brings some eight strangers who write three messages, a quarter of them bad.
        gamma: Shape of how badly authors write: 0.5 is very unequal.
        rooms: How many; their sizes follow a power law.
    """

    per_day: float = 5_000
    rate: float = 0.01
    control: float = 0.04
    growth: float = 0.01
    temper: float = 0.06
    mood: float = 0.05
    likeness: float = 0.4
    raids: float = 0.3
    gamma: float = 0.5
    rooms: int = 100


RAIDERS, RAID_MESSAGES, RAID_RATE = 8.0, 3.0, 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One simulated service.

    Attributes:
        hits, messages, control: By kind of random group, group and day.
        true_rate: What the rate was expected to be on each day, raids included.
        others: Hits of further categories, without raids.
    """

    hits: Array
    messages: Array
    control: Array
    true_rate: Array
    traffic: Array
    others: tuple[Array, ...] = ()

    def days(self, publication: int) -> Days:
        """As the estimators take it; the day of publication is left out."""
        number = np.arange(self.hits.shape[-1]) - publication
        kept = number != 0
        total = self.messages[0].sum(axis=0)[kept].astype(float)
        return Days(
            number=number[kept],
            weekday=np.arange(len(number))[kept] % 7,
            hits=self.hits[0].sum(axis=0)[kept],
            expected=total,
            control=self.control[0].sum(axis=0)[kept],
            control_expected=total,
            hits_by=self.hits[..., kept],
            messages_by=self.messages[..., kept],
            control_by=self.control[..., kept],
        )

    def period(self, first: int, last: int) -> tuple[Array, Array, float]:
        """Hits and messages by kind and group over some days, and the rate that was to be expected."""
        cut = slice(first, last)
        truth = float(np.average(self.true_rate[cut], weights=self.traffic[cut]))
        return self.hits[..., cut].sum(axis=-1), self.messages[..., cut].sum(axis=-1), truth


def alike(dice: np.random.Generator, days: int, spread: float, likeness: float) -> Array:
    """A series of days that are like their neighbours (AR(1)), with a standard deviation."""
    found = np.empty(days)
    found[0] = dice.normal() * spread
    steps = dice.normal(size=days) * spread * np.sqrt(1 - likeness**2)
    for day in range(1, days):
        found[day] = likeness * found[day - 1] + steps[day]
    return found


def service(
    dice: np.random.Generator,
    model: Model,
    days: int,
    *,
    effect: float = 1.0,
    since: int | None = None,
    others: Sequence[tuple[float, float]] = (),
) -> Service:
    """Simulate some days; from day ``since`` on the category's rate is ``effect`` times what it was.

    ``others`` are further categories: (rate, factor from day ``since`` on), on the same messages.
    """
    day = np.arange(days)
    traffic = model.per_day * WEEK[day % 7] * (1 + model.growth) ** (day / 7)
    traffic *= np.exp(alike(dice, days, 0.12, 0.5))
    mood = alike(dice, days, model.mood, model.likeness)
    temper = np.exp(
        mood + alike(dice, days, model.temper, model.likeness) - (model.temper**2 + model.mood**2) / 2
    )
    other = np.exp(
        mood + alike(dice, days, model.temper, model.likeness) - (model.temper**2 + model.mood**2) / 2
    )
    if since is not None:
        temper[since:] *= effect
    author, when, weight, authors = _activity(dice, model, days)
    on_day = np.bincount(when, weights=weight, minlength=days)
    sizes = dice.pareto(1.5, model.rooms) + 0.5
    room = dice.choice(model.rooms, size=authors, p=sizes / sizes.sum())
    said = dice.poisson(weight * (traffic / np.maximum(on_day, 1e-9))[when])
    each = np.repeat(np.arange(len(author)), said)
    later = np.arange(days) >= (days if since is None else since)
    by_day = [model.rate * temper, model.control * other]
    by_day += [rate * np.where(later, factor, 1.0) for rate, factor in others]
    bad = [_bad(dice, each, _manners(dice, model, authors, room)[author] * rate[when]) for rate in by_day]
    cells = [
        group[author] * days + when
        for group in (
            dice.integers(0, GROUPS, authors),
            dice.integers(0, GROUPS, model.rooms)[room],
            dice.integers(0, GROUPS, authors),  # an author has one room, so a pair is an author here
        )
    ]
    messages = _by_group(cells, days, said.astype(float))
    hits, control, *further = (_by_group([cell[which] for cell in cells], days) for which in bad)
    _raid(dice, model, hits, messages)
    raided = model.raids * RAIDERS * RAID_MESSAGES
    truth = (model.rate * temper * traffic + raided * RAID_RATE) / (traffic + raided)
    return Service(
        hits=hits,
        messages=messages,
        control=control,
        true_rate=truth,
        traffic=traffic + raided,
        others=tuple(further),
    )


def _bad(dice: np.random.Generator, each: Array, chance: Array) -> Array:
    """Whose and which day's messages are bad, once a message: ``each`` names them, with a chance for each name."""
    found: Array = each[dice.random(len(each), dtype=np.float32) < chance.astype(np.float32)[each]]
    return found


def _by_group(cells: list[Array], days: int, counts: Array | None = None) -> Array:
    """Sums by kind of group, group and day."""
    return np.stack(
        [
            np.bincount(cell, weights=counts, minlength=GROUPS * days).reshape(GROUPS, days).astype(float)
            for cell in cells
        ]
    )


def _activity(dice: np.random.Generator, model: Model, days: int) -> tuple[Array, Array, Array, int]:
    """(author, day, how much) of everybody who writes on a day; some four messages each on the average."""
    wanted = model.per_day * days / 4
    regulars = 0.08
    stay = 0.5 * (regulars * 120 + (1 - regulars) * 8) + 1
    authors = int(wanted / stay * (days + 60) / days) + 50
    length = np.where(
        dice.random(authors) < regulars, dice.geometric(1 / 120, authors), dice.geometric(1 / 8, authors)
    )
    start = dice.integers(-60, days, authors)
    visits = 1 + dice.binomial(length, 0.5)
    author = np.repeat(np.arange(authors), visits)
    when = start[author] + (dice.random(len(author)) * length[author]).astype(int)
    inside = (when >= 0) & (when < days)
    much = np.minimum(dice.pareto(1.5, authors) + 1, 50.0)
    return author[inside], when[inside], much[author[inside]], authors


def _manners(dice: np.random.Generator, model: Model, authors: int, room: Array) -> Array:
    """How much worse than others each author writes; 1 on the average."""
    own = dice.gamma(model.gamma, 1 / model.gamma, authors)
    return own * dice.gamma(8.0, 1 / 8.0, model.rooms)[room]


def _raid(dice: np.random.Generator, model: Model, hits: Array, messages: Array) -> None:
    days = hits.shape[-1]
    for day in np.repeat(np.arange(days), dice.poisson(model.raids, days)):
        strangers = dice.geometric(1 / RAIDERS)
        wrote = dice.poisson(RAID_MESSAGES, strangers)
        bad = dice.binomial(wrote, RAID_RATE)
        room = np.full(strangers, dice.integers(0, GROUPS))
        for kind, group in enumerate(
            (dice.integers(0, GROUPS, strangers), room, dice.integers(0, GROUPS, strangers))
        ):
            np.add.at(hits[kind, :, day], group, bad)
            np.add.at(messages[kind, :, day], group, wrote)
