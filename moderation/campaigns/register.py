"""Enter a campaign: API, console and command line share this."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from moderation.campaigns.campaign import (
    Audience,
    Campaign,
    CampaignEvent,
    check_campaign,
    time_problems,
    url_problems,
)
from moderation.errors import FieldProblem, Invalid
from moderation.storage import policies
from moderation.storage.accounts import audit
from moderation.storage.database import Connection
from moderation.storage.ids import new_id
from moderation.storage.trends import campaigns, measurements

_LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody enters; categories and policies as they wrote them."""

    title: str
    categories: Sequence[str]
    published_at: datetime
    url: str | None = None
    policies: Sequence[str] = ()
    audience: Audience = field(default_factory=Audience)


def register(connection: Connection, service: str, entry: Entry, *, by: str, now: datetime) -> Campaign:
    """Check and keep a campaign. Raises Invalid, naming each place."""
    known = frozenset(clause.id for clause in policies.current(connection))
    categories = check_campaign(
        title=entry.title,
        url=entry.url,
        categories=entry.categories,
        policies=entry.policies,
        audience=entry.audience,
        published_at=entry.published_at,
        known_policies=known,
        now=now,
    )
    pinned = measurements.current(connection)
    campaign = Campaign(
        id=new_id(),
        service=service,
        title=entry.title.strip(),
        url=entry.url,
        categories=categories,
        policies=tuple(dict.fromkeys(entry.policies)),
        audience=entry.audience,
        published_at=entry.published_at,
        measured_with=None if pinned is None else pinned.version,
        created_at=now,
        created_by=by,
    )
    campaigns.add(connection, campaign)
    audit.append(
        connection,
        actor=by,
        act="campaign.add",
        object_=campaign.id,
        data={"title": campaign.title, "service": service},
        now=now,
    )
    return campaign


def add_event(
    connection: Connection, campaign: Campaign, event: CampaignEvent, *, by: str, now: datetime
) -> None:
    """Check and note a revision or a follow-up. Raises Invalid, naming each place."""
    problems = [*url_problems(event.url, "/url"), *time_problems(event.at, "/at", now=now)]
    if event.at < campaign.published_at:
        problems.append(FieldProblem(pointer="/at", detail="comes before the publication"))
    if len(event.note) > _LONGEST_NOTE:
        problems.append(FieldProblem(pointer="/note", detail=f"is longer than {_LONGEST_NOTE:,} characters"))
    if problems:
        raise Invalid("The event cannot be noted.", problems)
    campaigns.add_event(connection, campaign.id, event)
    audit.append(
        connection,
        actor=by,
        act=f"campaign.{event.kind.value}",
        object_=campaign.id,
        data={"at": event.at.isoformat()},
        now=now,
    )


def close(connection: Connection, campaign: Campaign, *, by: str, now: datetime) -> None:
    """End the measuring; closing it again changes nothing."""
    if campaigns.close(connection, campaign.id, now=now):
        audit.append(connection, actor=by, act="campaign.close", object_=campaign.id, data={}, now=now)
