"""The review queue: cases in the order of their urgency, filtered, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from moderation.review.case import Case, CaseKind, CaseState
from moderation.review.sight import Sight
from moderation.storage.desk_rows import case_of, live_spans, visible
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


def list_cases(
    connection: Connection, sight: Sight, wanted: QueueFilter, *, page: int, now: datetime
) -> QueuePage:
    """Cases by priority, closed ones by when they were closed."""
    conditions = _conditions(sight, wanted, now)
    listed = _listed(connection, conditions, wanted, page)
    if page == 1 and len(listed) < PAGE:
        total = len(listed)
    else:
        some = select(cases.c.id).where(*conditions).limit(MOST_COUNTED).subquery()
        total = connection.execute(select(func.count()).select_from(some)).scalar_one()
    last = max(1, -(-total // PAGE))
    if page > last:
        page, listed = last, _listed(connection, conditions, wanted, last)
    hits = _last_hits(connection, [case.id for case in listed])
    titles = _rooms(connection, listed)
    rows = [_row(case, hits.get(case.id), titles.get((case.service, case.room_id or ""))) for case in listed]
    return QueuePage(rows=rows, total=total, page=page)


def _listed(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], wanted: QueueFilter, page: int
) -> list[Case]:
    order: tuple[Any, ...] = (cases.c.priority.desc(), cases.c.opened_at, cases.c.id)
    if wanted.state is CaseState.CLOSED:
        order = (cases.c.closed_at.desc(), cases.c.id.desc())
    place = min(page - 1, MOST_COUNTED // PAGE) * PAGE
    found = connection.execute(select(cases).where(*conditions).order_by(*order).limit(PAGE).offset(place))
    return [case_of(row) for row in found.mappings()]


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


def open_queues(connection: Connection, sight: Sight) -> Mapping[str, int]:
    """Open cases by queue, of those the person may see, each counted up to ``MOST_OPEN``."""
    counts = {}
    for queue in connection.execute(select(review_queues.c.id).order_by(review_queues.c.position)).scalars():
        open_ = select(cases.c.id).where(
            cases.c.queue == queue, cases.c.state != CaseState.CLOSED, visible(sight)
        )
        some = open_.limit(MOST_OPEN).subquery()
        counts[queue] = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return {queue: count for queue, count in counts.items() if count}


def _conditions(sight: Sight, wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [visible(sight)]
    if wanted.state is None:
        conditions.append(cases.c.state != CaseState.CLOSED)
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


def _last_hits(connection: Connection, case_ids: Sequence[str]) -> dict[str, Any]:
    newest = (
        select(case_hits.c.case_id, func.max(case_hits.c.seq).label("seq"))
        .where(case_hits.c.case_id.in_(case_ids))
        .group_by(case_hits.c.case_id)
        .subquery()
    )
    rows = connection.execute(
        select(case_hits.c.case_id, case_hits.c.author_name, case_hits.c.text, case_hits.c.signals).join(
            newest, (newest.c.case_id == case_hits.c.case_id) & (newest.c.seq == case_hits.c.seq)
        )
    )
    return {row.case_id: row for row in rows}


def _rooms(connection: Connection, listed: Sequence[Case]) -> dict[tuple[str, str], Any]:
    ids = {case.room_id for case in listed if case.room_id}
    rows = connection.execute(select(rooms).where(rooms.c.id.in_(ids)))
    return {(row.service_id, row.id): row for row in rows}


def _row(case: Case, hit: Any, room: Any) -> QueueRow:
    return QueueRow(
        case=case,
        author_name=hit.author_name if hit is not None and case.author_id else None,
        room_title=room.title if room is not None else None,
        room_game=(room.game or room.category) if room is not None else None,
        last_text=hit.text if hit is not None else None,
        last_spans=[] if hit is None else live_spans(hit.signals),
    )
