"""Watch for rising trouble: once an hour and service, the hour that ended against its usual."""

from datetime import datetime, timedelta

import structlog

from moderation.storage.accounts import accounts
from moderation.storage.database import Database
from moderation.storage.trends import alarms
from moderation.trends.alarm import QUIET_FOR, Alarm, alarm, worth_telling
from moderation.trends.days import hour_of

log = structlog.get_logger(__name__)

LATE = timedelta(minutes=5)
"""An hour is looked at this long after its end: the recorder may be a little behind."""


def hour_to_watch(now: datetime) -> datetime:
    """The start of the last hour that is over and counted."""
    return hour_of(now - LATE) - timedelta(hours=1)


def watch(database: Database, hour: datetime, *, now: datetime) -> list[Alarm]:
    """Look at one hour of every service. May run twice: an alarm is kept and sent once."""
    raised = []
    with database.read() as connection:
        services = accounts.service_ids(connection)
    for service in services:
        with database.read_archive() as archive:
            by_category = alarms.hours(archive, service=service, last=hour)
        found = [
            one
            for category, hours in by_category.items()
            if hours and hours[-1].hour == hour and (one := alarm(category, hours[-1], hours[:-1]))
        ]
        if not found:
            continue
        with database.write() as unit:
            told = alarms.told_since(unit.connection, service, hour - QUIET_FOR)
            for one in found:
                if worth_telling(one, told) and alarms.raise_(unit.connection, service, one, now=now):
                    raised.append(one)
                    log.warning(
                        "trend.alert",
                        service=service,
                        category=one.category,
                        hits=one.hits,
                        usual=one.expected,
                    )
    return raised
