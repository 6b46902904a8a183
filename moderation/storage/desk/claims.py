"""Claims: who works on which case. Nobody gets a case that someone else holds."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from moderation.errors import MissingRole, StaleVersion
from moderation.review.care import HEAVY_IN_A_ROW, LOOK_BACK
from moderation.review.case import Case, CaseState
from moderation.review.sight import Sight
from moderation.storage.at_once import AtOnce
from moderation.storage.desk.notes import NOTING, note, noted
from moderation.storage.desk.rows import case_of, get_case, still_open, visible
from moderation.storage.tables.accounts import users
from moderation.storage.tables.base import Id, UtcDateTime
from moderation.storage.tables.cases import case_events, cases
from moderation.taxonomy import Role, Severity

MOST_COUNTED = 1_000
"""Beyond that a number tells nobody anything, and counting on would only keep the page waiting."""
SKIP_REST = timedelta(minutes=30)
"""A case someone skipped or passed on is not offered to them again for so long."""

SKIPPED = "skipped"
ESCALATED = "escalated"
SECOND_OPINION = "second_opinion"


def claim(connection: Connection, case_id: str, sight: Sight, *, now: datetime, lease: timedelta) -> Case:
    """Reserve a case; claiming one's own again renews the lease.

    Raises:
        CaseNotFound: There is none for this person.
        CaseClosed: It is settled.
        CaseClaimed: Someone else holds it.
        MissingRole: It is escalated, and they are not who it was escalated to.
    """
    before = get_case(connection, case_id, sight, lock=True)
    _check_escalated(before, sight)
    _check_assigned(before, sight)
    return _hold(connection, before, sight, now=now, lease=lease)


def renew(
    connection: Connection, case_id: str, sight: Sight, *, version: int, now: datetime, lease: timedelta
) -> Case:
    """Keep a case whose page is open, also when the lease ran out and nobody else came.

    Raises:
        StaleVersion: Somebody claimed or decided it since.
        CaseNotFound, CaseClosed, CaseClaimed, MissingRole: As for ``claim``.
    """
    before = get_case(connection, case_id, sight, lock=True)
    if before.version != version:
        raise StaleVersion(case_id, version, before.version)
    _check_escalated(before, sight)
    return _hold(connection, before, sight, now=now, lease=lease)


def claim_next(
    connection: Connection, sight: Sight, *, now: datetime, lease: timedelta, queue: str | None = None
) -> Case | None:
    """Claim the most urgent case that nobody holds and this person may decide, of one queue or of all.

    Two people asking at once get different cases: on PostgreSQL a row that someone is taking is
    passed over, on SQLite writers come one after the other.
    """
    if not sight.desk:
        return None
    row = _first(connection, sight, now, queue)
    if row is not None and _weighs(row) and _had_enough(connection, sight, now):
        row = _first(connection, sight, now, queue, gentle=True) or row
    if row is None:
        return None
    return _hold(connection, case_of(row), sight, now=now, lease=lease)


def _first(
    connection: Connection, sight: Sight, now: datetime, queue: str | None, *, gentle: bool = False
) -> RowMapping | None:
    first = _first_workable(replace(sight, user_id=""), queue, gentle)
    return connection.execute(first, _of(sight, now)).mappings().one_or_none()


@lru_cache(maxsize=256)
def _first_workable(sight: Sight, queue: str | None, gentle: bool) -> Select[Any]:
    """Made once a kind of person: building it costs more than running it."""
    workable = _workable(sight)
    if queue is not None:
        workable = workable.where(cases.c.queue == queue)
    if gentle:
        workable = workable.where(_gentle())
    ordered = workable.order_by(cases.c.priority.desc(), cases.c.opened_at, cases.c.id)
    return ordered.limit(1).with_for_update(skip_locked=True)


def _weighs(row: RowMapping) -> bool:
    return bool(row["heavy"]) and row["severity"] < Severity.CRITICAL.rank


def _gentle() -> ColumnElement[bool]:
    """Not heavy, or so urgent that nobody's comfort counts."""
    return or_(cases.c.heavy.is_(False), cases.c.severity >= Severity.CRITICAL.rank)


def _had_enough(connection: Connection, sight: Sight, now: datetime) -> bool:
    """Whether this person's last claims were heavy ones, one after the other."""
    last = (
        select(cases.c.heavy)
        .join(case_events, case_events.c.case_id == cases.c.id)
        .where(
            case_events.c.actor == f"user:{sight.user_id}",
            case_events.c.kind == "claimed",
            case_events.c.at > now - LOOK_BACK,
        )
        .order_by(case_events.c.at.desc(), case_events.c.seq.desc())
        .limit(HEAVY_IN_A_ROW)
    )
    heavy = connection.execute(last).scalars().all()
    return len(heavy) == HEAVY_IN_A_ROW and all(heavy)


