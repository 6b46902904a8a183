"""Figures: the raw sums of two periods, as storage reads them and a report is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from moderation.trends.days import Period
from moderation.trends.moments import NOTHING, Denominators, Hits


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
    holds: int
    blocks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMoments:
    """Sums over the rooms of one room category, of both periods."""

    base: Denominators = NOTHING
    hits: Mapping[str, Hits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything a report is made from.

    Attributes:
        service: Whose messages.
        period: The days asked for; ``period.before`` is what they are compared with.
        today: The day in Japan it is now; today's counts are not complete.
        hours: Counts of the period by UTC hour and category.
        base: Sums over authors of both periods.
        hits: The same by category, ``all`` for any category.
        rooms: Sums over rooms by room category.
        room_count: Distinct rooms in the period.
        facts: Counts of the period by (kind, category, value).
        facts_before: The same for the period before.
        versions: What the period was counted with, and the one before.
        gaps: What was not counted in the period.
    """

    service: str
    period: Period
    today: date
    hours: tuple[HourCount, ...]
    base: Denominators
    hits: Mapping[str, Hits]
    rooms: Mapping[str, RoomMoments]
    room_count: int
    facts: Mapping[tuple[str, str, str], int]
    facts_before: Mapping[tuple[str, str, str], int]
    versions: frozenset[CountedWith]
    versions_before: frozenset[CountedWith]
    gaps: tuple[Gap, ...]
