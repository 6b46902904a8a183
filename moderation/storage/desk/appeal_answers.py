"""Answer an appeal: uphold the decision, or overturn it with all that came of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from moderation.errors import AppealConflict, FieldProblem, Invalid, OwnDecision
from moderation.review.appeal import AppealState, restoring
from moderation.review.case import Case, CaseState
from moderation.review.decision import MAX_PUBLIC_NOTE, MAX_REASON, Decision, last_standing
from moderation.review.sight import Sight
from moderation.storage import outbox
from moderation.storage.chat.hit_rows import storable
from moderation.storage.desk import decide as desk_decide
from moderation.storage.desk import events
from moderation.storage.desk.appeals import AppealFile, get
from moderation.storage.desk.case import decisions_of
from moderation.storage.desk.notes import note
from moderation.storage.desk.rows import get_case
from moderation.storage.ids import new_id
from moderation.storage.tables.desk import appeals


def decide(
    connection: Connection,
    appeal_id: str,
    sight: Sight,
    outcome: AppealState,
    *,
    reason: str,
    public_note: str,
    now: datetime,
    lease: timedelta,
) -> AppealFile:
    """Answer an appeal. Overturning takes the decision back with its strike, and restores what it hid.

    Raises:
        AppealNotFound: There is none for this person.
        OwnDecision: They made the decision themselves.
        AppealConflict: It was answered already.
        Invalid: No reason, or a text that is too long.
    """
    reason, public_note = storable(reason.strip()), storable(public_note.strip())
    _check_answer(outcome, reason, public_note)
    file = get(connection, appeal_id, sight)
    case = get_case(connection, file.case.id, sight, lock=True)
    if file.decision.decided_by == sight.user_id:
        raise OwnDecision
    answered = connection.execute(
        update(appeals)
        .where(appeals.c.id == appeal_id, appeals.c.state == AppealState.OPEN)
        .values(
            state=outcome, decided_by=sight.user_id, decided_at=now, reason=reason, public_note=public_note
        )
    )
    if answered.rowcount == 0:
        raise AppealConflict(f"Appeal {appeal_id} was answered already.")
    if outcome is AppealState.OVERTURNED:
        _overturn(
            connection,
            case,
            file.decision,
            sight,
            reason=reason,
            public_note=public_note,
            now=now,
            lease=lease,
        )
    note(connection, case.id, sight.user_id, f"appeal_{outcome}", now=now, data={"appeal_id": appeal_id})
    _tell(connection, file, outcome, public_note, sight, now)
    return get(connection, appeal_id, sight)


def _overturn(
    connection: Connection,
    case: Case,
    decision: Decision,
    sight: Sight,
    *,
    reason: str,
    public_note: str,
    now: datetime,
    lease: timedelta,
) -> None:
    """Reverse the decision. Where its case has gone on since, the case stays where it is."""
    made = decisions_of(connection, case.id)
    current = next(one for one in made if one.id == decision.id)
    if not current.stands:
        return
    last = last_standing(made)
    if last is None or last.id != decision.id or case.state is not CaseState.CLOSED:
        desk_decide.take_back(connection, case, current, sight, now=now)
        return
    judge = replace(sight, senior=True)  # an appeal is what entitles to take another one's decision back
    desk_decide.undo(connection, case.id, judge, decision_id=decision.id, now=now, lease=lease)
    reopened = get_case(connection, case.id, judge)
    desk_decide.decide(
        connection,
        case.id,
        judge,
        restoring(decision.ruling, reason=reason, public_note=public_note),
        decision_id=new_id(),
        version=reopened.version,
        seen_hit_seq=case.seen_hit_seq,
        now=now,
    )


def _check_answer(outcome: AppealState, reason: str, public_note: str) -> None:
    problems = []
    if outcome is AppealState.OPEN:
        problems.append(FieldProblem(pointer="/outcome", detail="upheld or overturned"))
    if not reason or len(reason) > MAX_REASON:
        problems.append(FieldProblem(pointer="/reason", detail=f"1 to {MAX_REASON} characters"))
    if len(public_note) > MAX_PUBLIC_NOTE:
        problems.append(FieldProblem(pointer="/public_note", detail=f"At most {MAX_PUBLIC_NOTE} characters"))
    if problems:
        raise Invalid("This answer cannot stand; each field is named.", problems)


def _tell(
    connection: Connection,
    file: AppealFile,
    outcome: AppealState,
    public_note: str,
    sight: Sight,
    now: datetime,
) -> None:
    outbox.emit(
        connection,
        service=file.appeal.service,
        type_="appeal.decided",
        subject=file.appeal.external_id,
        data={
            "appeal_id": file.appeal.external_id,
            "decision_id": file.decision.id,
            "case_id": file.case.id,
            "author_id": file.appeal.author_id,
            "outcome": outcome.value,
            "public_note": public_note,
            "decided_at": now.isoformat(),
            "decided_by": events.pseudonym(connection, sight.user_id),
        },
        now=now,
        minors=file.case.minors,
    )
