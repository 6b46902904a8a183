"""Appeals in the database: take one in, list them, decide one. Functions never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, insert, select

from moderation.errors import (
    AppealConflict,
    AppealNotFound,
    DecisionNotFound,
    FieldProblem,
    Invalid,
)
from moderation.review.appeal import ANSWERED_WITHIN, Appeal, AppealState
from moderation.review.case import Case
from moderation.review.decision import Decision, Outcome
from moderation.review.sight import Sight
from moderation.storage.chat.hit_rows import storable
from moderation.storage.desk.rows import case_of, decision_of, visible
from moderation.storage.ids import new_id
from moderation.storage.tables.cases import case_events, cases, decisions
from moderation.storage.tables.desk import appeals

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAppeal:
    """An appeal as the desk sees it."""

    id: str
    external_id: str
    service: str
    decision_id: str
    case_id: str
    author_id: str
    text: str
    state: AppealState
    appealed_at: datetime
    due_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    public_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFile:
    """An appeal with its case and the decision it is about."""

    appeal: KeptAppeal
    case: Case
    decision: Decision


def receive(connection: Connection, appeal: Appeal, *, now: datetime) -> tuple[KeptAppeal, bool]:
    """Take an appeal in; the same again changes nothing.

    Returns:
        The appeal, and whether it is new.

    Raises:
        DecisionNotFound: The service has no such decision of this author.
        AppealConflict: The id came before with other content, or this decision was appealed before.
        Invalid: The decision found no violation, or does not stand any more.
    """
    row = (
        connection.execute(
            select(appeals).where(appeals.c.service_id == appeal.service, appeals.c.external_id == appeal.id)
        )
        .mappings()
        .one_or_none()
    )
    if row is not None:
        if row["content_hash"] != appeal.digest:
            raise AppealConflict(f"Appeal {appeal.id!r} came before with other content; give it a new id.")
        return _appeal(row), False
    decision = _appealable(connection, appeal)
    kept = {
        "id": new_id(),
        "service_id": appeal.service,
        "external_id": appeal.id,
        "content_hash": appeal.digest,
        "decision_id": decision.id,
        "case_id": decision.case_id,
        "author_id": appeal.author_id,
        "text": storable(appeal.text),
        "appealed_at": appeal.appealed_at,
        "received_at": now,
        "due_at": now + ANSWERED_WITHIN,
        "state": AppealState.OPEN,
        "reason": "",
        "public_note": "",
    }
    connection.execute(insert(appeals), kept)
    connection.execute(
        insert(case_events).values(
            case_id=decision.case_id, at=now, actor="system", kind="appealed", data={"appeal_id": kept["id"]}
        )
    )
    return get_raw(connection, str(kept["id"])), True


def list_appeals(
    connection: Connection, sight: Sight, *, state: AppealState, page: int
) -> tuple[list[AppealFile], int]:
    """Appeals of a state and how many there are; open ones by their due time, others the newest first."""
    query = _seen(sight).where(appeals.c.state == state)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    order: Any = appeals.c.due_at if state is AppealState.OPEN else appeals.c.decided_at.desc()
    rows = connection.execute(
        query.order_by(order, appeals.c.id).limit(PAGE).offset((page - 1) * PAGE)
    ).mappings()
    return _files(connection, rows.all()), total


def get(connection: Connection, appeal_id: str, sight: Sight) -> AppealFile:
    """One appeal whose case the person may see. Raises AppealNotFound."""
    row = connection.execute(_seen(sight).where(appeals.c.id == appeal_id)).mappings().one_or_none()
    if row is None or not sight.desk:
        raise AppealNotFound(appeal_id)
    return _files(connection, [row])[0]


def get_raw(connection: Connection, appeal_id: str) -> KeptAppeal:
    """One appeal, whoever asks."""
    return _appeal(connection.execute(select(appeals).where(appeals.c.id == appeal_id)).mappings().one())


def of_case(connection: Connection, case_id: str) -> list[KeptAppeal]:
    """Appeals about a case's decisions, oldest first."""
    rows = connection.execute(
        select(appeals)
        .where(appeals.c.decision_id.in_(select(decisions.c.id).where(decisions.c.case_id == case_id)))
        .order_by(appeals.c.received_at)
    )
    return [_appeal(row) for row in rows.mappings()]


def _appealable(connection: Connection, appeal: Appeal) -> Decision:
    row = (
        connection.execute(
            select(decisions).where(
                decisions.c.id == appeal.decision_id,
                decisions.c.service_id == appeal.service,
                decisions.c.author_id == appeal.author_id,
            )
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise DecisionNotFound(appeal.decision_id)
    # The case's lock: two appeals of one decision come one after the other.
    connection.execute(select(cases.c.id).where(cases.c.id == row["case_id"]).with_for_update())
    decision = decision_of(row)
    if decision.ruling.outcome is not Outcome.VIOLATION or not decision.stands:
        problem = FieldProblem(pointer="/decision_id", detail="found no violation, or was taken back")
        raise Invalid("There is nothing to appeal against.", [problem])
    before = connection.execute(select(appeals.c.id).where(appeals.c.decision_id == decision.id)).first()
    if before is not None:
        raise AppealConflict(f"Decision {decision.id} was appealed before; its answer is final.")
    return decision


def _seen(sight: Sight) -> Select[Any]:
    return select(appeals).join(cases, cases.c.id == appeals.c.case_id).where(visible(sight))


def _files(connection: Connection, rows: Sequence[RowMapping]) -> list[AppealFile]:
    listed = [_appeal(row) for row in rows]
    ids = {"case": [one.case_id for one in listed], "decision": [one.decision_id for one in listed]}
    of_case_ = connection.execute(select(cases).where(cases.c.id.in_(ids["case"]))).mappings()
    by_case = {row["id"]: case_of(row) for row in of_case_}
    made = connection.execute(select(decisions).where(decisions.c.id.in_(ids["decision"]))).mappings()
    by_decision = {row["id"]: decision_of(row) for row in made}
    return [
        AppealFile(appeal=one, case=by_case[one.case_id], decision=by_decision[one.decision_id])
        for one in listed
    ]


def _appeal(row: RowMapping) -> KeptAppeal:
    return KeptAppeal(
        id=row["id"],
        external_id=row["external_id"],
        service=row["service_id"],
        decision_id=row["decision_id"],
        case_id=row["case_id"],
        author_id=row["author_id"],
        text=row["text"],
        state=AppealState(row["state"]),
        appealed_at=row["appealed_at"],
        due_at=row["due_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        reason=row["reason"],
        public_note=row["public_note"],
    )
