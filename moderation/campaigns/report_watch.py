"""Reports that are ready: once the weeks after a publication are over, the service hears what came of it."""

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


def due(database: Database, *, now: datetime, most: int) -> list[tuple[str, str]]:
    """Campaigns whose time is over and of whose effect nobody was told, as service and id; no closed ones."""
    with database.read() as connection:
        return campaigns.unreported(
            connection, since=now - _TOO_LATE, until=now - _LAST_DAY_IS_OVER, most=most
        )


def tell(
    database: Database, pseudonyms: Pseudonyms, service: str, campaign_id: str, *, now: datetime
) -> bool:
    """Measure one campaign and tell the webhooks; False where they were told before, or it was closed.

    Raises:
        CampaignNotFound: It is not there.
        ValueError, ArithmeticError: No estimate can use its counts.
    """
    with database.read() as connection, database.read_archive() as archive:
        campaign = campaigns.get(connection, campaign_id, service=service)
        found = effect(gather(Stores(connection, archive, pseudonyms), campaign, now=now))
    with database.write() as unit:
        told = campaigns.announce_report(unit.connection, campaign, found.verdict.value, now=now)
    if told:
        log.info("campaign.report_ready", campaign=campaign_id, verdict=found.verdict.value)
    return told
