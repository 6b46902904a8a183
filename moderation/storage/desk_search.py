"""Search: cases by their id, an author, a room, or what was said. Every way goes by an index.

Texts are found in two ways: the same or nearly the same text anywhere, by its hashes; and a part of a
text among the newest ``NEWEST_HITS`` hits. Neither store needs an extension for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from moderation.review.case import Case
from moderation.review.likeness import exact_sketch, near_sketches
from moderation.review.sight import Sight
from moderation.storage.desk_rows import case_of, visible
from moderation.storage.desk_similar import Newest, newest_hits
from moderation.storage.tables.accounts import services
from moderation.storage.tables.cases import case_hits, cases
from moderation.storage.tables.desk import case_sketches
from moderation.storage.tables.people import rooms

MOST_FOUND = 50
NEWEST_HITS = 20_000
"""So many hits are read for a part of a text."""
LONGEST_QUERY = 200
_MOST_ROOMS = 50
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
    for why, condition in _ways(connection, asked, sight):
        if where in (SearchIn.ALL, why):
            for case in _cases(connection, sight, condition):
                found.setdefault(case.id, (case, why))
    said = newest_hits(connection, list(found))
    return [
        Found(case=case, why=why, newest=said.get(case.id)) for case, why in list(found.values())[:MOST_FOUND]
    ]


def _ways(connection: Connection, asked: str, sight: Sight) -> list[tuple[SearchIn, ColumnElement[bool]]]:
    known = select(services.c.id) if sight.service is None else [sight.service]
    ways: list[tuple[SearchIn, ColumnElement[bool]]] = []
    id_ = asked.upper()
    if _SHORTEST_ID <= len(id_) <= _ULID and id_.isascii() and id_.isalnum():
        ways.append((SearchIn.CASE, and_(cases.c.id >= id_, cases.c.id <= id_ + "Z" * (_ULID - len(id_)))))
    named = select(case_hits.c.case_id).where(case_hits.c.author_name == asked)
    by_id = and_(cases.c.service_id.in_(known), or_(cases.c.author_id == asked, cases.c.other_id == asked))
    ways.append((SearchIn.AUTHOR, or_(by_id, cases.c.id.in_(named))))
    ways.append(
        (SearchIn.ROOM, and_(cases.c.service_id.in_(known), cases.c.room_id.in_(_rooms(connection, asked))))
    )
    ways.append((SearchIn.TEXT, cases.c.id.in_(_saying(connection, asked))))
    return ways


def _cases(connection: Connection, sight: Sight, condition: ColumnElement[bool]) -> list[Case]:
    rows = connection.execute(
        select(cases)
        .where(condition, visible(sight))
        .order_by(cases.c.opened_at.desc(), cases.c.id)
        .limit(MOST_FOUND)
    )
    return [case_of(row) for row in rows.mappings()]


def _rooms(connection: Connection, asked: str) -> Sequence[str]:
    """Ids of rooms of this id, or with these words in their title."""
    titled = select(rooms.c.id).where(rooms.c.title.icontains(asked, autoescape=True)).limit(_MOST_ROOMS)
    return [asked, *connection.execute(titled).scalars()]


def _saying(connection: Connection, asked: str) -> Sequence[str]:
    alike = select(case_sketches.c.case_id).where(
        case_sketches.c.sketch.in_([exact_sketch(asked), *near_sketches(asked)])
    )
    newest = (
        select(case_hits.c.case_id, case_hits.c.text)
        .order_by(case_hits.c.id.desc())  # ids sort by the time they were made
        .limit(NEWEST_HITS)
        .subquery()
    )
    holding = (
        select(newest.c.case_id).where(newest.c.text.icontains(asked, autoescape=True)).limit(MOST_FOUND * 4)
    )
    found = [
        *connection.execute(alike.limit(MOST_FOUND * 4)).scalars(),
        *connection.execute(holding).scalars(),
    ]
    return list(dict.fromkeys(found))
