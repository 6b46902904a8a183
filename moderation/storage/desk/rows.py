"""What the review desk reads: cases, hits and decisions as domain types, from their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, select, true

from moderation.errors import CaseNotFound
from moderation.review.case import Case, CaseKind, CaseState
from moderation.review.decision import Action, Decision, Outcome, Ruling
from moderation.review.sight import Sight
from moderation.review.strikes import Strike
from moderation.scoring.signal import Signal
from moderation.storage.tables.base import constant
from moderation.storage.tables.cases import cases
from moderation.storage.tables.desk import review_queue_roles
from moderation.taxonomy import Category, Severity

_SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A message that waits for a decision before anybody sees it."""

    message_id: str
    state: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One flagged message of a case, as it was when it was flagged."""

    seq: int
    message_id: str
    author_id: str
    author_name: str | None
    room_id: str
    target_id: str | None
    target: str
    text: str
    sent_at: datetime
    verdict: str
    severity: Severity
    category_scores: Mapping[Category, float]
    signals: tuple[Signal, ...]
    versions: Mapping[str, str]
    held: Held | None


def still_open() -> ColumnElement[bool]:
    """The part of a query that keeps cases nobody has settled."""
    return cases.c.state != constant(CaseState.CLOSED)


def visible(sight: Sight) -> ColumnElement[bool]:
    """The part of a query that keeps cases from whoever may not see them.

    Minors' cases are for some roles, a review queue may be, and a service sees its own. Leads see every queue.
    """
    conditions: list[ColumnElement[bool]] = [true()]
    if not sight.minors:
        conditions.append(cases.c.minors.is_(False))
    if not sight.senior:
        conditions.append(cases.c.queue.not_in(_closed_queues(sight)))
    if sight.service is not None:
        conditions.append(cases.c.service_id == sight.service)
    return and_(*conditions)


def _closed_queues(sight: Sight) -> Select[Any]:
    """Queues that are for other roles only."""
    mine = select(review_queue_roles.c.queue_id).where(
        review_queue_roles.c.role.in_([constant(role) for role in sorted(sight.roles)])
    )
    return select(review_queue_roles.c.queue_id).where(review_queue_roles.c.queue_id.not_in(mine))


def get_case(connection: Connection, case_id: str, sight: Sight, *, lock: bool = False) -> Case:
    """One case that the person may see.

    Args:
        connection: A transaction; with ``lock`` a writing one.
        case_id: Which.
        sight: Who looks.
        lock: Second writers wait for this transaction; without it two could claim one case.

    Raises:
        CaseNotFound: There is none, or they may not know of it.
    """
    query = select(cases).where(and_(cases.c.id == case_id, visible(sight)))
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None or not sight.desk:
        raise CaseNotFound(case_id)
    return case_of(row)


def case_of(row: RowMapping) -> Case:
    """A case from its row."""
    return Case(
        id=row["id"],
        service=row["service_id"],
        kind=CaseKind(row["kind"]),
        state=CaseState(row["state"]),
        queue=row["queue"],
        author_id=row["author_id"],
        room_id=row["room_id"],
        severity=_SEVERITIES[row["severity"]],
        categories={Category(name): score for name, score in row["categories"].items()},
        minors=row["minors"],
        priority=row["priority"],
        hit_seq=row["hit_seq"],
        seen_hit_seq=row["seen_hit_seq"],
        hits=row["hits"],
        reports=row["reports"],
        version=row["version"],
        opened_at=row["opened_at"],
        updated_at=row["updated_at"],
        due_at=row["due_at"],
        closed_at=row["closed_at"],
        assigned_to=row["assigned_to"],
        claimed_by=row["claimed_by"],
        claimed_until=row["claimed_until"],
        other_id=row["other_id"],
        live_viewers=row["live_viewers"],
        heavy=row["heavy"],
    )


def hit_of(row: RowMapping, held: Held | None) -> Hit:
    """A hit from its row."""
    return Hit(
        seq=row["seq"],
        message_id=row["message_id"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        room_id=row["room_id"],
        target_id=row["target_id"],
        target=row["target"],
        text=row["text"],
        sent_at=row["sent_at"],
        verdict=row["verdict"],
        severity=_SEVERITIES[row["severity"]],
        category_scores={Category(name): score for name, score in row["category_scores"].items()},
        signals=tuple(_signal(signal) for signal in row["signals"]),
        versions={
            "model": row["model_version"],
            "lexicon": row["lexicon_version"],
            "fold": row["fold_version"],
            "ruleset": row["ruleset_version"],
        },
        held=held,
    )


def _signal(data: Mapping[str, Any]) -> Signal:
    return Signal(
        source=data["source"],
        category=Category(data["category"]),
        score=data["score"],
        reason=data["reason"],
        spans=tuple((start, end) for start, end in data["spans"]),
        minors=data["minors"],
        severity=Severity(data["severity"]) if data["severity"] else None,
        mode=data["mode"],
        policy=data["policy"],
        strikes=data.get("strikes", 0),  # hits of before rules' strikes were kept
    )


def decision_of(row: RowMapping) -> Decision:
    """A decision from its row."""
    return Decision(
        id=row["id"],
        case_id=row["case_id"],
        ruling=Ruling(
            outcome=Outcome(row["outcome"]),
            categories=tuple(Category(name) for name in row["categories"]),
            policy_id=row["policy_id"],
            actions=tuple(Action(name) for name in row["actions"]),
            reason=row["reason"],
            public_note=row["public_note"],
            internal_note=row["internal_note"],
        ),
        policy_version=row["policy_version"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        seen_hit_seq=row["seen_hit_seq"],
        previous_hit_seq=row["previous_hit_seq"],
        undoes=row["undoes"],
        undone_by=row["undone_by"],
        batch_id=row["batch_id"],
    )


def strike_of(row: RowMapping) -> Strike:
    """A strike from its row."""
    return Strike(
        decision_id=row["decision_id"],
        weight=row["weight"],
        given_at=row["given_at"],
        expires_at=row["expires_at"],
        undone_at=row["undone_at"],
    )


def live_spans(signals: Sequence[Mapping[str, Any]]) -> list[tuple[int, int, Category]]:
    """Where the live signals of a hit point to, with what they found there."""
    return [
        (start, end, Category(signal["category"]))
        for signal in signals
        if signal["mode"] == "live"
        for start, end in signal["spans"]
    ]
