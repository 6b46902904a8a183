"""Job: measure a campaign whose weeks are over, and tell the service's webhooks."""

from datetime import UTC, datetime

from moderation.campaigns import report_watch
from moderation.storage.trends.pseudonym import read_pseudonyms
from workers import process


def report(service: str, campaign_id: str) -> None:
    """Report on one campaign. May run twice: one of them tells."""
    parts = process.parts()
    pseudonyms = read_pseudonyms(parts.settings)
    report_watch.tell(parts.database, pseudonyms, service, campaign_id, now=datetime.now(UTC))
