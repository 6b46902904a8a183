"""The shapes of a trend report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from moderation.taxonomy import Category
from moderation.trends.compare import Comparison
from moderation.trends.count import ALL
from moderation.trends.days import Period
from moderation.trends.figures import CountedWith, Gap
from moderation.trends.intervals import Interval

PER = 1_000
"""Rates are given per 1,000 messages, or per 1,000 active viewers."""
MOST_LOST = 0.2
"""A day that lost more than this share of its messages has no rate: what is left may be a part
of the day that is not like the rest."""
FEWEST_AN_HOUR = 10
"""Messages from which an hour of the week is drawn."""
NAMES = (ALL, *(category.value for category in Category))


class DayState(StrEnum):
    """How much of a day was counted."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    RUNNING = "running"
    GAP = "gap"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Hits per 1,000 of something, with its 95 % interval (None: cannot tell)."""

    value: float
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A proportion of people's decisions, 0 to 1, with its 95 % interval (Wilson's)."""

    part: int
    whole: int
    interval: Interval

    @property
    def value(self) -> float:
        """The proportion."""
        return self.part / self.whole


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryTrend:
    """One category, or ``all`` for messages that reached any.

    Attributes:
        hits: Messages that reached it.
        holds: Of those, held for a person.
        blocks: Of those, refused at once.
        hit_authors: Distinct authors of the hits.
        per_messages: Hits per 1,000 messages; None without messages.
        per_viewers: Hits per 1,000 active viewers (distinct authors in the period).
        before: Hits per 1,000 messages in the period before.
        comparison: The one against the other.
        weekdays: Against the same weekdays earlier; the same where the period is whole weeks.
        upheld: Share of the decisions about it that found a violation; None without any.
    """

    category: str
    hits: int
    holds: int
    blocks: int
    hit_authors: int
    per_messages: Rate | None
    per_viewers: Rate | None
    hits_before: int
    before: float | None
    comparison: Comparison
    weekdays: Comparison
    upheld: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTrend:
    """One category among new or old accounts, or in an age band; clustered by author."""

    part: str
    category: str
    messages: int
    hits: int
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class HourOfWeek:
    """One hour of one weekday in Japan (0 is Monday), over all weeks of the period.

    ``rates`` by category, per 1,000 messages; None where nothing was counted, or too much was lost.
    """

    weekday: int
    hour: int
    messages: int
    rates: Mapping[str, float] | None

    @property
    def enough(self) -> bool:
        """Whether its rates are worth drawing: below that one message makes the worst hour of a week."""
        return self.messages >= FEWEST_AN_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day in Japan; ``hits`` by category.

    Attributes:
        lost: Messages that were scored but not counted.
    """

    day: date
    state: DayState
    messages: int
    lost: int
    hits: Mapping[str, int]

    def rate(self, category: str) -> float | None:
        """Hits per 1,000 messages; None where the day has no rate, which is not zero."""
        if self.state in (DayState.GAP, DayState.EMPTY):
            return None
        return PER * self.hits.get(category, 0) / self.messages


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomTrend:
    """One category in the rooms of one kind; the interval allows for clustering by room."""

    room_category: str
    category: str
    rooms: int
    messages: int
    hits: int
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What can be said about a period.

    Attributes:
        viewers: Distinct authors that wrote in the period.
        viewers_error: Relative standard error of ``viewers``; 0 where everybody was counted.
        weekdays: The same weekdays earlier, that categories are compared with as well.
        hours_streamed: Hours of streams that ended in the period; None where no end was told.
        decisions: By outcome; a decision counts once.
        actions: By action.
        reports: By reason.
        versions: What the messages of both periods were counted with.
        versions_changed: There was more than one; then no change can be told.
    """

    service: str
    period: Period
    messages: int
    messages_before: int
    viewers: int
    viewers_before: int
    viewers_error: float
    rooms: int
    hours_streamed: float | None
    weekdays: Period
    source: str
    categories: tuple[CategoryTrend, ...]
    days: tuple[Day, ...]
    by_room: tuple[RoomTrend, ...]
    by_account: tuple[PartTrend, ...]
    by_age: tuple[PartTrend, ...]
    hours: tuple[HourOfWeek, ...]
    decisions: Mapping[str, int]
    actions: Mapping[str, int]
    reports: Mapping[str, int]
    reports_before: Mapping[str, int]
    versions: tuple[CountedWith, ...]
    versions_changed: bool
    gaps: tuple[Gap, ...]

    def category(self, name: str) -> CategoryTrend:
        """One of the categories."""
        return next(trend for trend in self.categories if trend.category == name)
