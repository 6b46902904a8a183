"""Close days that are over: their random groups are packed (see ``storage.day_groups``)."""

from datetime import date

import structlog

from moderation.storage.database import Database
from moderation.storage.trends import day_groups

log = structlog.get_logger(__name__)


def close_days(database: Database, *, last: date, most: int) -> int:
    """Pack what waits of the days up to ``last``, the oldest first; how many days of a service that were.

    Each is a transaction of its own. May run twice, and beside recorders.
    """
    with database.read_archive() as archive:
        days = day_groups.waiting(archive, last=last, most=most)
    for service, day in days:
        with database.write_archive() as unit:
            rows = day_groups.close(unit.connection, service, day)
        log.info("trends.day_closed", service=service, day=day.isoformat(), rows=rows)
    return len(days)
