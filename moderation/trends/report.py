"""The trend report: every figure with its denominator, its interval and what it was counted with."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from moderation.taxonomy import Category
from moderation.trends.compare import Comparison, compare
from moderation.trends.count import ALL
from moderation.trends.days import Period, jst_day_of
from moderation.trends.facts import ACTION, DECISION, REPORT
from moderation.trends.figures import CountedWith, Figures, Gap
from moderation.trends.intervals import Interval, per_cluster_interval, rate_interval
from moderation.trends.moments import Denominators, Hits

PER = 1_000
"""Rates are given per 1,000 messages, or per 1,000 active viewers."""
MOST_LOST = 0.2
"""A day that lost more than this share of its messages has no rate: what is left may be a part
of the day that is not like the rest."""
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
    rooms: int
    categories: tuple[CategoryTrend, ...]
    days: tuple[Day, ...]
    by_room: tuple[RoomTrend, ...]
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


def report(figures: Figures) -> Report:
    """Make the report of some figures. Pure: the same figures give the same report."""
    versions = figures.versions | figures.versions_before
    by_category = {name: figures.hits.get(name, Hits()) for name in NAMES}
    comparisons = compare(by_category, figures.base, versions_changed=len(versions) > 1)
    return Report(
        service=figures.service,
        period=figures.period,
        messages=figures.base.m1,
        messages_before=figures.base.m2,
        viewers=figures.base.clusters_1,
        viewers_before=figures.base.clusters_2,
        rooms=figures.room_count,
        categories=tuple(_trend(figures, name, by_category[name], comparisons[name]) for name in NAMES),
        days=_days(figures),
        by_room=_by_room(figures),
        decisions=_of(figures.facts, DECISION),
        actions=_of(figures.facts, ACTION),
        reports=_of(figures.facts, REPORT),
        reports_before=_of(figures.facts_before, REPORT),
        versions=tuple(sorted(versions)),
        versions_changed=len(versions) > 1,
        gaps=figures.gaps,
    )


def _trend(figures: Figures, name: str, hits: Hits, comparison: Comparison) -> CategoryTrend:
    base = figures.base
    hours = [hour for hour in figures.hours if hour.category == name]
    per_messages = per_viewers = None
    if base.m1:
        per_messages = _rate(hits, base)
        spread = per_cluster_interval(hits, base)
        per_viewers = Rate(
            value=PER * hits.h1 / base.clusters_1, interval=None if spread is None else spread.times(PER)
        )
    return CategoryTrend(
        category=name,
        hits=hits.h1,
        holds=sum(hour.holds for hour in hours),
        blocks=sum(hour.blocks for hour in hours),
        hit_authors=hits.clusters_1,
        per_messages=per_messages,
        per_viewers=per_viewers,
        hits_before=hits.h2,
        before=PER * hits.h2 / base.m2 if base.m2 else None,
        comparison=comparison,
    )


def _rate(hits: Hits, base: Denominators) -> Rate:
    interval = rate_interval(hits, base)
    return Rate(value=PER * hits.h1 / base.m1, interval=None if interval is None else interval.times(PER))


def _days(figures: Figures) -> tuple[Day, ...]:
    messages: dict[date, int] = defaultdict(int)
    hits: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lost: dict[date, int] = defaultdict(int)
    for hour in figures.hours:
        day = jst_day_of(hour.hour)
        if hour.category == ALL:
            messages[day] += hour.messages
        hits[day][hour.category] += hour.hits
    for gap in figures.gaps:
        lost[jst_day_of(gap.started_at)] += gap.messages
    return tuple(
        Day(
            day=day,
            state=_state(messages[day], lost[day], running=day >= figures.today),
            messages=messages[day],
            lost=lost[day],
            hits=dict(hits[day]),
        )
        for day in figures.period.days()
    )


def _state(messages: int, lost: int, *, running: bool) -> DayState:
    if lost > MOST_LOST * (messages + lost):
        return DayState.GAP
    if messages == 0:
        return DayState.EMPTY
    if running:
        return DayState.RUNNING
    return DayState.PARTIAL if lost else DayState.COMPLETE


def _by_room(figures: Figures) -> tuple[RoomTrend, ...]:
    return tuple(
        RoomTrend(
            room_category=room_category,
            category=name,
            rooms=moments.base.clusters_1,
            messages=moments.base.m1,
            hits=hits.h1,
            rate=_rate(hits, moments.base),
        )
        for room_category, moments in sorted(figures.rooms.items(), key=lambda item: -item[1].base.m1)
        for name in NAMES
        if (hits := moments.hits.get(name, Hits())).h1 or name == ALL
    )


def _of(facts: Mapping[tuple[str, str, str], int], kind: str) -> dict[str, int]:
    """Counts by value; decisions and actions under ``all``, so that each counts once."""
    found = {
        value: count
        for (of_kind, category, value), count in facts.items()
        if of_kind == kind and (kind == REPORT or category == ALL)
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
