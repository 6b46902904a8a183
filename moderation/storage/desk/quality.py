"""Golden cases, and what second looks and appeals say of the desk's quality."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import MissingRole, NothingToUndo
from moderation.review.case import CaseState
from moderation.review.decision import Outcome, last_standing
from moderation.review.quality import LookPair
from moderation.review.sight import Sight
from moderation.storage.accounts import audit
from moderation.storage.desk.case import decisions_of
from moderation.storage.desk.rows import get_case, visible
from moderation.storage.tables.cases import cases, decisions
from moderation.storage.tables.desk import appeals, golden_cases, second_looks
from moderation.taxonomy import Category, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """A case whose right answer is known."""

    case_id: str
    outcome: Outcome
    categories: tuple[Category, ...]
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overturned:
    """Decisions of one person in a time, and how many other people took back."""

    user_id: str
    decisions: int
    undone: int
    overturned: int


def set_golden(connection: Connection, case_id: str, sight: Sight, *, now: datetime) -> None:
    """Make the standing finding of a settled case a known right answer. For leads.

    Raises:
        CaseNotFound, MissingRole: Not for this person.
        NothingToUndo: The case has no finding that stands.
    """
    if not sight.senior:
        raise MissingRole([Role.LEAD, Role.ADMIN])
    case = get_case(connection, case_id, sight)
    last = last_standing(decisions_of(connection, case_id))
    if last is None or case.state is not CaseState.CLOSED:
        raise NothingToUndo(case_id)
    values: dict[str, Any] = {
        "outcome": last.ruling.outcome,
        "categories": [category.value for category in last.ruling.categories],
        "seen_hit_seq": last.seen_hit_seq,
        "set_by": sight.user_id,
        "set_at": now,
        "retired_at": None,
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(golden_cases).values(case_id=case_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["case_id"], set_=values))
    actor = f"user:{sight.user_id}"
    audit.record(connection, actor=actor, act="quality.golden", object_=f"case:{case_id}", data={}, now=now)


def retire_golden(connection: Connection, case_id: str, sight: Sight, *, now: datetime) -> None:
    """Ask nobody about a golden case any more. For leads. Raises CaseNotFound, MissingRole."""
    if not sight.senior:
        raise MissingRole([Role.LEAD, Role.ADMIN])
    get_case(connection, case_id, sight)
    connection.execute(update(golden_cases).where(golden_cases.c.case_id == case_id).values(retired_at=now))
    actor = f"user:{sight.user_id}"
    audit.record(
        connection, actor=actor, act="quality.golden_retired", object_=f"case:{case_id}", data={}, now=now
    )


def goldens(connection: Connection, sight: Sight) -> list[Golden]:
    """Golden cases in use, the newest first."""
    rows = connection.execute(
        select(golden_cases)
        .join(cases, cases.c.id == golden_cases.c.case_id)
        .where(golden_cases.c.retired_at.is_(None), visible(sight))
        .order_by(golden_cases.c.set_at.desc())
    )
    return [
        Golden(
            case_id=row.case_id,
            outcome=Outcome(row.outcome),
            categories=tuple(Category(name) for name in row.categories),
            set_by=row.set_by,
            set_at=row.set_at,
        )
        for row in rows
    ]


def pairs(connection: Connection, *, since: datetime) -> list[LookPair]:
    """Every second look that was given since then."""
    rows = connection.execute(select(second_looks).where(second_looks.c.answered_at >= since))
    return [_pair(row) for row in rows]


def overturned(connection: Connection, *, since: datetime) -> list[Overturned]:
    """Per person: decisions since then, those another person took back, those that an appeal overturned."""
    undoing = decisions.alias()
    by_others = and_(undoing.c.id.is_not(None), undoing.c.decided_by != decisions.c.decided_by)
    lost = select(appeals.c.decision_id).where(appeals.c.state == "overturned")
    rows = connection.execute(
        select(
            decisions.c.decided_by,
            func.count().label("made"),
            func.count().filter(by_others).label("undone"),
            func.count().filter(decisions.c.id.in_(lost)).label("overturned"),
        )
        .select_from(decisions.outerjoin(undoing, undoing.c.id == decisions.c.undone_by))
        .where(decisions.c.decided_at >= since, decisions.c.undoes.is_(None))
        .group_by(decisions.c.decided_by)
        .order_by(func.count().desc())
    )
    return [
        Overturned(user_id=row.decided_by, decisions=row.made, undone=row.undone, overturned=row.overturned)
        for row in rows
    ]


def _pair(row: Any) -> LookPair:
    """For a sampled decision the first finding is measured, for a golden case the answer."""
    kept = Outcome(row.outcome), frozenset(Category(name) for name in row.categories)
    given = Outcome(row.answer), frozenset(Category(name) for name in row.answer_categories)
    golden = row.decision_id is None
    measured, other = (given, kept) if golden else (kept, given)
    return LookPair(
        moderator_id=row.moderator_id,
        golden=golden,
        outcome=measured[0],
        categories=measured[1],
        other_outcome=other[0],
        other_categories=other[1],
    )
