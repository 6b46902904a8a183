"""A case with everything a moderator needs to decide it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, select

from moderation.review.case import Case
from moderation.review.decision import Decision
from moderation.review.presets import leading_categories
from moderation.review.sight import Sight
from moderation.review.strikes import Strike
from moderation.scoring.message import Room
from moderation.scoring.signal import Signal
from moderation.scoring.talk import RoomLine
from moderation.storage.chat import people
from moderation.storage.desk.rows import (
    Held,
    Hit,
    case_of,
    decision_of,
    get_case,
    hit_of,
    strike_of,
    visible,
)
from moderation.storage.tables.cases import (
    case_context,
    case_events,
    case_hits,
    cases,
    decisions,
    held_messages,
)
from moderation.storage.tables.people import strikes
from moderation.storage.tables.voices import reports
from moderation.taxonomy import Category, ReportReason, Severity

MOST_HITS = 100
"""Hits a page shows, the newest; a raid may have thousands."""
MOST_LINES = 400
MOST_REPORTS = 100
MOST_OTHER_CASES = 20
MOST_EVENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """One complaint in a case; ``counted`` is false where the reporter had said it before."""

    reporter_id: str
    reason: ReportReason
    text: str
    reported_at: datetime
    weight: float
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One line of a case's history."""

    at: datetime
    actor: str
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCase:
    """Another case of the same author, with the decision that stands, if there is one."""

    case: Case
    decision: Decision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything about a case, as of one moment.

    Attributes:
        hits: The newest ``MOST_HITS``, in the order they came.
        lines: The room's talk around them, oldest first, the hits among it.
        decisions: Oldest first, those taken back too.
    """

    case: Case
    room: Room | None
    hits: Sequence[Hit]
    lines: Sequence[RoomLine]
    reports: Sequence[CaseReport]
    decisions: Sequence[Decision]
    strikes: Sequence[Strike]
    others: Sequence[OtherCase]
    events: Sequence[CaseEvent]

    @property
    def leading(self) -> tuple[Category, ...]:
        """The case's categories, gravest first."""
        worst: dict[Category, Severity] = {}
        for signal in self._live_signals():
            if signal.severity is not None:
                before = worst.get(signal.category, Severity.NONE)
                worst[signal.category] = max(before, signal.severity, key=lambda level: level.rank)
        return leading_categories(self.case.categories, worst)

    @property
    def cited_policies(self) -> list[str]:
        """Clauses that the live rules cite, strongest signal first."""
        signals = sorted(self._live_signals(), key=lambda signal: -signal.score)
        return list(dict.fromkeys(signal.policy for signal in signals if signal.policy))

    def _live_signals(self) -> list[Signal]:
        """Those of hits that no decision covers; of all hits where there are none."""
        new = [hit for hit in self.hits if hit.seq > self.case.seen_hit_seq] or self.hits
        return [signal for hit in new for signal in hit.signals if signal.mode == "live"]


def load(connection: Connection, case_id: str, sight: Sight) -> CaseFile:
    """Read a case with all that belongs to it. Raises CaseNotFound."""
    return file_of(connection, get_case(connection, case_id, sight), sight)


def file_of(connection: Connection, case: Case, sight: Sight) -> CaseFile:
    """All that belongs to a case that was read already."""
    hits = _hits(connection, case)
    return CaseFile(
        case=case,
        room=people.room(connection, case.service, case.room_id) if case.room_id else None,
        hits=hits,
        lines=_lines(connection, case, hits),
        reports=_reports(connection, case),
        decisions=decisions_of(connection, case.id),
        strikes=_strikes(connection, case),
        others=_others(connection, case, sight),
        events=_events(connection, case),
    )


def with_hits_alone(connection: Connection, case_id: str, sight: Sight) -> CaseFile:
    """A case with its hits and nothing else: what a one-key decision is made of. Raises CaseNotFound."""
    case = get_case(connection, case_id, sight)
    return CaseFile(
        case=case,
        room=None,
        hits=_hits(connection, case),
        lines=(),
        reports=(),
        decisions=(),
        strikes=(),
        others=(),
        events=(),
    )


def as_seen(file: CaseFile, seen_hit_seq: int) -> CaseFile:
    """A case as it was before anybody decided, with the hits that were there."""
    hits = [hit for hit in file.hits if hit.seq <= seen_hit_seq]
    later = {hit.message_id for hit in file.hits if hit.seq > seen_hit_seq}
    return replace(
        file,
        case=replace(file.case, seen_hit_seq=0, claimed_by=None, claimed_until=None),
        hits=hits,
        lines=[line for line in file.lines if line.message_id not in later],
        decisions=[],
        strikes=[],
        others=[],
        events=[],
    )


