"""Census: how much of everything there is, for summaries and for checking that nothing was lost."""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from moderation.errors import CaseNotFound
from moderation.storage.outbox import RECORDER, WEBHOOK
from moderation.storage.tables.archive import messages, trend_buckets
from moderation.storage.tables.cases import case_hits, cases, decisions
from moderation.storage.tables.delivery import outbox
from moderation.storage.tables.people import events
from moderation.storage.tables.voices import inquiries, reports
from moderation.taxonomy import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Rows of one service in the case store.

    Attributes:
        cases: Cases by severity; every severity is there.
        open_cases: Cases that wait for a person.
        hits: Ids of the messages that stand in a case.
        waiting: Outbox rows that have still to leave, by destination.
        delivered: Webhooks that a receiver took.
    """

    cases: dict[Severity, int]
    open_cases: int
    hits: frozenset[str]
    decisions: int
    reports: int
    inquiries: int
    events: int
    waiting: dict[str, int]
    delivered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCensus:
    """Rows of one service in the archive.

    Attributes:
        messages: Archived messages.
        buckets: Rows of hourly counts.
        counted: Messages that the hourly counts hold.
    """

    messages: int
    buckets: int
    counted: int


def take(connection: Connection, service: str) -> Census:
    """Count the case store."""
    by_severity = connection.execute(
        select(cases.c.severity, func.count()).where(cases.c.service_id == service).group_by(cases.c.severity)
    )
    found = {row[0]: row[1] for row in by_severity}
    left = (
        select(func.count())
        .select_from(cases)
        .where(cases.c.service_id == service, cases.c.state != "closed")
    )
    hits = select(case_hits.c.message_id).where(case_hits.c.service_id == service)
    return Census(
        cases={severity: found.get(severity.rank, 0) for severity in Severity},
        open_cases=connection.execute(left).scalar_one(),
        hits=frozenset(connection.execute(hits).scalars()),
        decisions=_count(connection, decisions, service),
        reports=_count(connection, reports, service),
        inquiries=_count(connection, inquiries, service),
        events=_count(connection, events, service),
        waiting={name: _waiting(connection, service, name) for name in (WEBHOOK, RECORDER)},
        delivered=_delivered(connection, service),
    )


def take_archive(connection: Connection, service: str) -> ArchiveCensus:
    """Count the archive."""
    counted = select(func.coalesce(func.sum(trend_buckets.c.messages), 0)).where(
        trend_buckets.c.service_id == service,
        trend_buckets.c.category == "all",
        trend_buckets.c.source == "live",
    )
    return ArchiveCensus(
        messages=_count(connection, messages, service),
        buckets=_count(connection, trend_buckets, service),
        counted=int(connection.execute(counted).scalar_one()),
    )


def case_categories(connection: Connection, case_id: str) -> dict[str, float]:
    """The categories of a case with their highest scores. Raises CaseNotFound."""
    row = connection.execute(select(cases.c.categories).where(cases.c.id == case_id)).one_or_none()
    if row is None:
        raise CaseNotFound(case_id)
    return dict(row.categories)


def _count(connection: Connection, table: Table, service: str) -> int:
    rows = select(func.count()).select_from(table).where(table.c.service_id == service)
    return connection.execute(rows).scalar_one()


def _waiting(connection: Connection, service: str, destination: str) -> int:
    rows = select(func.count()).where(
        outbox.c.service_id == service,
        outbox.c.destination == destination,
        outbox.c.next_attempt_at.is_not(None),
    )
    return connection.execute(rows).scalar_one()


def _delivered(connection: Connection, service: str) -> int:
    rows = select(func.count()).where(
        outbox.c.service_id == service, outbox.c.destination == WEBHOOK, outbox.c.delivered_at.is_not(None)
    )
    return connection.execute(rows).scalar_one()
