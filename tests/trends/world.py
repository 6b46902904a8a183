"""Small worlds of counted messages, put into the archive the way the recorder does it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from moderation.scoring.record import ScoredRecord
from moderation.storage.chat import archive
from moderation.storage.database import Database
from moderation.storage.trends import sums
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.trends.days import Period
from moderation.trends.figures import Figures
from moderation.trends.report import report
from moderation.trends.shapes import Report
from tests.workers.factories import record

PSEUDONYMS = Pseudonyms(b"a key for tests, 32 bytes or so.")
WEEK = Period(first=date(2026, 8, 17), last=date(2026, 8, 23))
"""Monday to Sunday, in Japan."""
BEFORE = WEEK.before
TODAY = date(2026, 8, 30)


def noon(day: date) -> datetime:
    """Noon of a day in Japan."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def keep(database: Database, records: Iterable[ScoredRecord]) -> None:
    """Record messages."""
    with database.write_archive() as unit:
        archive.record(unit.connection, list(records), PSEUDONYMS.of)


def chatter(
    day: date, messages: int, hits: int = 0, *, authors: int = 20, category: str = "insult", **given: object
) -> list[ScoredRecord]:
    """A day's messages, spread evenly over the authors; the first ones are hits."""
    return [
        record(
            id=f"{day}-{category}-{number}-{given.get('room_id', '')}",
            author_id=f"a{number % authors}",
            sent_at=noon(day) + timedelta(seconds=number % 3600),
            categories=[category] if number < hits else [],
            **given,
        )
        for number in range(messages)
    ]


def figures_of(
    database: Database, period: Period = WEEK, *, service: str = "stream", today: date = TODAY
) -> Figures:
    """The sums of a report."""
    with database.read_archive() as connection:
        return sums.read(connection, service=service, period=period, today=today)


def report_of(
    database: Database, period: Period = WEEK, *, service: str = "stream", today: date = TODAY
) -> Report:
    """The report as pages make it."""
    return report(figures_of(database, period, service=service, today=today))
