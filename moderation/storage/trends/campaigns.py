"""Campaigns in the case store. Functions take a connection and never commit."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation.campaigns.campaign import Audience, AudienceKind, Campaign, CampaignEvent, EventKind, Reach
from moderation.errors import NotFound
from moderation.storage import bulk, outbox
from moderation.storage.tables.campaigns import (
    campaign_events,
    campaign_reach,
    campaign_readers,
    campaigns,
)
from moderation.taxonomy import Category


class CampaignNotFound(NotFound):
    """No such campaign of this service."""

    code = "campaign_not_found"

    def __init__(self, campaign_id: str) -> None:
        super().__init__(f"No campaign {campaign_id!r}; `ibasho campaigns list` shows them.")


def add(connection: Connection, campaign: Campaign) -> None:
    """Enter a campaign with its events."""
    connection.execute(
        insert(campaigns).values(
            id=campaign.id,
            service_id=campaign.service,
            title=campaign.title,
            url=campaign.url,
            categories=[category.value for category in campaign.categories],
            policies=list(campaign.policies),
            audience={"kind": campaign.audience.kind.value, "values": list(campaign.audience.values)},
            published_at=campaign.published_at,
            measured_with=campaign.measured_with,
            closed_at=campaign.closed_at,
            created_at=campaign.created_at,
            created_by=campaign.created_by,
        )
    )
    for event in campaign.events:
        add_event(connection, campaign.id, event)


def add_event(connection: Connection, campaign_id: str, event: CampaignEvent) -> None:
    """Note a revision or a follow-up; noting it again takes the newer words."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(campaign_events).values(
        campaign_id=campaign_id, at=event.at, kind=event.kind.value, note=event.note, url=event.url
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["campaign_id", "at", "kind"], set_={"note": event.note, "url": event.url}
        )
    )


def close(connection: Connection, campaign_id: str, *, now: datetime) -> bool:
    """End the measuring; whether it was not ended before."""
    done = connection.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id, campaigns.c.closed_at.is_(None))
        .values(closed_at=now)
    )
    return done.rowcount > 0


def get(connection: Connection, campaign_id: str, *, service: str) -> Campaign:
    """One campaign with its events. Raises CampaignNotFound."""
    row = connection.execute(
        select(campaigns).where(campaigns.c.id == campaign_id, campaigns.c.service_id == service)
    ).one_or_none()
    if row is None:
        raise CampaignNotFound(campaign_id)
    [found] = _with_events(connection, [row])
    return found


def of_service(connection: Connection, service: str) -> list[Campaign]:
    """All campaigns of a service, the newest first."""
    rows = connection.execute(
        select(campaigns)
        .where(campaigns.c.service_id == service)
        .order_by(campaigns.c.published_at.desc(), campaigns.c.id)
    )
    return _with_events(connection, rows.all())


def unreported(
    connection: Connection, *, since: datetime, until: datetime, most: int
) -> list[tuple[str, str]]:
    """Service and id of campaigns published in a time whose effect nobody was told of; no closed ones."""
    rows = connection.execute(
        select(campaigns.c.service_id, campaigns.c.id)
        .where(
            campaigns.c.published_at >= since,
            campaigns.c.published_at <= until,
            campaigns.c.report_ready_at.is_(None),
            campaigns.c.closed_at.is_(None),
        )
        .order_by(campaigns.c.published_at, campaigns.c.id)
        .limit(most)
    )
    return [(service, campaign_id) for service, campaign_id in rows]


def announce_report(connection: Connection, campaign: Campaign, verdict: str, *, now: datetime) -> bool:
    """Tell the webhooks what came of a campaign; False where they were told before, or it was closed."""
    marked = connection.execute(
        update(campaigns)
        .where(
            campaigns.c.id == campaign.id,
            campaigns.c.report_ready_at.is_(None),
            campaigns.c.closed_at.is_(None),
        )
        .values(report_ready_at=now)
    )
    if not marked.rowcount:
        return False
    outbox.emit(
        connection,
        service=campaign.service,
        type_="campaign.report_ready",
        subject=campaign.id,
        data={
            "campaign_id": campaign.id,
            "title": campaign.title,
            "categories": [category.value for category in campaign.categories],
            "published_at": campaign.published_at.isoformat(),
            "verdict": verdict,
        },
        now=now,
    )
    return True


