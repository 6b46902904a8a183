"""Held messages: approve, deny, decide and expire are one conditional update on ``held``."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from moderation.review.case import Case
from moderation.review.decision import Decision, Outcome
from moderation.storage import outbox
from moderation.storage.tables.cases import case_hits, held_messages

HELD = "held"
APPROVED = "approved"
DENIED = "denied"

_STATE_OF: dict[Outcome, str] = {Outcome.VIOLATION: DENIED, Outcome.NO_VIOLATION: APPROVED}
_EVENT_OF = {APPROVED: "message.released", DENIED: "message.denied"}


def settle_by_decision(connection: Connection, case: Case, decision: Decision) -> None:
    """Release or refuse what a decision covers; with ``unsure`` it goes on waiting.

    A message that expired a moment before stays expired: whoever changes ``held`` first wins.
    """
    state = _STATE_OF.get(decision.ruling.outcome)
    if state is None:
        return
    settled = connection.execute(
        update(held_messages)
        .where(_of_case(case), held_messages.c.state == HELD, _covered(case, decision))
        .values(state=state, settled_at=decision.decided_at, settled_by=f"user:{decision.decided_by}")
        .returning(held_messages.c.message_id)
    )
    for message_id in sorted(settled.scalars()):
        outbox.emit(
            connection,
            service=case.service,
            type_=_EVENT_OF[state],
            subject=message_id,
            data={
                "message_id": message_id,
                "case_id": case.id,
                "decision_id": decision.id,
                "author_id": case.author_id,
                "room_id": case.room_id,
            },
            now=decision.decided_at,
            minors=case.minors,
        )


def hold_again(connection: Connection, case: Case, undone: Decision, *, now: datetime) -> None:
    """Let refused messages wait again after an undo, those whose time is not up.

    A released message was seen by everybody; the next decision may hide it.
    """
    connection.execute(
        update(held_messages)
        .where(
            _of_case(case),
            held_messages.c.state == DENIED,
            held_messages.c.settled_at == undone.decided_at,
            held_messages.c.settled_by == f"user:{undone.decided_by}",
            held_messages.c.expires_at > now,
        )
        .values(state=HELD, settled_at=None, settled_by=None)
    )


def _of_case(case: Case) -> ColumnElement[bool]:
    return held_messages.c.case_id == case.id


def _covered(case: Case, decision: Decision) -> ColumnElement[bool]:
    seen = select(case_hits.c.message_id).where(
        case_hits.c.case_id == case.id, case_hits.c.seq <= decision.seen_hit_seq
    )
    return held_messages.c.message_id.in_(seen)
