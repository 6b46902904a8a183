"""What is known of an author of the service: decisions, strikes, labels, reports."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.deps import Now, Read
from api.openapi import KEYED, problems
from api.routes.acting import OnBehalf, Reviewing
from api.routes.case_shapes import CaseOut, DecisionOut, case_out, decision_out
from moderation.review.strikes import weight_in_force
from moderation.storage.accounts import account_names
from moderation.storage.desk import history as desk_history
from moderation.storage.desk.history import HistoryReport
from moderation.taxonomy import ReportReason

router = APIRouter(prefix="/v1/users", tags=["users"])

UserId = Annotated[str, Path(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]*$")]


class StrikeOut(BaseModel):
    """One strike."""

    decision_id: str
    weight: float
    given_at: datetime
    expires_at: datetime
    undone_at: datetime | None


class LabelOut(BaseModel):
    """One label in force."""

    label: str
    by_person: bool
    set_at: datetime
    expires_at: datetime | None


class HistoryReportOut(BaseModel):
    """One complaint that the author made or that is about them."""

    reason: ReportReason
    text: str
    reported_at: datetime
    case_id: str | None
    outcome: str | None = Field(description="What was found, where it was decided.")


class HistoryOut(BaseModel):
    """An author's past, the newest first, at most 100 of each."""

    author_id: str
    names: list[str]
    strike_weight: float = Field(description="Sum of the strikes in force.")
    cases: list[CaseOut]
    decisions: list[DecisionOut]
    strikes: list[StrikeOut]
    labels: list[LabelOut]
    reports_received: list[HistoryReportOut]
    reports_made: list[HistoryReportOut]


@router.get(
    "/{user_id:path}/history",
    operation_id="getHistory",
    summary="An author's past",
    responses=problems(*KEYED, 422),
)
def history(user_id: UserId, key: Reviewing, acting: OnBehalf, connection: Read, now: Now) -> HistoryOut:
    """Of what the person may see. Somebody nobody ever heard of has an empty one."""
    past = desk_history.history(connection, key.service, user_id, acting.sight, now=now)
    names = account_names.logins(connection)
    return HistoryOut(
        author_id=user_id,
        names=list(past.names),
        strike_weight=weight_in_force(past.strikes, now),
        cases=[case_out(case, names) for case in past.cases],
        decisions=[decision_out(decision, names) for decision in past.decisions],
        strikes=[
            StrikeOut(
                decision_id=strike.decision_id,
                weight=strike.weight,
                given_at=strike.given_at,
                expires_at=strike.expires_at,
                undone_at=strike.undone_at,
            )
            for strike in past.strikes
        ],
        labels=[
            LabelOut(
                label=label.label,
                by_person=label.by_person,
                set_at=label.set_at,
                expires_at=label.expires_at,
            )
            for label in past.labels
        ],
        reports_received=[_report(report) for report in past.received],
        reports_made=[_report(report) for report in past.made],
    )


def _report(report: HistoryReport) -> HistoryReportOut:
    return HistoryReportOut(
        reason=report.reason,
        text=report.text,
        reported_at=report.reported_at,
        case_id=report.case_id,
        outcome=report.outcome,
    )