def resume_or_claim_next(
    connection: Connection, sight: Sight, *, now: datetime, lease: timedelta
) -> tuple[Case | None, bool]:
    """The case this person holds already, else the next one; pressing twice claims once.

    Returns:
        The case, and whether it was held before.
    """
    take_turn(connection, sight)
    held = held_by(connection, sight, now=now)
    if held is not None:
        return claim(connection, held.id, sight, now=now, lease=lease), True
    return claim_next(connection, sight, now=now, lease=lease), False


def take_turn(connection: Connection, sight: Sight) -> None:
    """Let one step of a person after the other happen.

    Comes first in a transaction that also locks cases: two tabs of one person never wait for each
    other's locks in a ring.
    """
    connection.execute(select(users.c.id).where(users.c.id == sight.user_id).with_for_update())


def held_by(connection: Connection, sight: Sight, *, now: datetime) -> Case | None:
    """The open case this person holds, the most urgent where there are several."""
    query = (
        select(cases)
        .where(
            still_open(),
            cases.c.claimed_by == sight.user_id,
            cases.c.claimed_until > now,
            visible(sight),
        )
        .order_by(cases.c.priority.desc(), cases.c.opened_at)
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None or not sight.desk else case_of(row)


def release(connection: Connection, case_id: str, sight: Sight, *, now: datetime, skip: bool = False) -> None:
    """Give a case back. Not holding it (any more) is fine: then nothing happens.

    Args:
        connection: A unit of work on the case store.
        case_id: Which.
        sight: Who holds it.
        now: When.
        skip: Do not offer it to them again for ``SKIP_REST``.

    Raises:
        CaseNotFound: There is none for this person.
    """
    case = get_case(connection, case_id, sight, lock=True)
    if skip:
        note(connection, case_id, sight.user_id, SKIPPED, now=now)
    if case.claimed_by != sight.user_id:
        return
    connection.execute(update(cases).where(cases.c.id == case_id).values(claimed_by=None, claimed_until=None))
    if not skip:
        note(connection, case_id, sight.user_id, "released", now=now)


def count_waiting(connection: Connection, sight: Sight, *, now: datetime) -> int:
    """How many cases ``claim_next`` could give, one after the other; counts up to ``MOST_COUNTED``."""
    if not sight.desk:
        return 0
    some = _workable(sight).with_only_columns(cases.c.id).limit(MOST_COUNTED).subquery()
    return connection.execute(select(func.count()).select_from(some), _of(sight, now)).scalar_one()


_CLAIMED = (
    update(cases)
    .where(cases.c.id == bindparam("case"))
    .values(
        claimed_by=bindparam("holder"), claimed_until=bindparam("until"), version=bindparam("next_version")
    )
)
_CLAIMING = AtOnce(*NOTING, _CLAIMED)


def _hold(connection: Connection, before: Case, sight: Sight, *, now: datetime, lease: timedelta) -> Case:
    """Write the claim; the caller holds the row's lock."""
    after = before.claim(sight.user_id, now=now, lease=lease)
    claim = {
        "case": after.id,
        "holder": after.claimed_by,
        "until": after.claimed_until,
        "next_version": after.version,
    }
    if after.version == before.version:
        connection.execute(_CLAIMED, claim)
    else:
        _CLAIMING.run(connection, claim | noted(after.id, sight.user_id, "claimed", now=now, data={}))
    return after


def _check_escalated(case: Case, sight: Sight) -> None:
    if case.state is CaseState.ESCALATED and not sight.may_decide_escalated(minors=case.minors):
        raise MissingRole([Role.LEAD, Role.ADMIN])


def _check_assigned(case: Case, sight: Sight) -> None:
    if case.assigned_to not in (None, sight.user_id) and not sight.senior:
        raise MissingRole([Role.LEAD, Role.ADMIN])


def _workable(sight: Sight) -> Select[Any]:
    """Cases that somebody with this sight may be given; ``_of`` says who and when."""
    me = bindparam("user_id", type_=Id)
    now = bindparam("now", type_=UtcDateTime)
    passed_on = select(case_events.c.case_id).where(
        case_events.c.actor == bindparam("actor"),
        or_(
            and_(
                case_events.c.kind.in_((SKIPPED, ESCALATED)),
                case_events.c.at > bindparam("rest", type_=UtcDateTime),
            ),
            case_events.c.kind == SECOND_OPINION,
        ),
    )
    states = [cases.c.state == CaseState.QUEUED]
    if sight.senior:
        states.append(cases.c.state == CaseState.ESCALATED)
    elif sight.minors:
        states.append(and_(cases.c.state == CaseState.ESCALATED, cases.c.minors))
    return select(cases).where(
        still_open(),
        or_(*states),
        or_(cases.c.claimed_until.is_(None), cases.c.claimed_until <= now),
        or_(cases.c.assigned_to.is_(None), cases.c.assigned_to == me),
        visible(sight),
        cases.c.id.not_in(passed_on),  # a list made once, however many cases wait
    )


def _of(sight: Sight, now: datetime) -> dict[str, Any]:
    return {
        "user_id": sight.user_id,
        "actor": f"user:{sight.user_id}",
        "now": now,
        "rest": now - SKIP_REST,
    }
