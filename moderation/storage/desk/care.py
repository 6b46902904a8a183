"""What a moderator had before their eyes in this shift, and why somebody looked at what is protected."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from moderation.errors import FieldProblem, Invalid
from moderation.review.care import LOOK_BACK, Exposure, exposure
from moderation.review.case import Case
from moderation.review.sight import Sight
from moderation.storage.accounts import audit
from moderation.storage.chat.hit_rows import storable
from moderation.storage.ids import new_id
from moderation.storage.tables.cases import case_events, cases
from moderation.storage.tables.desk import protected_looks

LOOK_LASTS = timedelta(minutes=30)
"""A reason given once opens a protected case for so long."""
LONGEST_REASON = 500


def exposure_of(connection: Connection, user_id: str, *, now: datetime) -> Exposure:
    """Exposure of one person in this shift, from their decisions."""
    rows = connection.execute(
        select(case_events.c.at, cases.c.heavy)
        .join(cases, cases.c.id == case_events.c.case_id)
        .where(
            case_events.c.actor == f"user:{user_id}",
            case_events.c.at > now - LOOK_BACK,
            case_events.c.kind.in_(("decided", "escalated")),
        )
        .order_by(case_events.c.at)
    )
    return exposure([(row.at, row.heavy) for row in rows], now=now)


def may_look(connection: Connection, case: Case, sight: Sight, *, now: datetime) -> bool:
    """Whether somebody may read a case right away: not a minors' case, in their hands, or a reason was given."""
    if not case.minors or case.holder(now) == sight.user_id:
        return True
    given = connection.execute(
        select(protected_looks.c.id).where(
            protected_looks.c.user_id == sight.user_id,
            protected_looks.c.case_id == case.id,
            protected_looks.c.at > now - LOOK_LASTS,
        )
    ).first()
    return given is not None


def give_reason(connection: Connection, case: Case, sight: Sight, why: str, *, now: datetime) -> None:
    """Keep why somebody looks at a protected case. Raises Invalid where no reason is given."""
    why = storable(why.strip())
    if not why or len(why) > LONGEST_REASON:
        problem = FieldProblem(pointer="/why", detail=f"1 to {LONGEST_REASON} characters")
        raise Invalid("A reason is needed to look at this case.", [problem])
    connection.execute(
        insert(protected_looks).values(id=new_id(), user_id=sight.user_id, case_id=case.id, why=why, at=now)
    )
    note_look(connection, case, sight, why, now=now)


def note_look(connection: Connection, case: Case, sight: Sight, why: str, *, now: datetime) -> None:
    """Write into the audit trail that somebody reads what is protected."""
    audit.record(
        connection,
        actor=f"user:{sight.user_id}",
        act="protected.looked",
        object_=f"case:{case.id}",
        data={"why": why},
        now=now,
    )
