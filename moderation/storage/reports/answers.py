"""What decisions make of reports: outcomes that weigh reporters, and answers that reach them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from moderation.errors import NotFound
from moderation.reports import answers
from moderation.reports.answers import Answer, AnswerKind
from moderation.reports.weight import ReportOutcome
from moderation.review.case import Case
from moderation.review.decision import Decision
from moderation.storage import outbox, policies
from moderation.storage.desk.rows import decision_of
from moderation.storage.tables.cases import decisions
from moderation.storage.tables.voices import reports
from moderation.taxonomy import ReportReason, SubjectKind

_REPORTS_AN_EVENT = 50
"""Reports in one event: a body stays below 20 kB."""

_OUTCOMES: dict[AnswerKind, ReportOutcome] = {
    AnswerKind.MEASURE_TAKEN: ReportOutcome.AGREED,
    AnswerKind.CARED_FOR: ReportOutcome.AGREED,  # it was right to call
    AnswerKind.NO_VIOLATION: ReportOutcome.DISAGREED,
    AnswerKind.MEDIATED: ReportOutcome.IGNORED,
}


class ReportNotFound(NotFound):
    """No such report for this caller."""

    code = "report_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(f"No report {name!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportState:
    """A report as its reporter may see it."""

    id: str
    service: str
    row_id: str
    status: str
    subject_kind: SubjectKind
    reason: ReportReason
    reported_at: datetime
    case_id: str | None
    resolved_at: datetime | None
    answer: Answer


def judge(connection: Connection, case: Case, decision: Decision, *, through: int) -> None:
    """Let a decision speak on the reports it covers, and tell the service.

    Args:
        connection: The decision's transaction.
        case: The case.
        decision: What was decided; one that settles nothing changes nothing.
        through: The last number of the case that the moderator saw.
    """
    outcome = _OUTCOMES.get(answers.kind_of(decision))
    if outcome is None:
        return
    covered = and_(
        reports.c.case_id == case.id,
        reports.c.outcome.is_(None),
        or_(reports.c.seq.is_(None), reports.c.seq <= through),
    )
    rows = connection.execute(
        update(reports)
        .where(covered)
        .values(outcome=outcome.value, judged_at=decision.decided_at, decision_id=decision.id)
        .returning(reports.c.external_id, reports.c.reporter_id, reports.c.reason, reports.c.minors)
    ).all()
    _tell(connection, case, decision, rows)


def take_back(connection: Connection, decision: Decision) -> None:
    """Forget what an undone decision said of reports: their reporters weigh as before."""
    connection.execute(
        update(reports)
        .where(reports.c.decision_id == decision.id)
        .values(outcome=None, judged_at=None, decision_id=None)
    )


def _tell(connection: Connection, case: Case, decision: Decision, rows: Sequence[Any]) -> None:
    clauses = policies.current(connection)
    for reason in sorted({row.reason for row in rows}):
        answer = answers.for_reporter(decision, ReportReason(reason), clauses)
        told = [row for row in rows if row.reason == reason]
        for first in range(0, len(told), _REPORTS_AN_EVENT):
            outbox.emit(
                connection,
                service=case.service,
                type_="report.resolved",
                subject=case.id,
                data={
                    "case_id": case.id,
                    "decision_id": decision.id,
                    "result": answer.kind.value,
                    "title_ja": answer.title,
                    "text_ja": answer.text,
                    "reason_ja": answer.reason,
                    "policy_id": answer.policy_id,
                    "policy_version": answer.policy_version,
                    "reports": [
                        {"id": row.external_id, "reporter_id": row.reporter_id}
                        for row in told[first : first + _REPORTS_AN_EVENT]
                    ],
                },
                now=decision.decided_at,
                minors=case.minors,
            )


def state_of(connection: Connection, service: str, external_id: str) -> ReportState:
    """A report by the service's id. Raises ReportNotFound."""
    return _state(
        connection, external_id, reports.c.service_id == service, reports.c.external_id == external_id
    )


def state_of_row(connection: Connection, row_id: str) -> ReportState:
    """A report by our own id. Raises ReportNotFound."""
    return _state(connection, row_id, reports.c.id == row_id)


def _state(connection: Connection, name: str, *conditions: Any) -> ReportState:
    row = connection.execute(select(reports).where(*conditions)).one_or_none()
    if row is None:
        raise ReportNotFound(name)
    decision = _decision(connection, row)
    reason = ReportReason(row.reason)
    answer = answers.for_reporter(decision, reason, policies.current(connection))
    waits = decision is None or answer.kind is AnswerKind.STILL_LOOKING
    return ReportState(
        id=row.external_id,
        service=row.service_id,
        row_id=row.id,
        status=row.status,
        subject_kind=SubjectKind(row.subject_kind),
        reason=reason,
        reported_at=row.reported_at,
        case_id=row.case_id,
        resolved_at=None if waits or decision is None else decision.decided_at,
        answer=answer,
    )


def _decision(connection: Connection, row: Any) -> Decision | None:
    """The decision that covers a report: the one that judged it, else the last that stands in its case."""
    query = select(decisions).where(decisions.c.undoes.is_(None), decisions.c.undone_by.is_(None))
    if row.decision_id is not None:
        query = query.where(decisions.c.id == row.decision_id)
    elif row.status == "settled" or row.case_id is None:
        query = query.where(decisions.c.case_id == row.case_id, decisions.c.decided_at <= row.received_at)
    else:
        query = query.where(decisions.c.case_id == row.case_id, decisions.c.decided_at >= row.received_at)
    found = (
        connection.execute(query.order_by(decisions.c.decided_at.desc()).limit(1)).mappings().one_or_none()
    )
    return None if found is None else decision_of(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class BothAnswers:
    """What both sides of a decision are told."""

    decision: Decision
    author_id: str | None
    minors: bool
    author: Answer
    reporter: Answer
    report_ids: tuple[str, ...]


def of_decision(connection: Connection, service: str, decision_id: str) -> BothAnswers:
    """The answers of one decision of a service. Raises NotFound."""
    row = (
        connection.execute(
            select(decisions).where(
                decisions.c.id == decision_id, decisions.c.service_id == service, decisions.c.undoes.is_(None)
            )
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound(f"No decision {decision_id!r}.")
    decision = decision_of(row)
    clauses = policies.current(connection)
    told = connection.execute(
        select(reports.c.external_id, reports.c.reason, reports.c.minors)
        .where(reports.c.decision_id == decision_id)
        .order_by(reports.c.reported_at)
        .limit(1_000)
    ).all()
    reason = ReportReason(told[0].reason) if told else ReportReason.OTHER
    return BothAnswers(
        decision=decision,
        author_id=row["author_id"],
        minors=any(one.minors for one in told),
        author=answers.for_author(decision, clauses),
        reporter=answers.for_reporter(decision, reason, clauses),
        report_ids=tuple(one.external_id for one in told),
    )
