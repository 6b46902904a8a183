"""Decide and undo: decision, case, strikes, held messages, events and outbox in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from moderation.errors import AlreadyDecided, MissingRole, NothingToUndo
from moderation.review.case import Case, CaseState
from moderation.review.decision import (
    Decision,
    Ruling,
    check_decision_id,
    covered,
    last_standing,
    state_after,
    state_before,
)
from moderation.review.presets import clause_for
from moderation.review.sight import Sight
from moderation.review.strikes import terms_of
from moderation.storage import policies
from moderation.storage.desk import events, held, strike_events
from moderation.storage.desk.case import decisions_of
from moderation.storage.desk.claims import ESCALATED
from moderation.storage.desk.notes import note
from moderation.storage.desk.rows import decision_of, get_case
from moderation.storage.ids import new_id
from moderation.storage.policies import PolicyClause
from moderation.storage.reports import answers
from moderation.storage.tables.cases import cases, decisions
from moderation.storage.tables.people import strikes
from moderation.taxonomy import Role


def decide(
    connection: Connection,
    case_id: str,
    sight: Sight,
    ruling: Ruling,
    *,
    decision_id: str,
    version: int,
    seen_hit_seq: int,
    now: datetime,
    batch_id: str | None = None,
) -> Decision:
    """Settle what a moderator saw of a case.

    Args:
        connection: A unit of work on the case store; nothing is written when this raises.
        case_id: Which.
        sight: Who decides; they hold the claim.
        ruling: What they decide.
        decision_id: Id made with the form: sending the same form twice decides once.
        version: The case as they saw it.
        seen_hit_seq: The last hit they saw; later ones keep the case queued.
        now: When.
        batch_id: The bulk act this is part of.

    Raises:
        Invalid: The ruling contradicts itself, or the form is damaged.
        CaseNotFound, PolicyNotFound: There is none (for this person).
        CaseClosed, CaseNotClaimed, StaleVersion: Someone was there in between.
        AlreadyDecided: The form was sent before, with another decision.
        MissingRole: The case is escalated to somebody else.
    """
    ruling.check()
    check_decision_id(decision_id)
    case = get_case(connection, case_id, sight, lock=True)
    ruling.check_fits(case)
    sent_before = _find(connection, decision_id)
    if sent_before is not None:
        sent = replace(ruling, policy_id=ruling.policy_id or sent_before.ruling.policy_id)
        if (sent_before.case_id, sent_before.decided_by, sent_before.ruling) == (
            case_id,
            sight.user_id,
            sent,
        ):
            return sent_before
        raise AlreadyDecided(case_id)
    case.check_decidable(sight.user_id, version=version, now=now)
    if case.state is CaseState.ESCALATED and not sight.may_decide_escalated(minors=case.minors):
        raise MissingRole([Role.LEAD, Role.ADMIN])
    clause = _clause(connection, case, ruling)
    ruling = replace(ruling, policy_id=clause.id if clause else None)
    decision = Decision(
        id=decision_id,
        case_id=case.id,
        ruling=ruling,
        policy_version=clause.version if clause else None,
        decided_by=sight.user_id,
        decided_at=now,
        seen_hit_seq=covered(case, ruling.outcome, seen_hit_seq),
        previous_hit_seq=case.seen_hit_seq,
        batch_id=batch_id,
    )
    state = state_after(case, ruling.outcome, seen_hit_seq)
    _insert(connection, case, decision)
    _move(connection, case, state=state, seen_hit_seq=decision.seen_hit_seq, now=now)
    _give_strike(connection, case, decision)
    held.settle_by_decision(connection, case, decision)
    kind = ESCALATED if state is CaseState.ESCALATED else "decided"
    note(connection, case.id, sight.user_id, kind, now=now, data={"decision_id": decision.id, "state": state})
    events.decided(connection, case, decision, state, through=seen_hit_seq)
    answers.judge(connection, case, decision, through=seen_hit_seq)
    return decision


def _clause(connection: Connection, case: Case, ruling: Ruling) -> PolicyClause | None:
    """The clause a decision cites: the one it names, else the one that the case was held against."""
    if ruling.policy_id:
        return policies.get(connection, ruling.policy_id)
    clauses = policies.current(connection)
    if case.categories:
        worst = max(case.categories, key=lambda category: (case.categories[category], category.value))
        if (found := clause_for(worst, (), clauses)) is not None:
            return found
    return next((clause for clause in clauses if clause.id == policies.GENERAL), None)


def undo(
    connection: Connection,
    case_id: str,
    sight: Sight,
    *,
    decision_id: str,
    now: datetime,
    lease: timedelta,
) -> Decision:
    """Take back the last decision of a case, and claim the case to decide it anew.

    Where a newer case of the same subject is open meanwhile, both stay open: nothing is lost.

    Returns:
        The decision that takes the other one back.

    Raises:
        CaseNotFound: There is none for this person.
        NothingToUndo: That decision is not the last one that stands.
        CaseClaimed: Someone else works on the case.
        MissingRole: It is someone else's decision, and they are no lead.
    """
    case = get_case(connection, case_id, sight, lock=True)
    made = decisions_of(connection, case_id)
    last = last_standing(made)
    if last is None or last.id != decision_id:
        raise NothingToUndo(case_id)
    if last.decided_by != sight.user_id and not sight.senior:
        raise MissingRole([Role.LEAD, Role.ADMIN])
    if case.state is not CaseState.CLOSED:
        case.claim(sight.user_id, now=now, lease=lease)
    undoing = take_back(connection, case, last, sight, now=now)
    state = state_before(made, last.id)
    _leave_key_to_successor(connection, case)
    _move(connection, case, state=state, seen_hit_seq=last.previous_hit_seq, now=now)
    _hold(connection, replace(case, state=state), sight, until=now + lease)
    held.hold_again(connection, case, last, now=now)
    note(connection, case_id, sight.user_id, "undone", now=now, data={"decision_id": last.id, "state": state})
    if case.state is CaseState.CLOSED:
        events.reopened(connection, case, undoing, state)
    return undoing


def take_back(connection: Connection, case: Case, made: Decision, sight: Sight, *, now: datetime) -> Decision:
    """Reverse a decision with its strike, and tell the service. The case itself stays as it is.

    The caller holds the case's lock and knows that the decision stands.
    """
    undoing = Decision(
        id=new_id(),
        case_id=case.id,
        ruling=made.ruling,
        policy_version=made.policy_version,
        decided_by=sight.user_id,
        decided_at=now,
        seen_hit_seq=made.previous_hit_seq,
        previous_hit_seq=case.seen_hit_seq,
        undoes=made.id,
    )
    _insert(connection, case, undoing)
    connection.execute(update(decisions).where(decisions.c.id == made.id).values(undone_by=undoing.id))
    connection.execute(update(strikes).where(strikes.c.decision_id == made.id).values(undone_at=now))
    events.reversed_(connection, case, made, undoing)
    answers.take_back(connection, made)
    return undoing


def get_decision(connection: Connection, decision_id: str) -> Decision | None:
    """One decision, made or taken back."""
    return _find(connection, decision_id)


def _find(connection: Connection, decision_id: str) -> Decision | None:
    row = connection.execute(select(decisions).where(decisions.c.id == decision_id)).mappings().one_or_none()
    return None if row is None else decision_of(row)


def _insert(connection: Connection, case: Case, decision: Decision) -> None:
    ruling = decision.ruling
    connection.execute(
        insert(decisions).values(
            id=decision.id,
            case_id=case.id,
            service_id=case.service,
            author_id=case.author_id,
            room_id=case.room_id,
            outcome=ruling.outcome,
            categories=_words(ruling.categories),
            policy_id=ruling.policy_id,
            policy_version=decision.policy_version,
            actions=_words(ruling.actions),
            reason=ruling.reason,
            public_note=ruling.public_note,
            internal_note=ruling.internal_note,
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
            seen_hit_seq=decision.seen_hit_seq,
            previous_hit_seq=decision.previous_hit_seq,
            undoes=decision.undoes,
            batch_id=decision.batch_id,
        )
    )


def _words(values: Sequence[Any]) -> list[str]:
    return [str(value) for value in values]


def _move(connection: Connection, case: Case, *, state: CaseState, seen_hit_seq: int, now: datetime) -> None:
    """Write the case's new state; the claim ends with a decision."""
    connection.execute(
        update(cases)
        .where(cases.c.id == case.id)
        .values(
            state=state,
            seen_hit_seq=seen_hit_seq,
            version=case.version + 1,
            claimed_by=None,
            claimed_until=None,
            updated_at=now,
            closed_at=now if state is CaseState.CLOSED else None,
        )
    )