def decisions_of(connection: Connection, case_id: str) -> list[Decision]:
    """Every decision of a case, oldest first."""
    rows = connection.execute(
        select(decisions)
        .where(decisions.c.case_id == case_id)
        .order_by(decisions.c.decided_at, decisions.c.id)
    )
    return [decision_of(row) for row in rows.mappings()]


def _hits(connection: Connection, case: Case) -> list[Hit]:
    held = and_(
        held_messages.c.case_id == case_hits.c.case_id,
        held_messages.c.service_id == case_hits.c.service_id,
        held_messages.c.message_id == case_hits.c.message_id,
    )
    rows = connection.execute(
        select(case_hits, held_messages.c.state.label("held_state"), held_messages.c.expires_at)
        .outerjoin(held_messages, held)
        .where(case_hits.c.case_id == case.id)
        .order_by(case_hits.c.seq.desc())
        .limit(MOST_HITS)
    )
    return [hit_of(row, _held(row)) for row in reversed(rows.mappings().all())]


def _held(row: RowMapping) -> Held | None:
    if row["held_state"] is None:
        return None
    return Held(message_id=row["message_id"], state=row["held_state"], expires_at=row["expires_at"])


def _lines(connection: Connection, case: Case, hits: Sequence[Hit]) -> list[RoomLine]:
    rows = connection.execute(
        select(case_context)
        .where(case_context.c.case_id == case.id)
        .order_by(case_context.c.sent_at.desc())
        .limit(MOST_LINES)
    )
    flagged = {hit.message_id: _line(hit) for hit in hits}
    talk = {row.message_id: _line(row) for row in rows}
    return sorted((talk | flagged).values(), key=lambda line: (line.sent_at, line.message_id))


def _line(row: Any) -> RoomLine:
    return RoomLine(
        message_id=row.message_id,
        author_id=row.author_id,
        author_name=row.author_name,
        text=row.text,
        sent_at=row.sent_at,
    )


def _reports(connection: Connection, case: Case) -> list[CaseReport]:
    rows = connection.execute(
        select(reports)
        .where(reports.c.case_id == case.id)
        .order_by(reports.c.reported_at.desc())
        .limit(MOST_REPORTS)
    )
    return [
        CaseReport(
            reporter_id=row.reporter_id,
            reason=ReportReason(row.reason),
            text=row.text,
            reported_at=row.reported_at,
            weight=row.weight,
            counted=row.counted,
        )
        for row in rows
    ]


def _strikes(connection: Connection, case: Case) -> list[Strike]:
    if case.author_id is None:
        return []
    rows = connection.execute(
        select(strikes)
        .where(strikes.c.service_id == case.service, strikes.c.author_id == case.author_id)
        .order_by(strikes.c.given_at.desc())
    )
    return [strike_of(row) for row in rows.mappings()]


def _others(connection: Connection, case: Case, sight: Sight) -> list[OtherCase]:
    if case.author_id is None:
        return []
    rows = connection.execute(
        select(cases)
        .where(
            cases.c.service_id == case.service,
            cases.c.author_id == case.author_id,
            cases.c.id != case.id,
            visible(sight),
        )
        .order_by(cases.c.opened_at.desc())
        .limit(MOST_OTHER_CASES)
    )
    found = [case_of(row) for row in rows.mappings()]
    if not found:
        return []
    standing = connection.execute(
        select(decisions)
        .where(
            decisions.c.case_id.in_([other.id for other in found]),
            decisions.c.undoes.is_(None),
            decisions.c.undone_by.is_(None),
        )
        .order_by(decisions.c.decided_at)
    )
    last = {row["case_id"]: decision_of(row) for row in standing.mappings()}
    return [OtherCase(case=other, decision=last.get(other.id)) for other in found]


def _events(connection: Connection, case: Case) -> list[CaseEvent]:
    rows = connection.execute(
        select(case_events)
        .where(case_events.c.case_id == case.id)
        .order_by(case_events.c.seq.desc())
        .limit(MOST_EVENTS)
    )
    return [CaseEvent(at=row.at, actor=row.actor, kind=row.kind, data=row.data) for row in rows]
