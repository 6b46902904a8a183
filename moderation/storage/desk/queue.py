"""The review queue: cases in the order of their urgency, filtered, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, RowMapping, and_, func, or_, select

from moderation.review.case import Case, CaseKind, CaseState
from moderation.review.sight import Sight
from moderation.storage.desk.rows import case_of, live_spans, still_open, visible
from moderation.storage.tables.cases import case_hits, cases
from moderation.storage.tables.desk import review_queues
from moderation.storage.tables.people import rooms
from moderation.taxonomy import Category, Severity

PAGE = 50
MOST_OPEN = 1_000
"""Cases of a queue that the filter counts."""
MOST_COUNTED = 2_000
"""Cases a list counts and turns pages over; counting on would keep the page waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What to list. ``state`` None means every open case."""

    queue: str | None = None
    state: CaseState | None = None
    category: Category | None = None
    severity: Severity | None = None
    kind: CaseKind | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One line of the queue: a case, and what tells it apart from the others.

    ``last_spans`` are the marked places of ``last_text``: start, end (half-open, in code points)
    and the category found there.
    """

    case: Case
    author_name: str | None
    room_title: str | None
    room_game: str | None
    last_text: str | None
    last_spans: Sequence[tuple[int, int, Category]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """A page of the queue; ``page`` counts from 1. ``total`` is counted up to ``MOST_COUNTED``."""

    rows: Sequence[QueueRow]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQueue:
    """A review queue with open cases; ``open`` is counted up to ``MOST_OPEN``.

    ``name`` is None for a queue that only rules name.
    """

    id: str
    name: str | None
    open: int


def list_cases(
    connection: Connection, sight: Sight, wanted: QueueFilter, *, page: int, now: datetime
) -> QueuePage:
    """Cases by priority, closed ones by when they were closed."""
    conditions = _conditions(sight, wanted, now)
    rows = _listed(connection, conditions, wanted, page)
    if page == 1 and len(rows) < PAGE:
        return QueuePage(rows=rows, total=len(rows), page=page)
    some = select(cases.c.id).where(*conditions).limit(MOST_COUNTED).subquery()
    total = connection.execute(select(func.count()).select_from(some)).scalar_one()
    last = max(1, -(-total // PAGE))
    if page > last:
        page, rows = last, _listed(connection, conditions, wanted, last)
    return QueuePage(rows=rows, total=total, page=page)


def _listed(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], wanted: QueueFilter, page: int
) -> list[QueueRow]:
    """One page, with what the newest hit says and where: one statement, for each is a way to the database."""
    place = min(page - 1, MOST_COUNTED // PAGE) * PAGE
    listed = select(cases).where(*conditions).order_by(*_order(cases, wanted)).limit(PAGE).offset(place)
    one = listed.subquery("listed")
    newest = select(func.max(case_hits.c.seq)).where(case_hits.c.case_id == one.c.id).correlate(one)
    found = connection.execute(
        select(
            one,
            case_hits.c.author_name,
            case_hits.c.text.label("last_text"),
            case_hits.c.signals,
            rooms.c.title.label("room_title"),
            func.coalesce(func.nullif(rooms.c.game, ""), rooms.c.category).label("room_game"),
        )
        .select_from(one)
        .outerjoin(
            case_hits, and_(case_hits.c.case_id == one.c.id, case_hits.c.seq == newest.scalar_subquery())
        )
        .outerjoin(rooms, and_(rooms.c.service_id == one.c.service_id, rooms.c.id == one.c.room_id))
        .order_by(*_order(one, wanted))
    )
    return [_row(row) for row in found.mappings()]


def _order(table: FromClause, wanted: QueueFilter) -> tuple[ColumnElement[Any], ...]:
    if wanted.state is CaseState.CLOSED:
        return table.c.closed_at.desc(), table.c.id.desc()
    return table.c.priority.desc(), table.c.opened_at, table.c.id


def cases_after(
    connection: Connection,
    sight: Sight,
    wanted: QueueFilter,
    *,
    after: tuple[float, datetime, str] | None,
    most: int,
    now: datetime,
) -> list[Case]:
    """Cases by priority, from a place on: stable while others come and go.

    Args:
        connection: A snapshot.
        sight: Who asks.
        wanted: What to list.
        after: Priority, opening time and id of the last case seen.
        most: At most so many.
        now: The present.
    """
    conditions = _conditions(sight, wanted, now)
    if after is not None:
        score, opened_at, case_id = after
        later = or_(cases.c.opened_at > opened_at, and_(cases.c.opened_at == opened_at, cases.c.id > case_id))
        conditions.append(or_(cases.c.priority < score, and_(cases.c.priority == score, later)))
    rows = connection.execute(
        select(cases)
        .where(*conditions)
        .order_by(cases.c.priority.desc(), cases.c.opened_at, cases.c.id)
        .limit(most)
    )
    return [case_of(row) for row in rows.mappings()]


def open_queues(connection: Connection, sight: Sight) -> list[OpenQueue]:
    """Queues with open cases that the person may see, in their order; those that only rules name come last.

    The names of queues are taken from the index, one step a queue, however many cases wait in each.
    """
    open_ = still_open()
    first = select(func.min(cases.c.queue).label("queue")).where(open_).cte("named", recursive=True)
    following = select(func.min(cases.c.queue)).where(open_, cases.c.queue > first.c.queue)
    named = first.union_all(select(following.scalar_subquery()).where(first.c.queue.is_not(None)))
    some = select(cases.c.id).where(open_, cases.c.queue == named.c.queue, visible(sight)).limit(MOST_OPEN)
    counted = select(func.count()).select_from(some.correlate(named).subquery())
    rows = connection.execute(
        select(named.c.queue, review_queues.c.name, counted.scalar_subquery().label("open"))
        .select_from(named)
        .outerjoin(review_queues, review_queues.c.id == named.c.queue)
        .where(named.c.queue.is_not(None))
        .order_by(review_queues.c.position.is_(None), review_queues.c.position, named.c.queue)
    )
    return [OpenQueue(id=row.queue, name=row.name, open=row.open) for row in rows if row.open]


def _conditions(sight: Sight, wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [visible(sight)]
    if wanted.state is None:
        conditions.append(still_open())
    else:
        conditions.append(cases.c.state == wanted.state)
    if wanted.queue:
        conditions.append(cases.c.queue == wanted.queue)
    if wanted.severity:
        conditions.append(cases.c.severity == wanted.severity.rank)
    if wanted.kind:
        conditions.append(cases.c.kind == wanted.kind)
    if wanted.category:
        conditions.append(cases.c.categories[wanted.category.value].as_float() >= 0)
    if wanted.mine:
        conditions += [cases.c.claimed_by == sight.user_id, cases.c.claimed_until > now]
    return conditions


def _row(row: RowMapping) -> QueueRow:
    case = case_of(row)
    return QueueRow(
        case=case,
        author_name=row["author_name"] if case.author_id else None,
        room_title=row["room_title"],
        room_game=row["room_game"],
        last_text=row["last_text"],
        last_spans=live_spans(row["signals"] or ()),
    )
