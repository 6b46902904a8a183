"""What a case weighs: the open cases reports may join, and bringing one up to date after its reports changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from moderation.review.case import CaseState
from moderation.review.priority import due_at, priority
from moderation.storage.tables.cases import case_hits, cases
from moderation.storage.tables.voices import reports
from moderation.taxonomy import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCase:
    """The open case of a key, as far as intake needs it."""

    id: str
    severity: Severity
    reports: int


def find_live_cases(connection: Connection, service: str, keys: Sequence[str]) -> dict[str, LiveCase]:
    """The open cases of several keys."""
    rows = connection.execute(
        select(cases.c.live_key, cases.c.id, cases.c.severity, cases.c.reports).where(
            cases.c.service_id == service, cases.c.live_key.in_(keys), cases.c.state != CaseState.CLOSED
        )
    )
    return {
        row.live_key: LiveCase(id=row.id, severity=tuple(Severity)[row.severity], reports=row.reports)
        for row in rows
    }


def weigh_anew(connection: Connection, case_id: str) -> None:
    """Bring a case's severity, weights and priority down or up to what it holds after reports were reweighed.

    Its minors' mark and its queue stay: they are never taken off by a machine.
    """
    row = connection.execute(select(cases).where(cases.c.id == case_id).with_for_update()).one()
    counted = select(
        func.coalesce(func.sum(reports.c.weight), 0.0), func.coalesce(func.max(reports.c.severity), 0)
    ).where(reports.c.case_id == case_id, reports.c.counted)
    report_weight, told = connection.execute(counted).one()
    seen = connection.execute(
        select(func.coalesce(func.max(case_hits.c.severity), 0)).where(case_hits.c.case_id == case_id)
    ).scalar_one()
    severity = tuple(Severity)[max(told, seen)]
    connection.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(
            severity=severity.rank,
            report_weight=report_weight,
            priority=priority(
                severity=severity,
                score=max(row.categories.values(), default=0.0),
                minors=row.minors,
                hits=row.hits,
                report_weight=report_weight,
                live_viewers=row.live_viewers,
                asked=row.asked_priority,
                age_step=row.age_step,
            ),
            due_at=due_at(severity, row.opened_at),
        )
    )
