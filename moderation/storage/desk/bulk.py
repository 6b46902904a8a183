"""Bulk: decide every open case of the same text, author or room at once, each with a decision of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, select

from moderation.errors import (
    AlreadyDecided,
    Conflict,
    FieldProblem,
    Invalid,
    MissingRole,
    ModerationError,
    NotFound,
    StaleVersion,
)
from moderation.review.case import Case, CaseState
from moderation.review.decision import Decision, Ruling, check_decision_id
from moderation.review.likeness import exact_sketch
from moderation.review.sight import Sight
from moderation.storage import policies
from moderation.storage.desk import claims, decide
from moderation.storage.desk.rows import case_of, decision_of, get_case, visible
from moderation.storage.desk.similar import Newest, newest_hits
from moderation.storage.ids import new_id
from moderation.storage.tables.cases import cases, decisions
from moderation.storage.tables.desk import case_sketches

MOST_CASES = 200
"""Cases of one bulk act; more come with the next."""


class Alike(StrEnum):
    """What the cases of a bulk act have in common."""

    TEXT = "text"
    AUTHOR = "author"
    ROOM = "room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A case that a bulk act would decide; ``obstacle`` says why it would not: claimed, escalated, assigned."""

    case: Case
    newest: Newest | None
    obstacle: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A case somebody ticked, as they saw it."""

    case_id: str
    version: int
    hit_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """What became of one case: a decision, or the error that kept it as it was."""

    case_id: str
    decision: Decision | None
    error: ModerationError | None = None


def candidates(
    connection: Connection, case: Case, sight: Sight, alike: Alike, *, now: datetime
) -> list[Candidate]:
    """The open cases a bulk act from this one would decide, itself first, then the most urgent."""
    common = _common(connection, case, alike)
    if common is None:
        return []
    rows = connection.execute(
        select(cases)
        .where(cases.c.service_id == case.service, cases.c.state != CaseState.CLOSED, common, visible(sight))
        .order_by(cases.c.priority.desc(), cases.c.id)
        .limit(MOST_CASES)
    )
    found = sorted((case_of(row) for row in rows.mappings()), key=lambda one: one.id != case.id)
    said = newest_hits(connection, [one.id for one in found])
    return [
        Candidate(case=one, newest=said.get(one.id), obstacle=_obstacle(one, sight, now)) for one in found
    ]


def decide_all(
    connection: Connection,
    chosen: Sequence[Chosen],
    sight: Sight,
    ruling: Ruling,
    *,
    batch_id: str,
    now: datetime,
    lease: timedelta,
) -> list[BulkResult]:
    """Decide each chosen case; one that moved on meanwhile stays as it is and says why.

    Sending the same batch again decides nothing and gives the same decisions.

    Raises:
        Invalid: The ruling contradicts itself, or the form is damaged, or holds too many cases.
    """
    ruling.check()
    check_decision_id(batch_id)
    if not chosen or len(chosen) > MOST_CASES:
        detail = f"Choose 1 to {MOST_CASES} cases, not {len(chosen)}."
        raise Invalid(detail, [FieldProblem(pointer="/cases", detail=detail)])
    claims.take_turn(connection, sight)
    before = of_batch(connection, batch_id)
    if before:
        if any(decision.decided_by != sight.user_id or decision.ruling != ruling for decision in before):
            raise AlreadyDecided(before[0].case_id)
        return [BulkResult(case_id=decision.case_id, decision=decision) for decision in before]
    if ruling.policy_id:
        policies.get(connection, ruling.policy_id)
    return [
        _decide_one(connection, one, sight, ruling, batch_id, now, lease)
        for one in _in_order(connection, chosen)
    ]


def _in_order(connection: Connection, chosen: Sequence[Chosen]) -> list[Chosen]:
    """The order in which flagged saves lock cases as well: nobody waits for anybody in a ring."""
    by_id = {one.case_id: one for one in chosen}
    rows = connection.execute(
        select(cases.c.id, cases.c.service_id, cases.c.live_key).where(cases.c.id.in_(by_id))
    )
    place = {row.id: (row.service_id, row.live_key) for row in rows}
    return sorted(by_id.values(), key=lambda one: place.get(one.case_id, ("", "")))


def of_batch(connection: Connection, batch_id: str) -> list[Decision]:
    """Decisions of a bulk act, by case."""
    rows = connection.execute(
        select(decisions)
        .where(decisions.c.batch_id == batch_id, decisions.c.undoes.is_(None))
        .order_by(decisions.c.case_id)
    )
    return [decision_of(row) for row in rows.mappings()]


def visible_cases(connection: Connection, case_ids: Sequence[str], sight: Sight) -> dict[str, Case]:
    """Those of some cases that the person may see, by id."""
    rows = connection.execute(select(cases).where(cases.c.id.in_(case_ids), visible(sight)))
    return {row["id"]: case_of(row) for row in rows.mappings()}


def undo_all(
    connection: Connection, batch_id: str, sight: Sight, *, now: datetime, lease: timedelta
) -> list[BulkResult]:
    """Take every decision of a bulk act back that still stands last; the cases go back to their queues."""
    results = []
    for decision in of_batch(connection, batch_id):
        if not decision.stands:
            continue
        try:
            undone = decide.undo(
                connection, decision.case_id, sight, decision_id=decision.id, now=now, lease=lease
            )
            claims.release(connection, decision.case_id, sight, now=now)
        except (Conflict, NotFound, MissingRole) as error:
            results.append(BulkResult(case_id=decision.case_id, decision=None, error=error))
        else:
            results.append(BulkResult(case_id=decision.case_id, decision=undone))
    return results


def _decide_one(
    connection: Connection,
    one: Chosen,
    sight: Sight,
    ruling: Ruling,
    batch_id: str,
    now: datetime,
    lease: timedelta,
) -> BulkResult:
    try:
        seen = get_case(connection, one.case_id, sight, lock=True)
        if obstacle := _why_not(seen, one, sight, now):
            return BulkResult(case_id=one.case_id, decision=None, error=obstacle)
        held = claims.claim(connection, one.case_id, sight, now=now, lease=lease)
        decision = decide.decide(
            connection,
            one.case_id,
            sight,
            ruling,
            decision_id=new_id(),
            version=held.version,
            seen_hit_seq=one.hit_seq,
            now=now,
            batch_id=batch_id,
        )
    except (Conflict, NotFound, MissingRole) as error:
        return BulkResult(case_id=one.case_id, decision=None, error=error)
    return BulkResult(case_id=one.case_id, decision=decision)


def _why_not(case: Case, seen: Chosen, sight: Sight, now: datetime) -> Conflict | None:
    """What stops a case before anything is written: a failed step must leave no trace of it."""
    mine = case.holder(now) == sight.user_id
    if case.version != seen.version and not mine:
        return StaleVersion(case.id, seen.version, case.version)
    return None


def _obstacle(case: Case, sight: Sight, now: datetime) -> str | None:
    holder = case.holder(now)
    if holder not in (None, sight.user_id):
        return "claimed"
    if case.state is CaseState.ESCALATED and not sight.may_decide_escalated(minors=case.minors):
        return "escalated"
    if case.assigned_to not in (None, sight.user_id) and not sight.senior:
        return "assigned"
    return None


def _common(connection: Connection, case: Case, alike: Alike) -> ColumnElement[bool] | None:
    if alike is Alike.AUTHOR:
        return cases.c.author_id == case.author_id if case.author_id else None
    if alike is Alike.ROOM:
        return cases.c.room_id == case.room_id if case.room_id else None
    newest = newest_hits(connection, [case.id]).get(case.id)
    if newest is None:
        return None
    same = select(case_sketches.c.case_id).where(case_sketches.c.sketch == exact_sketch(newest.text))
    return cases.c.id.in_(same)
