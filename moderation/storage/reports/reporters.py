"""Reporters: outcomes of their reports, and what a person set on them. Nothing here is shown to them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.reports.weight import HALF_LIFE, Judged, Reporter, ReportOutcome
from moderation.storage.tables.people import rooms
from moderation.storage.tables.voices import reporters, reports

_FADED = 8 * HALF_LIFE
"""An outcome older than this counts less than 1/256 and is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterCard:
    """What a person of the desk sees of a reporter."""

    service: str
    id: str
    reporter: Reporter
    weight: float
    agreed: int
    disagreed: int
    waiting: int
    brigades: int
    first_seen: datetime | None
    why: str


def load(
    connection: Connection, service: str, ids: Sequence[str], *, now: datetime
) -> dict[str, tuple[Reporter, datetime | None]]:
    """Reporters with the time of their first report; None for who never reported."""
    judged: dict[str, list[Judged]] = defaultdict(list)
    rows = connection.execute(
        select(reports.c.reporter_id, reports.c.outcome, reports.c.judged_at).where(
            reports.c.service_id == service,
            reports.c.reporter_id.in_(ids),
            reports.c.outcome.in_([ReportOutcome.AGREED.value, ReportOutcome.DISAGREED.value]),
            reports.c.judged_at >= now - _FADED,
        )
    )
    for row in rows:
        judged[row.reporter_id].append(Judged(outcome=ReportOutcome(row.outcome), at=row.judged_at))
    first = {
        row.reporter_id: row.first_seen
        for row in connection.execute(
            select(reports.c.reporter_id, func.min(reports.c.received_at).label("first_seen"))
            .where(reports.c.service_id == service, reports.c.reporter_id.in_(ids))
            .group_by(reports.c.reporter_id)
        )
    }
    chosen = {
        row.id: row
        for row in connection.execute(
            select(reporters).where(reporters.c.service_id == service, reporters.c.id.in_(ids))
        )
    }
    return {
        name: (
            Reporter(
                judged=tuple(judged[name]),
                trusted=name in chosen and chosen[name].trusted,
                muted_until=chosen[name].muted_until if name in chosen else None,
            ),
            first.get(name),
        )
        for name in ids
    }


def streamers(connection: Connection, service: str, room_ids: Sequence[str]) -> dict[str, str | None]:
    """Whose rooms these are."""
    found = connection.execute(
        select(rooms.c.id, rooms.c.streamer_id).where(rooms.c.service_id == service, rooms.c.id.in_(room_ids))
    )
    return {row.id: row.streamer_id for row in found}


def card(connection: Connection, service: str, reporter_id: str, *, now: datetime) -> ReporterCard:
    """One reporter, for the desk."""
    reporter, first_seen = load(connection, service, [reporter_id], now=now)[reporter_id]
    counts = {
        row.outcome: row.reports
        for row in connection.execute(
            select(
                func.coalesce(reports.c.outcome, "waiting").label("outcome"), func.count().label("reports")
            )
            .where(reports.c.service_id == service, reports.c.reporter_id == reporter_id, reports.c.counted)
            .group_by(reports.c.outcome)
        )
    }
    brigades = connection.execute(
        select(func.count()).where(
            reports.c.service_id == service, reports.c.reporter_id == reporter_id, reports.c.brigade
        )
    ).scalar_one()
    row = connection.execute(
        select(reporters.c.why).where(reporters.c.service_id == service, reporters.c.id == reporter_id)
    ).one_or_none()
    return ReporterCard(
        service=service,
        id=reporter_id,
        reporter=reporter,
        weight=reporter.weight(now),
        agreed=counts.get("agreed", 0),
        disagreed=counts.get("disagreed", 0),
        waiting=counts.get("waiting", 0),
        brigades=brigades,
        first_seen=first_seen,
        why=row.why if row else "",
    )


def put(
    connection: Connection,
    service: str,
    reporter_id: str,
    *,
    trusted: bool,
    muted_until: datetime | None,
    why: str,
    by: str,
    now: datetime,
) -> None:
    """Trust or mute a reporter, or take that back."""
    values = {"trusted": trusted, "muted_until": muted_until, "why": why, "set_by": by, "set_at": now}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(reporters).values(service_id=service, id=reporter_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["service_id", "id"], set_=values))