def _with_events(connection: Connection, rows: Sequence[Any]) -> list[Campaign]:
    found = {row.id: _campaign(row) for row in rows}
    events: dict[str, list[CampaignEvent]] = {campaign_id: [] for campaign_id in found}
    for row in connection.execute(
        select(campaign_events)
        .where(campaign_events.c.campaign_id.in_(list(found)))
        .order_by(campaign_events.c.at, campaign_events.c.kind)
    ):
        events[row.campaign_id].append(
            CampaignEvent(at=row.at, kind=EventKind(row.kind), note=row.note, url=row.url)
        )
    return [replace(one, events=tuple(events[one.id])) for one in found.values()]


def _campaign(row: Any) -> Campaign:
    return Campaign(
        id=row.id,
        service=row.service_id,
        title=row.title,
        url=row.url,
        categories=tuple(Category(name) for name in row.categories),
        policies=tuple(row.policies),
        audience=Audience(kind=AudienceKind(row.audience["kind"]), values=tuple(row.audience["values"])),
        published_at=row.published_at,
        measured_with=row.measured_with,
        closed_at=row.closed_at,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def put_reach(connection: Connection, campaign_id: str, series: Iterable[Reach]) -> int:
    """Keep how far it got, a row a day; a day that comes again is replaced. How many days."""
    rows = [
        {"campaign_id": campaign_id, "day": one.day, "views": one.views, "readers": one.readers}
        for one in sorted(series, key=lambda one: one.day)
    ]
    if rows:
        bulk.write(
            connection,
            campaign_reach,
            rows,
            lambda statement: statement.on_conflict_do_update(
                index_elements=["campaign_id", "day"],
                set_={"views": statement.excluded.views, "readers": statement.excluded.readers},
            ),
        )
    return len(rows)


def reach(connection: Connection, campaign_id: str) -> tuple[Reach, ...]:
    """How far it got, by day."""
    rows = connection.execute(
        select(campaign_reach)
        .where(campaign_reach.c.campaign_id == campaign_id)
        .order_by(campaign_reach.c.day)
    )
    return tuple(Reach(day=row.day, views=row.views, readers=row.readers) for row in rows)


def add_readers(connection: Connection, campaign_id: str, readers: Iterable[tuple[str, datetime]]) -> int:
    """Keep who read it (pseudonyms), the first time each; how many are new."""
    first: dict[str, datetime] = {}
    for reader, at in readers:
        first[reader] = min(at, first.get(reader, at))
    given = sorted(first)
    columns = ([campaign_id] * len(given), given, [first[reader] for reader in given])
    known = bulk.insert_new(connection, campaign_readers, ("campaign_id", "reader", "read_at"), columns)
    return len(given) - len(known)


def readers(connection: Connection, campaign_id: str) -> frozenset[str]:
    """Pseudonyms of everybody who is known to have read it."""
    rows = select(campaign_readers.c.reader).where(campaign_readers.c.campaign_id == campaign_id)
    return frozenset(connection.execute(rows).scalars())


def reader_count(connection: Connection, campaign_id: str) -> int:
    """How many are known to have read it."""
    rows = select(func.count()).where(campaign_readers.c.campaign_id == campaign_id)
    return connection.execute(rows).scalar_one()


def forget_reader(connection: Connection, reader: str) -> int:
    """Forget somebody everywhere: an author who was erased is no reader any more. Of how many campaigns."""
    return connection.execute(delete(campaign_readers).where(campaign_readers.c.reader == reader)).rowcount
