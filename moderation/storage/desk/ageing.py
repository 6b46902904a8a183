"""Ageing: cases that wait come forward, in two steps of priority."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from moderation.review.priority import AGE_BONUS, DUE
from moderation.storage.tables.cases import cases

_OVERDUE = 2
_HALF_GONE = 1


def age(connection: Connection, *, now: datetime, most: int) -> int:
    """Raise cases half of whose time is gone, and those that are overdue. How many were raised."""
    half = [
        and_(cases.c.severity == level.rank, cases.c.due_at <= now + due / 2) for level, due in DUE.items()
    ]
    raised = _raise(connection, _OVERDUE, cases.c.due_at <= now, most)
    return raised + _raise(connection, _HALF_GONE, or_(*half), most)


def _raise(connection: Connection, step: int, due: ColumnElement[bool], most: int) -> int:
    waiting = (
        select(cases.c.id)
        .where(
            cases.c.state != "closed",
            cases.c.age_step
            < _OVERDUE,  # with the line above word for word the condition of the partial index
            cases.c.age_step < step,
            due,
        )
        .order_by(cases.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    done = connection.execute(
        update(cases)
        .where(cases.c.id.in_(waiting))
        .values(priority=cases.c.priority + AGE_BONUS * (step - cases.c.age_step), age_step=step)
    )
    return done.rowcount
