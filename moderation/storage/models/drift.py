"""Scores of a day by bin, flags of each day, and the drift found. No text, and no person, is kept."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from moderation.scoring.drift import BINS, Drift, bin_of
from moderation.storage import bulk
from moderation.storage.tables.archive import messages, trend_buckets
from moderation.storage.tables.models import score_days, score_drift
from moderation.trends.count import ALL, LIVE
from moderation.trends.days import Period, jst_day, jst_day_of

SLICE = timedelta(minutes=5)
MOST_A_SLICE = 100
"""Messages looked at in each five minutes: up to 28,800 a day, evenly over it."""
_LOOKED_AT = "-"
"""Stands in for a model in the row that says a day was looked at."""

Bins = Mapping[tuple[str, str], Sequence[int]]
"""Messages by bin, for each (model version, category)."""
Flags = Mapping[str, Mapping[date, tuple[int, int]]]
"""For each category and day the flagged messages, and all messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDrift:
    """What was found for one service on one day."""

    service: str
    day: date
    model_version: str
    figures: Sequence[Drift]

    @property
    def alarms(self) -> list[Drift]:
        """Those that somebody should look at."""
        return [one for one in self.figures if one.alarm]


def count_scores(archive: Connection, *, service: str, day: date) -> Bins:
    """Scores of a sample of one day's messages, by bin."""
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * BINS)
    start, end = jst_day(day)
    while start < end:
        rows = archive.execute(
            select(messages.c.model_version, messages.c.category_scores)
            .where(
                messages.c.service_id == service,
                messages.c.counted_at >= start,
                messages.c.counted_at < start + SLICE,
            )
            .order_by(messages.c.counted_at)
            .limit(MOST_A_SLICE)
        )
        for version, scores in rows:
            for category, score in scores.items():
                found[version, category][bin_of(score)] += 1
        start += SLICE
    return found


def count_flags(archive: Connection, *, service: str, period: Period) -> Flags:
    """Flagged messages of each day: all of them, out of the trend buckets."""
    rows = archive.execute(
        select(
            trend_buckets.c.hour,
            trend_buckets.c.category,
            func.sum(trend_buckets.c.messages),
            func.sum(trend_buckets.c.hits),
        )
        .where(
            trend_buckets.c.service_id == service,
            trend_buckets.c.source == LIVE,
            trend_buckets.c.hour >= period.start,
            trend_buckets.c.hour < period.end,
        )
        .group_by(trend_buckets.c.hour, trend_buckets.c.category)
    ).all()
    every: Counter[date] = Counter()
    hits: defaultdict[str, Counter[date]] = defaultdict(Counter)
    for hour, category, counted, hit in rows:
        if category == ALL:
            every[jst_day_of(hour)] += int(counted)
        hits[category][jst_day_of(hour)] += int(hit)
    return {
        category: {day: (counted[day], total) for day, total in every.items()}
        for category, counted in hits.items()
    }


def services_of(archive: Connection, day: date) -> list[str]:
    """Services that had messages on a day."""
    start, end = jst_day(day)
    rows = archive.execute(
        select(trend_buckets.c.service_id)
        .where(trend_buckets.c.hour >= start, trend_buckets.c.hour < end, trend_buckets.c.source == LIVE)
        .distinct()
        .order_by(trend_buckets.c.service_id)
    )
    return list(rows.scalars())


def days_looked_at(connection: Connection, *, service: str, period: Period) -> set[date]:
    """Days whose scores are counted already."""
    rows = connection.execute(
        select(score_days.c.day).where(
            score_days.c.service_id == service,
            score_days.c.model_version == _LOOKED_AT,
            score_days.c.day.between(period.first, period.last),
        )
    )
    return set(rows.scalars())


def keep_scores(connection: Connection, *, service: str, day: date, bins: Bins) -> None:
    """Keep a day's scores by bin; a second time they are replaced."""
    rows = [
        {
            "service_id": service,
            "day": day,
            "model_version": version,
            "category": category,
            "bins": list(counts),
        }
        for (version, category), counts in sorted({**bins, (_LOOKED_AT, ALL): []}.items())
    ]
    bulk.write(
        connection,
        score_days,
        rows,
        lambda statement: statement.on_conflict_do_update(
            index_elements=list(score_days.primary_key), set_={"bins": statement.excluded.bins}
        ),
    )


def read_scores(connection: Connection, *, service: str, period: Period) -> Bins:
    """Scores by bin, summed over days."""
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * BINS)
    rows = connection.execute(
        select(score_days.c.model_version, score_days.c.category, score_days.c.bins).where(
            score_days.c.service_id == service,
            score_days.c.model_version != _LOOKED_AT,
            score_days.c.day.between(period.first, period.last),
        )
    )
    for version, category, bins in rows:
        total = found[version, category]
        for at, count in enumerate(bins):
            total[at] += count
    return found


def save(connection: Connection, found: DayDrift) -> None:
    """Keep what was found; a second time it is replaced."""
    rows = [
        {
            "service_id": found.service,
            "day": found.day,
            "category": one.category,
            "model_version": found.model_version,
            "psi": one.psi,
            "flag_ratio": one.flag_ratio,
            "flag_low": one.flag_low,
            "flag_high": one.flag_high,
            "alarm": one.alarm,
        }
        for one in sorted(found.figures, key=lambda one: one.category)
    ]
    if rows:
        changed = [column.name for column in score_drift.columns if not column.primary_key]
        bulk.write(
            connection,
            score_drift,
            rows,
            lambda statement: statement.on_conflict_do_update(
                index_elements=list(score_drift.primary_key),
                set_={name: statement.excluded[name] for name in changed},
            ),
        )


def is_saved(connection: Connection, *, service: str, day: date) -> bool:
    """Whether a day's drift is known."""
    known = select(score_drift.c.day).where(score_drift.c.service_id == service, score_drift.c.day == day)
    return connection.execute(known.limit(1)).one_or_none() is not None


def latest(connection: Connection, *, now: datetime) -> list[DayDrift]:
    """The last day that was looked at of each service, within a week."""
    since = jst_day_of(now) - timedelta(days=7)
    rows = connection.execute(
        select(score_drift)
        .where(score_drift.c.day >= since)
        .order_by(score_drift.c.service_id, score_drift.c.day.desc(), score_drift.c.category)
    ).all()
    newest: dict[str, date] = {}
    for row in rows:
        newest.setdefault(row.service_id, row.day)
    return [
        DayDrift(
            service=service,
            day=day,
            model_version=next(r.model_version for r in rows if (r.service_id, r.day) == (service, day)),
            figures=[
                Drift(
                    category=row.category,
                    psi=row.psi,
                    flag_ratio=row.flag_ratio,
                    flag_low=row.flag_low,
                    flag_high=row.flag_high,
                    alarm=row.alarm,
                )
                for row in rows
                if (row.service_id, row.day) == (service, day)
            ],
        )
        for service, day in newest.items()
    ]
