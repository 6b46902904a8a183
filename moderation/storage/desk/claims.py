"""Claims: who works on which case. Nobody gets a case that someone else holds."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from moderation.errors import MissingRole, StaleVersion
from moderation.review.case import Case, CaseState
from moderation.review.sight import Sight
from moderation.storage.at_once import AtOnce
from moderation.storage.desk.notes import NOTING, note, noted
from moderation.storage.desk.rows import case_of, get_case, still_open, visible
from moderation.storage.tables.accounts import users
from moderation.storage.tables.cases import cases
from moderation.taxonomy import Role

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
    return hold(connection, before, sight, now=now, lease=lease)


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
    return hold(connection, before, sight, now=now, lease=lease)


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


_CLAIMED = (
    update(cases)
    .where(cases.c.id == bindparam("case"))
    .values(
        claimed_by=bindparam("holder"), claimed_until=bindparam("until"), version=bindparam("next_version")
    )
)
_CLAIMING = AtOnce(*NOTING, _CLAIMED)


def hold(connection: Connection, before: Case, sight: Sight, *, now: datetime, lease: timedelta) -> Case:
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
