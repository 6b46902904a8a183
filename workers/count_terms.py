"""Job: count the terms of one day, for emerging phrases."""

from datetime import UTC, date, datetime

import structlog

from moderation.trends import phrase_counts
from workers import process

log = structlog.get_logger(__name__)


def count(day: str) -> None:
    """Count a day in Japan (``YYYY-MM-DD``). May run twice: a counted day stays as it is."""
    services = phrase_counts.count(process.parts().database, date.fromisoformat(day), now=datetime.now(UTC))
    log.info("terms.counted", day=day, services=services)
