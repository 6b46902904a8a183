"""Watch for drift: once a day and service, what yesterday's scores and flags were against the weeks before."""

from datetime import date, timedelta

import structlog

from moderation.scoring.drift import BINS, REFERENCE_DAYS, drift_of
from moderation.storage.database import Database
from moderation.storage.models import drift
from moderation.storage.models.drift import DayDrift
from moderation.taxonomy import Category
from moderation.trends.count import ALL
from moderation.trends.days import Period

log = structlog.get_logger(__name__)


def watch(database: Database, day: date) -> bool:
    """Do the next piece of the work for a day, a second at most; True once all of it is done.

    Days before that nobody counted are counted one at a time, the day itself last.
    """
    with database.read_archive() as archive:
        services = drift.services_of(archive, day)
    for service in services:
        with database.read() as connection:
            if drift.is_saved(connection, service=service, day=day):
                continue
            period = Period(first=day - timedelta(days=REFERENCE_DAYS), last=day)
            counted = drift.days_looked_at(connection, service=service, period=period)
        missing = [one for one in period.days() if one not in counted]
        if missing:
            _count(database, service, missing[0])
        else:
            _compare(database, service, day)
        return False
    return True


def _count(database: Database, service: str, day: date) -> None:
    with database.read_archive() as archive:
        bins = drift.count_scores(archive, service=service, day=day)
    with database.write() as unit:
        drift.keep_scores(unit.connection, service=service, day=day, bins=bins)


def _compare(database: Database, service: str, day: date) -> None:
    first = day - timedelta(days=REFERENCE_DAYS)
    before = Period(first=first, last=day - timedelta(days=1))
    with database.read_archive() as archive:
        flags = drift.count_flags(archive, service=service, period=Period(first=first, last=day))
    with database.read() as connection:
        here = drift.read_scores(connection, service=service, period=Period(first=day, last=day))
        there = drift.read_scores(connection, service=service, period=before)
    version = max(here, key=lambda key: (sum(here[key]), key), default=("unknown", ALL))[0]
    messages = {one: total for one, (_, total) in flags.get(ALL, {}).items()}
    nothing = [0] * BINS
    figures = []
    for category in (ALL, *(category.value for category in Category)):
        hits = {one: hit for one, (hit, _) in flags.get(category, {}).items()}
        figures.append(
            drift_of(
                category,
                day=here.get((version, category), nothing),
                before=there.get((version, category), nothing),
                flags=(hits.get(day, 0), messages.get(day, 0)),
                flags_before=[(hits.get(one, 0), total) for one, total in messages.items() if one != day],
            )
        )
    found = DayDrift(service=service, day=day, model_version=version, figures=figures)
    with database.write() as unit:
        drift.save(unit.connection, found)
    for one in found.alarms:
        log.error(
            "model.drift",
            service=service,
            day=day.isoformat(),
            category=one.category,
            psi=one.psi,
            flag_ratio=one.flag_ratio,
            flag_interval=(one.flag_low, one.flag_high),
            model=version,
        )
