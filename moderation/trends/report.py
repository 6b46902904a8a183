"""The trend report: every figure with its denominator, its interval and what it was counted with."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

import numpy as np

from moderation.trends.compare import Comparison, compare
from moderation.trends.count import ALL
from moderation.trends.days import JST, hour_of, jst_day_of
from moderation.trends.facts import ACTION, DECISION, REPORT, STREAM
from moderation.trends.figures import BEFORE, NOW, WEEKDAYS, Figures
from moderation.trends.groups import ACCOUNTS, AGE, KIND
from moderation.trends.intervals import (
    NORMAL,
    Interval,
    one_way,
    per_author_interval,
    rate_interval,
    wilson,
)
from moderation.trends.shapes import (
    MOST_LOST,
    NAMES,
    PER,
    CategoryTrend,
    Day,
    DayState,
    HourOfWeek,
    PartTrend,
    Rate,
    Report,
    RoomTrend,
    Share,
)


def report(figures: Figures) -> Report:
    """Make the report of some figures. Pure: the same figures give the same report."""
    now, before, weekdays = figures.versions
    versions = now | before
    messages = [int(of_period[0].sum()) for of_period in figures.groups.messages]
    authors = {
        name: figures.people.hit.get(name, 0) + figures.people_before.hit.get(name, 0) for name in NAMES
    }
    comparisons = compare(figures.groups, authors, NAMES, to=BEFORE, versions_changed=len(versions) > 1)
    earlier = compare(figures.groups, authors, NAMES, to=WEEKDAYS, versions_changed=len(now | weekdays) > 1)
    streamed = _of(figures.facts, STREAM).get("seconds")
    return Report(
        service=figures.service,
        period=figures.period,
        messages=messages[NOW],
        messages_before=messages[BEFORE],
        viewers=figures.people.wrote,
        viewers_before=figures.people_before.wrote,
        viewers_error=figures.people.error,
        rooms=figures.rooms,
        hours_streamed=None if streamed is None else streamed / 3600,
        weekdays=figures.period.weekdays_before,
        source=figures.source,
        categories=tuple(_trend(figures, name, messages, comparisons[name], earlier[name]) for name in NAMES),
        days=_days(figures),
        by_room=_by_room(figures),
        by_account=_by_part(figures, ACCOUNTS),
        by_age=_by_part(figures, AGE),
        hours=hours_of_week(figures),
        decisions=_of(figures.facts, DECISION),
        actions=_of(figures.facts, ACTION),
        reports=_of(figures.facts, REPORT),
        reports_before=_of(figures.facts_before, REPORT),
        versions=tuple(sorted(versions)),
        versions_changed=len(versions) > 1,
        gaps=figures.gaps,
    )


def _trend(
    figures: Figures, name: str, messages: list[int], comparison: Comparison, weekdays: Comparison
) -> CategoryTrend:
    of_period = figures.groups.of(name)
    now, base, wrote = of_period[NOW], figures.groups.messages[NOW], figures.people.wrote
    hits = int(now[0].sum())
    before = int(of_period[BEFORE][0].sum())
    days = [day for day in figures.days if day.category == name]
    per_messages = per_viewers = None
    if messages[NOW]:
        per_messages = _rate(hits / messages[NOW], rate_interval(now, base, authors=wrote))
    if wrote:
        per_viewers = _rate(hits / wrote, per_author_interval(now, authors=wrote))
    return CategoryTrend(
        category=name,
        hits=hits,
        holds=sum(day.holds for day in days),
        blocks=sum(day.blocks for day in days),
        hit_authors=figures.people.hit.get(name, 0),
        per_messages=per_messages,
        per_viewers=per_viewers,
        hits_before=before,
        before=PER * before / messages[BEFORE] if messages[BEFORE] else None,
        comparison=comparison,
        weekdays=weekdays,
        upheld=_upheld(figures.facts, name),
    )


def _rate(value: float, interval: Interval | None) -> Rate:
    return Rate(value=PER * value, interval=None if interval is None else interval.times(PER))


def _upheld(facts: Mapping[tuple[str, str, str], int], name: str) -> Share | None:
    """Decisions that found a violation, of those that found one or none."""
    part = facts.get((DECISION, name, "violation"), 0)
    whole = part + facts.get((DECISION, name, "no_violation"), 0)
    if part < 0 or whole < 1 or part > whole:  # undone ones may outnumber the period's own
        return None
    return Share(part=part, whole=whole, interval=wilson(part / whole, whole, NORMAL))


def _days(figures: Figures) -> tuple[Day, ...]:
    messages: dict[date, int] = defaultdict(int)
    hits: dict[date, dict[str, int]] = defaultdict(dict)
    for one in figures.days:
        if one.category == ALL:
            messages[one.day] = one.messages
        hits[one.day][one.category] = one.hits
    lost: dict[date, int] = defaultdict(int)
    for gap in figures.gaps:
        lost[jst_day_of(gap.started_at)] += gap.messages
    return tuple(
        Day(
            day=day,
            state=_state(messages[day], lost[day], running=day >= figures.today),
            messages=messages[day],
            lost=lost[day],
            hits=hits[day],
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
            room_category=trend.part,
            category=trend.category,
            rooms=figures.rooms_of_kind.get(trend.part, 0),
            messages=trend.messages,
            hits=trend.hits,
            rate=trend.rate,
        )
        for trend in _by_part(figures, KIND, figures.rooms_of_kind)
    )


def _by_part(
    figures: Figures, prefix: str, members: Mapping[str, int] | None = None
) -> tuple[PartTrend, ...]:
    """Categories that were hit in each part of a kind, the largest part first."""
    parts = {
        segment.removeprefix(prefix): part
        for segment, part in figures.parts.items()
        if segment.startswith(prefix)
    }
    found = []
    for name, part in sorted(parts.items(), key=lambda item: (-item[1].messages.sum(), item[0])):
        messages = int(part.messages.sum())
        base = one_way(part.messages)
        # How many authors a part has is not known; where nothing was hit, its groups stand for them.
        seen = np.count_nonzero(part.messages) if members is None else members.get(name, 0)
        for category in NAMES:
            hits = part.hits.get(category)
            if category == ALL or (hits is not None and hits.any()):
                of_part = one_way(np.zeros_like(part.messages) if hits is None else hits)
                interval = rate_interval(of_part, base, authors=int(seen))
                total = int(of_part.sum())
                found.append(
                    PartTrend(
                        part=name,
                        category=category,
                        messages=messages,
                        hits=total,
                        rate=_rate(total / messages, interval),
                    )
                )
    return tuple(found)


def hours_of_week(figures: Figures) -> tuple[HourOfWeek, ...]:
    """All 168 hours of a week, Monday's midnight first. An hour that lost too much is left out."""
    lost: dict[datetime, int] = defaultdict(int)
    for gap in figures.gaps:
        lost[hour_of(gap.started_at)] += gap.messages
    counted = {one.hour: one.messages for one in figures.hours if one.category == ALL}
    sums: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    messages: dict[tuple[int, int], int] = defaultdict(int)
    for hour, of_hour in groupby(figures.hours, key=attrgetter("hour")):
        if lost[hour] > MOST_LOST * (counted.get(hour, 0) + lost[hour]):
            continue
        at = hour.astimezone(JST)
        place = (at.weekday(), at.hour)
        for one in of_hour:
            sums[place][one.category] += one.hits
            if one.category == ALL:
                messages[place] += one.messages
    return tuple(
        HourOfWeek(
            weekday=weekday,
            hour=hour,
            messages=messages[weekday, hour],
            rates={name: PER * hits / messages[weekday, hour] for name, hits in sums[weekday, hour].items()}
            if messages[weekday, hour]
            else None,
        )
        for weekday in range(7)
        for hour in range(24)
    )


def _of(facts: Mapping[tuple[str, str, str], int], kind: str) -> dict[str, int]:
    """Counts by value; decisions and actions under ``all``, so that each counts once."""
    found = {
        value: count
        for (of_kind, category, value), count in facts.items()
        if of_kind == kind and (kind == REPORT or category == ALL)
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
