"""Search: cases by their id, an author, a room, or what was said. Every way goes by an index.

Texts are found in two ways: the same or nearly the same text anywhere, by its hashes; and a part of a
text among the newest ``NEWEST_HITS`` hits. Neither store needs an extension for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from moderation.review.case import Case
from moderation.review.likeness import exact_sketch, near_sketches
from moderation.review.sight import Sight
from moderation.storage.desk.rows import case_of, visible
from moderation.storage.desk.similar import Newest, newest_hits
from moderation.storage.tables.accounts import services
from moderation.storage.tables.cases import case_hits, cases
from moderation.storage.tables.desk import case_sketches
from moderation.storage.tables.people import rooms

MOST_FOUND = 50
NEWEST_HITS = 20_000
"""So many hits are read for a part of a text."""
LONGEST_QUERY = 200
_MOST_ROOMS = 50
_MOST_CANDIDATES = 200
_SHORTEST_ID = 8
_ULID = 26


class SearchIn(StrEnum):
    """Where to look."""

    ALL = "all"
    CASE = "case"
    AUTHOR = "author"
    ROOM = "room"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A case, and what of it fits: ``case``, ``author``, ``room`` or ``text``."""

    case: Case
    why: SearchIn
    newest: Newest | None


def search(connection: Connection, sight: Sight, asked: str, where: SearchIn) -> list[Found]:
    """Cases that fit, of those the person may see: by id, then by author, room and text, newest first.

    Args:
        connection: A snapshot.
        sight: Who asks.
        asked: What they typed; beyond ``LONGEST_QUERY`` code points it is cut off.
        where: Where to look.
    """
    asked = asked.strip().replace("\0", "")[:LONGEST_QUERY]
    if not asked or not sight.desk:
        return []
    found: dict[str, tuple[Case, SearchIn]] = {}
    for why, way in _WAYS.items():
        if where in (SearchIn.ALL, why):
            condition = way(connection, asked, sight)
            for case in [] if condition is None else _cases(connection, sight, condition):
                found.setdefault(case.id, (case, why))
    said = newest_hits(connection, list(found))
    return [
        Found(case=case, why=why, newest=said.get(case.id)) for case, why in list(found.values())[:MOST_FOUND]
    ]


def _by_id(connection: Connection, asked: str, sight: Sight) -> ColumnElement[bool] | None:
    """An id, or the beginning of one."""
    del connection, sight
    id_ = asked.upper()
    if not (_SHORTEST_ID <= len(id_) <= _ULID and id_.isascii() and id_.isalnum()):
        return None
    return and_(cases.c.id >= id_, cases.c.id <= id_ + "Z" * (_ULID - len(id_)))


def _by_author(connection: Connection, asked: str, sight: Sight) -> ColumnElement[bool]:
    """An author's id, on either side of a quarrel, or a name as somebody bore it."""
    known = _services(connection, sight)
    named = select(case_hits.c.case_id).where(case_hits.c.author_name == asked).distinct()
    ids = connection.execute(named.limit(_MOST_CANDIDATES)).scalars().all()
    return or_(
        and_(cases.c.service_id.in_(known), cases.c.author_id == asked),
        and_(cases.c.service_id.in_(known), cases.c.other_id == asked),
        cases.c.id.in_(ids),
    )


def _by_room(connection: Connection, asked: str, sight: Sight) -> ColumnElement[bool]:
    """A room's id, or words of its title."""
    titled = select(rooms.c.id).where(rooms.c.title.icontains(asked, autoescape=True)).limit(_MOST_ROOMS)
    ids = [asked, *connection.execute(titled).scalars()]
    return and_(cases.c.service_id.in_(_services(connection, sight)), cases.c.room_id.in_(ids))


def _by_text(connection: Connection, asked: str, sight: Sight) -> ColumnElement[bool]:
    """The same or nearly the same text anywhere, or a part of a new one."""
    del sight
    alike = select(case_sketches.c.case_id).where(
        case_sketches.c.sketch.in_([exact_sketch(asked), *near_sketches(asked)])
    )
    newest = (
        select(case_hits.c.case_id, case_hits.c.text)
        .order_by(case_hits.c.id.desc())  # ids sort by the time they were made
        .limit(NEWEST_HITS)
        .subquery()
    )
    holding = select(newest.c.case_id).where(newest.c.text.icontains(asked, autoescape=True))
    found = [
        *connection.execute(alike.limit(_MOST_CANDIDATES)).scalars(),
        *connection.execute(holding.limit(_MOST_CANDIDATES)).scalars(),
    ]
    return cases.c.id.in_(list(dict.fromkeys(found)))


_WAYS: Mapping[SearchIn, Callable[[Connection, str, Sight], ColumnElement[bool] | None]] = {
    SearchIn.CASE: _by_id,
    SearchIn.AUTHOR: _by_author,
    SearchIn.ROOM: _by_room,
    SearchIn.TEXT: _by_text,
}


def _services(connection: Connection, sight: Sight) -> Sequence[str]:
    if sight.service is not None:
        return [sight.service]
    return connection.execute(select(services.c.id)).scalars().all()


def _cases(connection: Connection, sight: Sight, condition: ColumnElement[bool]) -> list[Case]:
    rows = connection.execute(
        select(cases)
        .where(condition, visible(sight))
        .order_by(cases.c.opened_at.desc(), cases.c.id)
        .limit(MOST_FOUND)
    )
    return [case_of(row) for row in rows.mappings()]
