"""What the transparency report counts: notices, extensions, decisions, reports and held messages of a year."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from moderation.storage.reports.notice_read import Notice, notice_of
from moderation.storage.tables.cases import decisions, held_messages
from moderation.storage.tables.notices import notice_events, notices
from moderation.storage.tables.voices import reports


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionTold:
    """An applicant was told that it takes longer."""

    notice_id: str
    at: datetime
    ground: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFacts:
    """Everything of one year, start in, end out.

    Attributes:
        notices: Those that something happened to in the year.
        extensions: Told in the year.
        decided: Decisions by (category, action); one with several counts once in each.
        outcomes: Decisions by outcome.
        undone: Decisions that were taken back.
        reports: Reports by (reason, outcome); ``waiting`` where nothing is decided.
        held: Messages the machine held back, by what became of them.
    """

    service: str
    start: datetime
    end: datetime
    notices: tuple[Notice, ...]
    extensions: tuple[ExtensionTold, ...]
    decided: Counter[tuple[str, str]]
    outcomes: Counter[str]
    undone: int
    reports: Counter[tuple[str, str]]
    held: Counter[str]


def read(connection: Connection, service: str, start: datetime, end: datetime) -> YearFacts:
    """The facts of a year of one service."""
    times = (
        notices.c.received_at,
        notices.c.decided_at,
        notices.c.applicant_notified_at,
        notices.c.extension_notified_at,
        notices.c.poster_notified_at,
    )
    touched = select(notices).where(
        notices.c.service_id == service, or_(*((time >= start) & (time < end) for time in times))
    )
    told = connection.execute(
        select(notice_events)
        .join(notices, notices.c.id == notice_events.c.notice_id)
        .where(
            notices.c.service_id == service,
            notice_events.c.kind == "extended",
            notice_events.c.at >= start,
            notice_events.c.at < end,
        )
        .order_by(notice_events.c.seq)
    )
    made = connection.execute(
        select(decisions.c.outcome, decisions.c.categories, decisions.c.actions, decisions.c.undone_by).where(
            decisions.c.service_id == service,
            decisions.c.undoes.is_(None),
            decisions.c.decided_at >= start,
            decisions.c.decided_at < end,
        )
    ).all()
    standing = [row for row in made if row.undone_by is None]
    return YearFacts(
        service=service,
        start=start,
        end=end,
        notices=tuple(notice_of(row) for row in connection.execute(touched)),
        extensions=tuple(
            ExtensionTold(
                notice_id=row.notice_id, at=row.at, ground=row.data["ground"], reason=row.data["reason"]
            )
            for row in told
        ),
        decided=Counter(
            (category, action)
            for row in standing
            if row.outcome == "violation"
            for category in row.categories
            for action in row.actions
        ),
        outcomes=Counter(row.outcome for row in standing),
        undone=len(made) - len(standing),
        reports=_reports(connection, service, start, end),
        held=_held(connection, service, start, end),
    )


def _reports(
    connection: Connection, service: str, start: datetime, end: datetime
) -> Counter[tuple[str, str]]:
    outcome = func.coalesce(reports.c.outcome, "waiting")
    rows = connection.execute(
        select(reports.c.reason, outcome.label("outcome"), func.count().label("reports"))
        .where(
            reports.c.service_id == service,
            reports.c.counted,
            reports.c.received_at >= start,
            reports.c.received_at < end,
        )
        .group_by(reports.c.reason, outcome)
    )
    return Counter({(row.reason, row.outcome): row.reports for row in rows})


def _held(connection: Connection, service: str, start: datetime, end: datetime) -> Counter[str]:
    rows = connection.execute(
        select(held_messages.c.state, func.count().label("messages"))
        .where(
            held_messages.c.service_id == service,
            held_messages.c.held_at >= start,
            held_messages.c.held_at < end,
        )
        .group_by(held_messages.c.state)
    )
    return Counter({row.state: row.messages for row in rows})