def _hold(connection: Connection, case: Case, sight: Sight, *, until: datetime) -> None:
    if case.state is CaseState.QUEUED or sight.may_decide_escalated(minors=case.minors):
        connection.execute(
            update(cases).where(cases.c.id == case.id).values(claimed_by=sight.user_id, claimed_until=until)
        )


def _give_strike(connection: Connection, case: Case, decision: Decision) -> None:
    terms = terms_of(decision.ruling)
    if terms is None or case.author_id is None:
        return
    connection.execute(
        insert(strikes).values(
            id=new_id(),
            service_id=case.service,
            author_id=case.author_id,
            decision_id=decision.id,
            weight=terms.weight,
            given_at=decision.decided_at,
            expires_at=decision.decided_at + terms.lasts,
        )
    )
    strike_events.tell(connection, case, decision)


def _leave_key_to_successor(connection: Connection, case: Case) -> None:
    """Let a case open again although a newer one has its live key: hits go on joining the newer one."""
    key = select(cases.c.live_key).where(cases.c.id == case.id).scalar_subquery()
    successor = connection.execute(
        select(cases.c.id).where(
            cases.c.service_id == case.service,
            cases.c.live_key == key,
            cases.c.state != CaseState.CLOSED,
            cases.c.id != case.id,
        )
    ).scalar_one_or_none()
    if successor is not None:
        connection.execute(
            update(cases).where(cases.c.id == case.id).values(live_key=cases.c.live_key + "#" + case.id)
        )
