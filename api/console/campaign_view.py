"""What the page and the chart of a campaign show: its effect, and the marks that may explain a movement."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import Request

from api.console.asked import asked
from api.deps import Parts
from moderation.campaigns.campaign import Campaign
from moderation.campaigns.chart import Picture, marks
from moderation.campaigns.effect import Effect, Series, effect
from moderation.campaigns.gather import Stores, gather, gather_before
from moderation.campaigns.plan import plan_or_why
from moderation.campaigns.timeseries import Estimate
from moderation.campaigns.variance import Days
from moderation.campaigns.words import ESTIMATES_JA, plan_ja
from moderation.storage.database import Connection
from moderation.storage.models import models
from moderation.storage.rules import rulesets
from moderation.storage.trends import campaigns as store
from moderation.storage.trends.pseudonym import read_pseudonyms
from moderation.storage.trends.sums import read_gaps
from moderation.trends.count import LIVE
from moderation.trends.days import Period, jst_day_of

_CHANGES_MARKED = 200
"""Changes of rules that are looked at, the newest."""


PLANNED = -0.2
"""The change that the page of an article that is still to come speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A campaign with its effect.

    Attributes:
        picture: What is drawn: both sides of the publication; where they cannot be compared yet, the last eight
            weeks. None where nothing was hit.
        planned: Before there is anything to compare: how long it will take.
    """

    campaign: Campaign
    effect: Effect
    picture: Picture | None
    planned: tuple[str, ...] = ()


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
    stores = Stores(connection, archive, read_pseudonyms(parts.settings))
    series = gather(stores, campaign, now=now)
    planned: tuple[str, ...] = ()
    days, period, origin = series.days, _period(series), jst_day_of(campaign.published_at)
    if days is None:
        before = gather_before(stores, service, campaign.categories, now=now, audience=campaign.audience)
        planned = plan_ja(plan_or_why(before), PLANNED)
        if before is not None:
            days, origin = before[0], jst_day_of(now)
            period = _last_days(days, origin)
    picture = None
    if days is not None and period is not None and days.hits.any():
        counted = {origin + timedelta(days=int(number)) for number in days.number}
        told = marks(
            campaign,
            _others(connection, campaign),
            _changes(connection),
            read_gaps(archive, service, period, source=series.source or LIVE),
            counted,
            period,
        )
        picture = Picture(
            days=days, origin=origin, period=period, marks=told, published=jst_day_of(campaign.published_at)
        )
    return Measured(campaign=campaign, effect=effect(series), picture=picture, planned=planned)


def _period(series: Series) -> Period | None:
    if series.before is None or series.after is None:
        return None
    return Period(first=series.before.first, last=series.after.last)


def _last_days(days: Days, today: date) -> Period | None:
    if not days.number.size:
        return None
    return Period(first=today + timedelta(days=int(days.number.min())), last=today - timedelta(days=1))


def _others(connection: Connection, campaign: Campaign) -> list[Campaign]:
    return [other for other in store.of_service(connection, campaign.service) if other.id != campaign.id]


def _changes(connection: Connection) -> list[tuple[datetime, str]]:
    """When rules and models came into force."""
    rules = [
        (one.activated_at, "ルール変更") for one in rulesets.activations(connection, most=_CHANGES_MARKED)
    ]
    return rules + [(one.at, "モデル変更") for one in models.history(connection) if one.at is not None]


def estimates(found: Effect) -> list[tuple[str, str, Estimate]]:
    """Every estimate there is, with its name and what it means."""
    all_of_them = (found.level, found.with_trend, found.trend, found.control, found.rooms, found.readers)
    named = zip(ESTIMATES_JA.items(), all_of_them, strict=True)
    return [(name, meaning, one) for (name, meaning), one in named if one is not None]
