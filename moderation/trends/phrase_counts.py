"""Count the terms of a day, and find what emerged from days that were counted."""

from datetime import date, datetime, timedelta

from moderation.storage.database import Connection, Database
from moderation.storage.trends import term_counts
from moderation.trends.count import ALL
from moderation.trends.days import Period
from moderation.trends.phrases import LOOK_BACK_DAYS, Phrase, TermDay, count_day, emerging


def count(database: Database, day: date, *, now: datetime) -> list[str]:
    """Count a day of every service that was not counted yet. May run twice; returns the services."""
    with database.read_archive() as archive:
        services = term_counts.services_of(archive, day)
    for service in services:
        with database.read() as connection:
            reported = term_counts.reported_on(connection, service=service, day=day)
        with database.read_archive() as archive:
            texts = term_counts.texts_of(archive, service=service, day=day, reported=reported)
        nothing = TermDay(texts=0, occurrences=0, terms={})
        counted = {ALL: nothing} | {name: count_day(found) for name, found in texts.items()}
        with database.write_archive() as unit:
            term_counts.keep(unit.connection, counted, service=service, day=day, now=now)
    return services


def phrases_of(
    archive: Connection, *, service: str, period: Period, category: str = ALL, most: int = 10
) -> tuple[Phrase, ...]:
    """What became typical of a period against the four weeks before it."""
    before = Period(
        first=period.first - timedelta(days=LOOK_BACK_DAYS), last=period.first - timedelta(days=1)
    )
    now, past = (
        list(term_counts.read(archive, service=service, category=category, period=one).values())
        for one in (period, before)
    )
    return emerging(now, past, most=most)
