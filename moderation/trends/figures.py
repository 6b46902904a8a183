"""Figures: the raw sums of a period and of those it is compared with, as storage reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np

from moderation.trends.days import Period
from moderation.trends.groups import GROUPS
from moderation.trends.intervals import Array

NOW, BEFORE, WEEKDAYS = range(3)
"""The period, the one before it, and the same weekdays earlier."""


@dataclass(frozen=True, slots=True, order=True)
class CountedWith:
    """The versions that some messages were counted with."""

    model: str
    lexicon: str
    fold: str
    ruleset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Messages that were scored but could not be counted."""

    started_at: datetime
    ended_at: datetime
    why: str
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCount:
    """One hour of one category (or ``all``)."""

    hour: datetime
    category: str
    messages: int
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """One day in Japan of one category (or ``all``)."""

    day: date
    category: str
    messages: int
    hits: int
    holds: int
    blocks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Sums over random groups.

    Attributes:
        messages: By period (``NOW``, ``BEFORE``, ``WEEKDAYS``), kind (author, room, pair) and group.
        hits: The same for each category.
    """

    messages: Array = field(default_factory=lambda: np.zeros((3, 3, GROUPS)))
    hits: Mapping[str, Array] = field(default_factory=dict)

    def of(self, category: str) -> Array:
        """Hits of a category; nothing where it never was."""
        found = self.hits.get(category)
        return np.zeros_like(self.messages) if found is None else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the service in the period: sums over its random groups, of one kind."""

    messages: Array
    hits: Mapping[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Distinct authors of a period.

    Attributes:
        wrote: Everybody who wrote.
        hit: Whose messages reached a category, by category.
        error: Relative standard error: 0 where all were counted; else they were estimated from an
            even sample of all authors, since there are too many to look at.
    """

    wrote: int
    hit: Mapping[str, int]
    error: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything a report is made from.

    Attributes:
        service: Whose messages.
        period: The days asked for; ``period.before`` and ``period.weekdays_before`` are compared with.
        today: The day in Japan it is now; today's counts are not complete.
        source: Counted with what: ``live`` or a measurement model.
        hours: Counts of the period by UTC hour and category.
        days: Counts of the period by day and category.
        groups: Sums over random groups in all three periods.
        parts: New and old accounts, age bands, kinds of rooms, by segment.
        people: Distinct authors of the period, and of the one before.
        rooms: Distinct rooms in the period, and of each kind.
        facts: Counts of the period by (kind, category, value).
        facts_before: The same for the period before.
        versions: What each of the three periods was counted with.
        gaps: What was not counted in the period.
    """

    service: str
    period: Period
    today: date
    source: str
    hours: tuple[HourCount, ...]
    days: tuple[DayCount, ...]
    groups: Groups
    parts: Mapping[str, Part]
    people: People
    people_before: People
    rooms: int
    rooms_of_kind: Mapping[str, int]
    facts: Mapping[tuple[str, str, str], int]
    facts_before: Mapping[tuple[str, str, str], int]
    versions: tuple[frozenset[CountedWith], frozenset[CountedWith], frozenset[CountedWith]]
    gaps: tuple[Gap, ...]
