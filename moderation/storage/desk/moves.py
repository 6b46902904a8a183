"""Who goes on with a case: comment on it, escalate, move, assign, ask for a second opinion."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from moderation.errors import (
    CaseClaimed,
    CaseClosed,
    CaseNotClaimed,
    CaseNotFound,
    FieldProblem,
    Invalid,
    MissingRole,
)
from moderation.review.case import Case, CaseState
from moderation.review.decision import MAX_INTERNAL_NOTE
from moderation.review.sight import Sight, sight_of
from moderation.storage import outbox
from moderation.storage.accounts import accounts
from moderation.storage.chat.hit_rows import storable
from moderation.storage.desk import events, routing
from moderation.storage.desk.claims import ESCALATED, SECOND_OPINION
from moderation.storage.desk.notes import note
from moderation.storage.desk.rows import get_case
from moderation.storage.tables.cases import cases
from moderation.taxonomy import Role

COMMENTED = "commented"
MOVED = "moved"
ASSIGNED = "assigned"


def comment(connection: Connection, case_id: str, sight: Sight, text: str, *, now: datetime) -> None:
    """Leave a remark for colleagues. It never leaves the desk.

    Raises:
        CaseNotFound: There is none for this person.
        Invalid: The remark is empty or longer than ``MAX_INTERNAL_NOTE``.
    """
    get_case(connection, case_id, sight)
    note(connection, case_id, sight.user_id, COMMENTED, now=now, data={"text": _remark(text, needed=True)})


def escalate(connection: Connection, case_id: str, sight: Sight, text: str, *, now: datetime) -> Case:
    """Hand a case to the leads without a finding; doing it again changes nothing.

    Raises:
        CaseNotFound, CaseClosed, CaseClaimed: Not there, settled, or in somebody else's hands.
        Invalid: The remark is too long.
    """
    remark = _remark(text)
    case = _free(connection, case_id, sight, now)
    if case.state is CaseState.ESCALATED:
        return case
    _write(connection, case, state=CaseState.ESCALATED, version=case.version + 1, now=now)
    note(connection, case_id, sight.user_id, ESCALATED, now=now, data=_data(text=remark))
    _tell(connection, case, "case.escalated", {"state": CaseState.ESCALATED.value}, sight, now)
    return get_case(connection, case_id, sight)


def move(connection: Connection, case_id: str, sight: Sight, queue: str, text: str, *, now: datetime) -> None:
    """Put a case into another review queue; whoever works there gets it, also where the mover may not look.

    Raises:
        CaseNotFound, CaseClosed, CaseClaimed: Not there, settled, or in somebody else's hands.
        Invalid: There is no such queue, or the remark is too long.
    """
    remark = _remark(text)
    case = _free(connection, case_id, sight, now)
    if queue not in {one.id for one in routing.queues(connection)}:
        raise Invalid(
            "There is no such review queue.", [FieldProblem(pointer="/queue", detail=f"unknown: {queue!r}")]
        )
    if queue == case.queue:
        return
    _write(connection, case, queue=queue, assigned_to=None, now=now)
    note(
        connection,
        case_id,
        sight.user_id,
        MOVED,
        now=now,
        data=_data(text=remark) | {"from": case.queue, "to": queue},
    )
    _tell(connection, case, "case.updated", {"queue": queue}, sight, now)


def assign(connection: Connection, case_id: str, sight: Sight, user_id: str | None, *, now: datetime) -> None:
    """Name the person who is to decide a case; None takes the name off. Only leads name others.

    Who holds the case goes on holding it, unless it is named somebody else's.

    Raises:
        CaseNotFound, CaseClosed, CaseClaimed: Not there, settled, or in somebody else's hands.
        MissingRole: They name somebody else and are no lead.
        Invalid: The person may not see or decide this case.
    """
    case = _free(connection, case_id, sight, now)
    if not sight.senior and (
        user_id not in (None, sight.user_id) or case.assigned_to not in (None, sight.user_id)
    ):
        raise MissingRole([Role.LEAD, Role.ADMIN])
    if user_id is not None and not _can_decide(connection, case, user_id):
        raise Invalid(
            "This person cannot decide this case.",
            [FieldProblem(pointer="/assignee", detail="unknown, locked out, or without the role for it")],
        )
    if user_id == case.assigned_to:
        return
    stays = user_id in (None, case.claimed_by)
    claim = {"claimed_by": case.claimed_by, "claimed_until": case.claimed_until} if stays else _NOBODYS
    _write(connection, case, assigned_to=user_id, now=now, **claim)
    note(connection, case_id, sight.user_id, ASSIGNED, now=now, data={"to": user_id})
    pseudonym = None if user_id is None else events.pseudonym(connection, user_id)
    _tell(connection, case, "case.assigned", {"assigned_to": pseudonym}, sight, now)


def ask_second_opinion(
    connection: Connection, case_id: str, sight: Sight, text: str, *, now: datetime
) -> None:
    """Give a case one holds to somebody else of the queue, with a question; it is not offered to the asker again.

    Raises:
        CaseNotFound, CaseClosed: Not there, or settled.
        CaseNotClaimed: The asker does not hold it.
        Invalid: No question, or too long a one.
    """
    question = _remark(text, needed=True)
    case = _free(connection, case_id, sight, now)
    if case.holder(now) != sight.user_id:
        raise CaseNotClaimed(case_id)
    _write(connection, case, assigned_to=None, now=now)
    note(connection, case_id, sight.user_id, SECOND_OPINION, now=now, data={"text": question})


def _free(connection: Connection, case_id: str, sight: Sight, now: datetime) -> Case:
    """The case, locked, if this person may hand it on: nobody else holds it, or they are a lead."""
    case = get_case(connection, case_id, sight, lock=True)
    if case.state is CaseState.CLOSED:
        raise CaseClosed(case_id)
    holder = case.holder(now)
    if holder not in (None, sight.user_id) and not sight.senior:
        raise CaseClaimed(case_id, str(holder), case.claimed_until or now)
    return case


def _can_decide(connection: Connection, case: Case, user_id: str) -> bool:
    user = next((user for user in accounts.list_users(connection) if user.id == user_id), None)
    if user is None or user.disabled_at is not None:
        return False
    theirs = sight_of(user.id, user.roles)
    if case.state is CaseState.ESCALATED and not theirs.may_decide_escalated(minors=case.minors):
        return False
    try:
        get_case(connection, case.id, theirs)
    except CaseNotFound:
        return False
    return True


def _remark(text: str, *, needed: bool = False) -> str:
    text = storable(text.strip())
    if needed and not text:
        raise Invalid("Say why.", [FieldProblem(pointer="/text", detail="Must not be empty.")])
    if len(text) > MAX_INTERNAL_NOTE:
        detail = f"At most {MAX_INTERNAL_NOTE} characters, these are {len(text)}."
        raise Invalid("The text is too long.", [FieldProblem(pointer="/text", detail=detail)])
    return text


def _data(*, text: str) -> dict[str, Any]:
    return {"text": text} if text else {}


_NOBODYS: dict[str, Any] = {"claimed_by": None, "claimed_until": None}


def _write(connection: Connection, case: Case, *, now: datetime, **values: Any) -> None:
    """Write the change; whoever held the case does not any more, unless ``values`` say otherwise."""
    changed = _NOBODYS | {"updated_at": now} | values
    connection.execute(update(cases).where(cases.c.id == case.id).values(changed))


def _tell(
    connection: Connection, case: Case, type_: str, data: dict[str, Any], sight: Sight, now: datetime
) -> None:
    outbox.emit(
        connection,
        service=case.service,
        type_=type_,
        subject=case.id,
        data={"case_id": case.id, "by": events.pseudonym(connection, sight.user_id)} | data,
        now=now,
        minors=case.minors,
    )
