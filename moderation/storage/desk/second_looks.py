"""Second looks: a finding is judged again by somebody who does not know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import AlreadyAnswered, FieldProblem, Invalid, NotFound
from moderation.review.decision import Outcome
from moderation.review.quality import sampled
from moderation.review.sight import Sight
from moderation.storage.accounts import audit
from moderation.storage.desk.rows import visible
from moderation.storage.ids import new_id
from moderation.storage.tables.cases import cases, decisions
from moderation.storage.tables.desk import golden_cases, second_looks
from moderation.taxonomy import Category

SAMPLED_WITHIN = timedelta(hours=24)
"""How far back decisions are drawn; a schedule that stood still longer leaves a gap, not a flood."""
GOLDEN_EVERY = 4
"""Every so manieth second look of a person is a golden case, where there is one."""
GOLDEN_AGAIN_AFTER = timedelta(days=90)
"""The same golden case comes back to the same person after this, at the earliest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """A case somebody is to judge without knowing what was found before."""

    id: str
    case_id: str
    seen_hit_seq: int


def draw(connection: Connection, *, share: float, now: datetime) -> int:
    """Ask for a second look at a share of the latest findings. Doing it again changes nothing."""
    made = connection.execute(
        select(decisions).where(
            decisions.c.decided_at > now - SAMPLED_WITHIN,
            decisions.c.outcome != Outcome.UNSURE,
            decisions.c.undoes.is_(None),
            decisions.c.undone_by.is_(None),
        )
    )
    rows = [
        {
            "id": row["id"],
            "case_id": row["case_id"],
            "decision_id": row["id"],
            "moderator_id": row["decided_by"],
            "outcome": row["outcome"],
            "categories": row["categories"],
            "seen_hit_seq": row["seen_hit_seq"],
            "asked_at": now,
        }
        for row in made.mappings()
        if sampled(row["id"], share)
    ]
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(second_looks).values(rows).on_conflict_do_nothing().returning(second_looks.c.id)
    return len(connection.execute(new).all())


def count_waiting(connection: Connection, sight: Sight) -> int:
    """Sampled decisions that wait for this person's second look."""
    return connection.execute(select(func.count()).select_from(_waiting(sight).subquery())).scalar_one()


def next_look(connection: Connection, sight: Sight, *, now: datetime) -> SecondLook | None:
    """What this person is to look at next: a sampled decision of somebody else, now and then a golden case."""
    answered = connection.execute(
        select(func.count()).select_from(second_looks).where(second_looks.c.answered_by == sight.user_id)
    ).scalar_one()
    ways = [_sampled_look, _golden_look]
    if answered % GOLDEN_EVERY == GOLDEN_EVERY - 1:
        ways.reverse()
    return next((look for way in ways if (look := way(connection, sight, now)) is not None), None)


def get_look(connection: Connection, look_id: str, sight: Sight) -> SecondLook:
    """An unanswered second look this person may give.

    Raises:
        NotFound: There is none for them.
        AlreadyAnswered: Somebody was there before.
    """
    row = connection.execute(
        select(second_looks)
        .join(cases, cases.c.id == second_looks.c.case_id)
        .where(second_looks.c.id == look_id, visible(sight), _theirs(sight))
    ).one_or_none()
    if row is None or not sight.desk:
        raise NotFound(f"No second look {look_id!r}.")
    if row.answered_at is not None:
        raise AlreadyAnswered
    return _look(row)


def answer(
    connection: Connection,
    look_id: str,
    sight: Sight,
    outcome: Outcome,
    categories: Sequence[Category],
    *,
    now: datetime,
) -> None:
    """Give a second look. It changes nothing about the case.

    Raises:
        NotFound, AlreadyAnswered: As for ``get_look``.
        Invalid: A violation without a category.
    """
    if outcome is Outcome.VIOLATION and not categories:
        problem = FieldProblem(pointer="/categories", detail="A violation needs a category.")
        raise Invalid("This finding cannot stand; each field is named.", [problem])
    look = get_look(connection, look_id, sight)
    given = connection.execute(
        update(second_looks)
        .where(second_looks.c.id == look.id, second_looks.c.answered_at.is_(None))
        .values(
            answered_by=sight.user_id,
            answered_at=now,
            answer=outcome,
            answer_categories=[category.value for category in categories]
            if outcome is Outcome.VIOLATION
            else [],
        )
    )
    if given.rowcount == 0:
        raise AlreadyAnswered
    actor = f"user:{sight.user_id}"
    audit.record(
        connection, actor=actor, act="quality.answered", object_=f"case:{look.case_id}", data={}, now=now
    )


def _theirs(sight: Sight) -> Any:
    """A sampled decision of somebody else, or a golden case this very person was asked about."""
    return or_(
        and_(second_looks.c.decision_id.is_not(None), second_looks.c.moderator_id != sight.user_id),
        and_(second_looks.c.decision_id.is_(None), second_looks.c.moderator_id == sight.user_id),
    )


def _waiting(sight: Sight) -> Select[Any]:
    return (
        select(second_looks)
        .join(cases, cases.c.id == second_looks.c.case_id)
        .where(
            second_looks.c.answered_at.is_(None),
            second_looks.c.decision_id.is_not(None),
            second_looks.c.moderator_id != sight.user_id,
            visible(sight),
        )
    )


def _sampled_look(connection: Connection, sight: Sight, now: datetime) -> SecondLook | None:
    del now
    row = connection.execute(_waiting(sight).order_by(second_looks.c.asked_at).limit(1)).one_or_none()
    return None if row is None else _look(row)


def _golden_look(connection: Connection, sight: Sight, now: datetime) -> SecondLook | None:
    """The golden case this person was asked about and did not answer, else one they did not see for long."""
    asked = and_(second_looks.c.decision_id.is_(None), second_looks.c.moderator_id == sight.user_id)
    open_ = connection.execute(
        select(second_looks)
        .join(cases, cases.c.id == second_looks.c.case_id)
        .where(asked, second_looks.c.answered_at.is_(None), visible(sight))
        .limit(1)
    ).one_or_none()
    if open_ is not None:
        return _look(open_)
    lately = select(second_looks.c.case_id).where(asked, second_looks.c.asked_at > now - GOLDEN_AGAIN_AFTER)
    golden = connection.execute(
        select(golden_cases)
        .join(cases, cases.c.id == golden_cases.c.case_id)
        .where(
            golden_cases.c.retired_at.is_(None),
            golden_cases.c.set_by != sight.user_id,
            golden_cases.c.case_id.not_in(lately),
            golden_cases.c.case_id.not_in(
                select(decisions.c.case_id).where(decisions.c.decided_by == sight.user_id)
            ),
            visible(sight),
        )
        .order_by(golden_cases.c.set_at)
        .limit(1)
    ).one_or_none()
    if golden is None:
        return None
    look = SecondLook(id=new_id(), case_id=golden.case_id, seen_hit_seq=golden.seen_hit_seq)
    connection.execute(
        insert(second_looks).values(
            id=look.id,
            case_id=look.case_id,
            moderator_id=sight.user_id,
            outcome=golden.outcome,
            categories=golden.categories,
            seen_hit_seq=look.seen_hit_seq,
            asked_at=now,
        )
    )
    return look


def _look(row: Any) -> SecondLook:
    return SecondLook(id=row.id, case_id=row.case_id, seen_hit_seq=row.seen_hit_seq)
