"""What the page and the chart of a campaign show: its effect, and the marks that may explain a movement."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from api.console.asked import asked
from api.deps import Parts
from moderation.campaigns.campaign import Campaign
from moderation.campaigns.chart import Mark, marks
from moderation.campaigns.effect import Effect, Series, effect
from moderation.campaigns.gather import Stores, gather
from moderation.campaigns.words import ESTIMATES_JA, estimate_ja
from moderation.storage.database import Connection
from moderation.storage.models import models
from moderation.storage.rules import rulesets
from moderation.storage.trends import campaigns as store
from moderation.storage.trends.pseudonym import read_pseudonyms
from moderation.trends.days import Period

_CHANGES_MARKED = 200
"""Changes of rules that are looked at, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A campaign with its effect, and what is drawn of it (None: nothing was counted)."""

    campaign: Campaign
    effect: Effect
    period: Period | None
    marks: list[Mark]


def measured(
    request: Request,
    campaign_id: str,
    connection: Connection,
    archive: Connection,
    parts: Parts,
    now: datetime,
) -> Measured:
    """A campaign of the service asked for, measured now. Raises CampaignNotFound."""
    service = asked(request, connection, now).service
    campaign = store.get(connection, campaign_id, service=service)
    series = gather(Stores(connection, archive, read_pseudonyms(parts.settings)), campaign, now=now)
    period = _period(series)
    told = (
        [] if period is None else marks(campaign, _others(connection, campaign), _changes(connection), period)
    )
    return Measured(campaign=campaign, effect=effect(series), period=period, marks=told)


def _period(series: Series) -> Period | None:
    if series.before is None or series.after is None:
        return None
    return Period(first=series.before.first, last=series.after.last)


def _others(connection: Connection, campaign: Campaign) -> list[Campaign]:
    return [other for other in store.of_service(connection, campaign.service) if other.id != campaign.id]


def _changes(connection: Connection) -> list[tuple[datetime, str]]:
    """When rules and models came into force."""
    rules = [
        (one.activated_at, "ルール変更") for one in rulesets.activations(connection, most=_CHANGES_MARKED)
    ]
    return rules + [(one.at, "モデル変更") for one in models.history(connection) if one.at is not None]


def estimates(found: Effect) -> list[tuple[str, str]]:
    """Every estimate there is, by its Japanese name."""
    all_of_them = (found.level, found.with_trend, found.trend, found.control, found.rooms, found.readers)
    named = zip(ESTIMATES_JA, all_of_them, strict=True)
    return [(name, estimate_ja(one)) for name, one in named if one is not None]
