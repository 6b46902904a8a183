"""What a decision tells the outside: the service's webhooks and the recorder's buckets."""

from typing import Any

from sqlalchemy import Connection, select

from moderation.review.case import Case, CaseKind, CaseState
from moderation.review.decision import Decision, Outcome
from moderation.storage import outbox
from moderation.storage.tables.accounts import users
from moderation.storage.tables.cases import case_hits, cases
from moderation.storage.tables.people import rooms

MOST_MESSAGE_IDS = 100
"""Message ids in one event, the newest: a body stays below 20 kB."""


def decided(
    connection: Connection, case: Case, decision: Decision, state: CaseState, *, through: int
) -> None:
    """Announce a decision that was made on the hits up to ``through``, and count it."""
    data = _event(connection, case, decision, through) | {
        "state": state.value,
        "decided_at": decision.decided_at.isoformat(),
        "public_note": decision.ruling.public_note,
    }
    type_ = "case.escalated" if state is CaseState.ESCALATED else "case.decided"
    _emit(connection, case, decision, type_, data)
    _count(connection, case, decision)


def reversed_(connection: Connection, case: Case, undone: Decision, undoing: Decision) -> None:
    """Announce that a decision is taken back, and take it out of the counts of its hour."""
    through = case.hit_seq if undone.ruling.outcome is Outcome.UNSURE else undone.seen_hit_seq
    data = _event(connection, case, undone, through) | {"reversed_at": undoing.decided_at.isoformat()}
    _emit(connection, case, undoing, "decision.reversed", data)
    _count(connection, case, undone, count=-1)


def reopened(connection: Connection, case: Case, undoing: Decision, state: CaseState) -> None:
    """Announce that a closed case waits for a decision again."""
    data = {
        "case_id": case.id,
        "decision_id": undoing.undoes,
        "kind": case.kind.value,
        "author_id": case.author_id,
        "room_id": case.room_id,
        "state": state.value,
        "reopened_at": undoing.decided_at.isoformat(),
    }
    _emit(connection, case, undoing, "case.reopened", data)


def _emit(connection: Connection, case: Case, made: Decision, type_: str, data: dict[str, Any]) -> None:
    outbox.emit(
        connection,
        service=case.service,
        type_=type_,
        subject=case.id,
        data=data,
        now=made.decided_at,
        minors=case.minors,
    )


def _event(connection: Connection, case: Case, decision: Decision, through: int) -> dict[str, Any]:
    ruling = decision.ruling
    return {
        "case_id": case.id,
        "decision_id": decision.id,
        "outcome": ruling.outcome.value,
        "categories": [category.value for category in ruling.categories],
        "policy_id": ruling.policy_id,
        "policy_version": decision.policy_version,
        "actions": [action.value for action in ruling.actions],
        "author_id": case.author_id,
        "room_id": case.room_id,
        "message_ids": _message_ids(connection, case, decision, through),
        "decided_by": pseudonym(connection, decision.decided_by),
        **_other_side(connection, case),
    }


def _other_side(connection: Connection, case: Case) -> dict[str, str | None]:
    """Whom else a quarrel is about: a mediation is told to both."""
    if case.kind is not CaseKind.QUARREL:
        return {}
    found = select(cases.c.other_id).where(cases.c.id == case.id)
    return {"other_id": connection.execute(found).scalar_one()}


def _message_ids(connection: Connection, case: Case, decision: Decision, through: int) -> list[str]:
    """What its maker saw that no earlier decision had covered."""
    rows = connection.execute(
        select(case_hits.c.message_id)
        .where(
            case_hits.c.case_id == case.id,
            case_hits.c.seq > decision.previous_hit_seq,
            case_hits.c.seq <= through,
        )
        .order_by(case_hits.c.seq.desc())
        .limit(MOST_MESSAGE_IDS)
    )
    return list(rows.scalars())


def pseudonym(connection: Connection, user_id: str) -> str | None:
    """What people outside see instead of a moderator's name."""
    return connection.execute(select(users.c.pseudonym).where(users.c.id == user_id)).scalar_one_or_none()


def _count(connection: Connection, case: Case, decision: Decision, *, count: int = 1) -> None:
    ruling = decision.ruling
    category = connection.execute(
        select(rooms.c.category).where(rooms.c.service_id == case.service, rooms.c.id == case.room_id)
    ).scalar_one_or_none()
    outbox.record_fact(
        connection,
        service=case.service,
        kind="decision",
        data={
            "case_id": case.id,
            "outcome": ruling.outcome.value,
            "categories": [name.value for name in ruling.categories],
            "actions": [action.value for action in ruling.actions],
            "room_id": case.room_id,
            "room_category": category,
            "at": decision.decided_at.isoformat(),
            "count": count,
        },
        now=decision.decided_at,
    )
