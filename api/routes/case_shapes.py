"""Cases as they go over the wire."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field

from moderation.review.case import Case, CaseKind, CaseState
from moderation.review.decision import Action, Decision, Outcome
from moderation.storage.desk.case import CaseFile, CaseReport
from moderation.storage.desk.rows import Hit
from moderation.storage.desk.similar import Similar
from moderation.taxonomy import Category, ReportReason, Severity

Names = Mapping[str, str]
"""Login by user id."""


class CaseOut(BaseModel):
    """One case."""

    id: str
    kind: CaseKind
    state: CaseState
    queue: str
    author_id: str | None
    other_id: str | None = Field(description="The other side of a quarrel.")
    room_id: str | None
    severity: Severity
    categories: dict[Category, float] = Field(description="Highest score by category.")
    minors: bool
    priority: float
    hits: int
    reports: int
    hit_seq: int = Field(description="Moves with every hit and report; send it back as `seen_hit_seq`.")
    seen_hit_seq: int = Field(description="What the last decision covered.")
    version: int = Field(
        description="Moves on claim, decision and state change; send it back with a decision."
    )
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    assigned_to: str | None = Field(description="Login of the person named for it.")
    claimed_by: str | None = Field(description="Login of who holds it; look at `claimed_until`.")
    claimed_until: datetime | None


class CasePage(BaseModel):
    """Some cases, the most urgent first."""

    cases: list[CaseOut]
    next_cursor: str | None = Field(description="Where the next page begins; null on the last one.")


class SignalOut(BaseModel):
    """What one detector said; spans are code points of the text, end exclusive."""

    source: str
    category: Category
    score: float
    reason: str
    spans: list[tuple[int, int]]
    mode: str


class HitOut(BaseModel):
    """One flagged message of a case."""

    seq: int
    message_id: str
    author_id: str
    author_name: str | None
    room_id: str
    text: str
    sent_at: datetime
    verdict: str
    severity: Severity
    signals: list[SignalOut]
    held: str | None = Field(description="held, approved, denied or expired, where it was held back.")


class LineOut(BaseModel):
    """One message of the room."""

    message_id: str
    author_id: str
    author_name: str | None
    text: str
    sent_at: datetime


class CaseReportOut(BaseModel):
    """One complaint of a case."""

    reporter_id: str
    reason: ReportReason
    text: str
    reported_at: datetime
    counted: bool


class DecisionOut(BaseModel):
    """A decision; one that is taken back names what took it back."""

    id: str
    case_id: str
    outcome: Outcome
    categories: list[Category]
    policy_id: str | None
    actions: list[Action]
    reason: str
    public_note: str
    internal_note: str
    decided_by: str
    decided_at: datetime
    undoes: str | None
    undone_by: str | None


class EventOut(BaseModel):
    """One line of a case's history; remarks stand in `text`."""

    at: datetime
    by: str | None
    kind: str
    text: str | None


class SimilarOut(BaseModel):
    """Another case that says nearly the same."""

    case_id: str
    likeness: float = Field(ge=0, le=1)


class CaseFileOut(CaseOut):
    """A case with all that belongs to it."""

    messages: list[HitOut]
    context: list[LineOut]
    complaints: list[CaseReportOut]
    decisions: list[DecisionOut]
    events: list[EventOut]
    similar: list[SimilarOut]


def case_out(case: Case, names: Names) -> CaseOut:
    """A case over the wire."""
    return CaseOut(**_fields(case, names))


def file_out(file: CaseFile, similar: list[Similar], names: Names) -> CaseFileOut:
    """A whole case over the wire."""
    return CaseFileOut(
        **_fields(file.case, names),
        messages=[_hit(hit) for hit in file.hits],
        context=[
            LineOut(
                message_id=line.message_id,
                author_id=line.author_id,
                author_name=line.author_name,
                text=line.text,
                sent_at=line.sent_at,
            )
            for line in file.lines
        ],
        complaints=[report_out(report) for report in file.reports],
        decisions=[decision_out(decision, names) for decision in file.decisions],
        events=[
            EventOut(at=event.at, by=_who(event.actor, names), kind=event.kind, text=event.data.get("text"))
            for event in file.events
        ],
        similar=[SimilarOut(case_id=one.case.id, likeness=round(one.likeness, 3)) for one in similar],
    )


def decision_out(decision: Decision, names: Names) -> DecisionOut:
    """A decision over the wire."""
    ruling = decision.ruling
    return DecisionOut(
        id=decision.id,
        case_id=decision.case_id,
        outcome=ruling.outcome,
        categories=list(ruling.categories),
        policy_id=ruling.policy_id,
        actions=list(ruling.actions),
        reason=ruling.reason,
        public_note=ruling.public_note,
        internal_note=ruling.internal_note,
        decided_by=names.get(decision.decided_by, decision.decided_by),
        decided_at=decision.decided_at,
        undoes=decision.undoes,
        undone_by=decision.undone_by,
    )


def report_out(report: CaseReport) -> CaseReportOut:
    """A complaint over the wire."""
    return CaseReportOut(
        reporter_id=report.reporter_id,
        reason=report.reason,
        text=report.text,
        reported_at=report.reported_at,
        counted=report.counted,
    )


def _hit(hit: Hit) -> HitOut:
    return HitOut(
        seq=hit.seq,
        message_id=hit.message_id,
        author_id=hit.author_id,
        author_name=hit.author_name,
        room_id=hit.room_id,
        text=hit.text,
        sent_at=hit.sent_at,
        verdict=hit.verdict,
        severity=hit.severity,
        signals=[
            SignalOut(
                source=signal.source,
                category=signal.category,
                score=signal.score,
                reason=signal.reason,
                spans=list(signal.spans),
                mode=signal.mode,
            )
            for signal in hit.signals
        ],
        held=hit.held.state if hit.held else None,
    )


def _fields(case: Case, names: Names) -> dict[str, object]:
    copied = CaseOut.model_fields.keys() - {"assigned_to", "claimed_by"}
    return {name: getattr(case, name) for name in copied} | {
        "categories": dict(case.categories),
        "assigned_to": _login(case.assigned_to, names),
        "claimed_by": _login(case.claimed_by, names),
    }


def _login(user_id: str | None, names: Names) -> str | None:
    return None if user_id is None else names.get(user_id, user_id)


def _who(actor: str, names: Names) -> str | None:
    return None if actor == "system" else _login(actor.removeprefix("user:"), names)
