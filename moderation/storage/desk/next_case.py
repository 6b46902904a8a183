"""Claim next: the most urgent case that nobody holds is found and taken in one step."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Update,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from moderation.review.care import HEAVY_IN_A_ROW, LOOK_BACK
from moderation.review.case import Case, CaseState
from moderation.review.sight import Sight
from moderation.storage.desk.claims import ESCALATED, SECOND_OPINION, SKIPPED, claim, held_by, hold, take_turn
from moderation.storage.desk.notes import noting_each
from moderation.storage.desk.rows import case_of, still_open, visible
from moderation.storage.tables.base import Id, UtcDateTime, constant
from moderation.storage.tables.cases import FREE_FROM, case_events, cases
from moderation.taxonomy import Severity

MOST_COUNTED = 1_000
"""Beyond that a number tells nobody anything, and counting on would only keep the page waiting."""
SKIP_REST = timedelta(minutes=30)
"""A case someone skipped or passed on is not offered to them again for so long."""


def claim_next(
    connection: Connection, sight: Sight, *, now: datetime, lease: timedelta, queue: str | None = None
) -> Case | None:
    """Claim the most urgent case that nobody holds and this person may decide, of one queue or of all.

    Two people asking at once get different cases: on PostgreSQL a row that someone is taking is
    passed over, on SQLite writers come one after the other. Whose last claims were heavy ones gets
    another kind of case where there is one.
    """
    if not sight.desk:
        return None
    take = _take_in_one_statement if connection.dialect.name == "postgresql" else _take
    return take(connection, sight, queue, now, lease, heavy_too=False) or take(
        connection, sight, queue, now, lease, heavy_too=True
    )


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


def count_waiting(connection: Connection, sight: Sight, *, now: datetime) -> int:
    """How many cases ``claim_next`` could give, one after the other; counts up to ``MOST_COUNTED``."""
    if not sight.desk:
        return 0
    some = _workable(sight).with_only_columns(cases.c.id).limit(MOST_COUNTED).subquery()
    return connection.execute(select(func.count()).select_from(some), _of(sight, now)).scalar_one()


def _take(
    connection: Connection,
    sight: Sight,
    queue: str | None,
    now: datetime,
    lease: timedelta,
    *,
    heavy_too: bool,
) -> Case | None:
    first = _first_workable(replace(sight, user_id=""), queue, heavy_too)
    row = connection.execute(first, _of(sight, now)).mappings().one_or_none()
    return None if row is None else hold(connection, case_of(row), sight, now=now, lease=lease)


def _take_in_one_statement(
    connection: Connection,
    sight: Sight,
    queue: str | None,
    now: datetime,
    lease: timedelta,
    *,
    heavy_too: bool,
) -> Case | None:
    """Twenty people who press at once wait for each other's ways to the database: here it is one."""
    taking = _taking(replace(sight, user_id=""), queue, heavy_too)
    row = connection.execute(taking, _of(sight, now) | {"until": now + lease}).mappings().one_or_none()
    return None if row is None else case_of(row)


@lru_cache(maxsize=256)
def _taking(sight: Sight, queue: str | None, heavy_too: bool) -> Update:
    """The first workable case becomes the person's, with a line in its history and in the audit trail."""
    first = _first_workable(sight, queue, heavy_too).with_only_columns(cases.c.id).cte("first")
    line, of_trail = noting_each(first, "claimed")
    return (
        update(cases)
        .where(cases.c.id == first.c.id)
        .values(
            claimed_by=bindparam("user_id", type_=Id),
            claimed_until=bindparam("until", type_=UtcDateTime),
            version=cases.c.version + 1,
        )
        .returning(cases)
        .add_cte(line.cte("line"), of_trail.cte("of_trail"))
    )


@lru_cache(maxsize=256)
def _first_workable(sight: Sight, queue: str | None, heavy_too: bool) -> Select[Any]:
    """Made once a kind of person: building it costs more than running it."""
    workable = _workable(sight)
    if queue is not None:
        workable = workable.where(cases.c.queue == queue)
    if not heavy_too:
        workable = workable.where(or_(_gentle(), _had_enough().is_(False)))
    ordered = workable.order_by(cases.c.priority.desc(), cases.c.opened_at, cases.c.id)
    return ordered.limit(constant(1)).with_for_update(skip_locked=True)


def _gentle() -> ColumnElement[bool]:
    """Not heavy, or so urgent that nobody's comfort counts."""
    return or_(cases.c.heavy.is_(False), cases.c.severity >= constant(Severity.CRITICAL.rank))


def _had_enough() -> ColumnElement[bool]:
    """Whether this person's last claims were heavy ones, one after the other."""
    of = cases.alias("claimed_lately")
    last = (
        select(of.c.heavy)
        .join(case_events, case_events.c.case_id == of.c.id)
        .where(
            case_events.c.actor == bindparam("actor"),
            case_events.c.kind == constant("claimed"),
            case_events.c.at > bindparam("look_back", type_=UtcDateTime),
        )
        .order_by(case_events.c.at.desc(), case_events.c.seq.desc())
        .limit(constant(HEAVY_IN_A_ROW))
        .subquery("lately")
    )
    heavy = select(func.count()).select_from(last).where(last.c.heavy).scalar_subquery()
    return heavy == constant(HEAVY_IN_A_ROW)


def _workable(sight: Sight) -> Select[Any]:
    """Cases that somebody with this sight may be given; ``_of`` says who and when."""
    me = bindparam("user_id", type_=Id)
    now = bindparam("now", type_=UtcDateTime)
    passed_on = select(case_events.c.case_id).where(
        case_events.c.actor == bindparam("actor"),
        or_(
            and_(
                case_events.c.kind.in_((constant(SKIPPED), constant(ESCALATED))),
                case_events.c.at > bindparam("rest", type_=UtcDateTime),
            ),
            case_events.c.kind == constant(SECOND_OPINION),
        ),
    )
    states = [cases.c.state == constant(CaseState.QUEUED)]
    if sight.senior:
        states.append(cases.c.state == constant(CaseState.ESCALATED))
    elif sight.minors:
        states.append(and_(cases.c.state == constant(CaseState.ESCALATED), cases.c.minors))
    return select(cases).where(
        still_open(),
        or_(*states),
        now >= FREE_FROM,
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
        "look_back": now - LOOK_BACK,
    }
