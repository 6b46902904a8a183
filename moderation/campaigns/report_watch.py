"""Watch for reports that are ready: once the weeks after a publication are over, the service hears what came of it."""

from datetime import datetime, timedelta

import structlog

from moderation.campaigns.effect import effect
from moderation.campaigns.gather import AFTER_DAYS, Stores, gather
from moderation.storage.database import Database
from moderation.storage.trends import campaigns
from moderation.storage.trends.pseudonym import Pseudonyms

log = structlog.get_logger(__name__)

_LAST_DAY_IS_OVER = timedelta(days=AFTER_DAYS + 2)
"""From the publication on: the day itself is left out, and the last one may have to end yet."""
_TOO_LATE = timedelta(days=90)
"""A campaign that is entered afterwards, about years ago, is no news."""
_MOST = 20


def watch(database: Database, pseudonyms: Pseudonyms, *, now: datetime) -> int:
    """Measure the campaigns whose time is over and tell the webhooks, each once; how many were told.

    May run twice: one of them tells. A closed campaign is measured no more.
    """
    ended = now - _LAST_DAY_IS_OVER
    told = 0
    with database.read() as connection:
        waiting = campaigns.unreported(connection, since=now - _TOO_LATE, until=ended, most=_MOST)
    for campaign in waiting:
        try:
            with database.read() as connection, database.read_archive() as archive:
                found = effect(gather(Stores(connection, archive, pseudonyms), campaign, now=now))
        except (ValueError, ArithmeticError):  # counts that no estimate can use must not stop the others
            log.exception("campaign.not_measured", campaign=campaign.id)
            continue
        with database.write() as unit:
            told += campaigns.announce_report(unit.connection, campaign, found.verdict.value, now=now)
        log.info("campaign.report_ready", campaign=campaign.id, verdict=found.verdict.value)
    return told
