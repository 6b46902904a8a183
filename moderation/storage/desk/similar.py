"""Cases whose texts are the same, or nearly: found by shared hashes, then compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, union

from moderation.review.case import Case
from moderation.review.likeness import NEAR, exact_sketch, likeness, near_sketches
from moderation.review.sight import Sight
from moderation.storage.desk.rows import case_of, live_spans, visible
from moderation.storage.often import Insert, leaving_alone
from moderation.storage.tables.cases import case_hits, cases
from moderation.storage.tables.desk import case_sketches
from moderation.taxonomy import Category

MOST_CANDIDATES = 200
_REMEMBERED = Insert(case_sketches, ("sketch", "case_id", "exact"), conflict=leaving_alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """What a case's last flagged message said, and the marked places in it with their category."""

    author_name: str | None
    text: str
    spans: Sequence[tuple[int, int, Category]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A case that says nearly the same; ``likeness`` 0 to 1, 1 where a text is the very same."""

    case: Case
    newest: Newest
    likeness: float


def remembered(texts: Sequence[tuple[str, str]]) -> tuple[Insert, Sequence[Sequence[Any]]]:
    """What keeps the hashes of texts, each with the id of its case."""
    rows = {(case_id, exact_sketch(text)): True for case_id, text in texts}
    for case_id, text in texts:
        for sketch in near_sketches(text):
            rows.setdefault((case_id, sketch), False)
    return _REMEMBERED, [(sketch, case_id, exact) for (case_id, sketch), exact in rows.items()]


def find(connection: Connection, case: Case, sight: Sight) -> list[Similar]:
    """Cases of the same service that say nearly what this one's newest hit says, the likest first.

    Of a text that thousands of cases hold, the newest ``MOST_CANDIDATES`` of each hash are looked at.
    """
    mine = newest_hits(connection, [case.id]).get(case.id)
    return [] if mine is None else find_like(connection, case, mine.text, sight)


def find_like(connection: Connection, case: Case, text: str, sight: Sight) -> list[Similar]:
    """Cases beside this one that say nearly the same as a text, the likest first."""
    same = exact_sketch(text)
    sharing = _sharing(connection, [same, *near_sketches(text)]) - {case.id}
    if not sharing:
        return []
    query = (
        select(cases)
        .where(
            cases.c.id.in_(sharing),
            cases.c.service_id == case.service,
            visible(sight),
        )
        .order_by(cases.c.opened_at.desc())
        .limit(MOST_CANDIDATES)
    )
    found = [case_of(row) for row in connection.execute(query).mappings()]
    exact = _with_sketch(connection, same, [one.id for one in found])
    said = newest_hits(connection, [one.id for one in found])
    similar = [
        Similar(
            case=one,
            newest=said[one.id],
            likeness=1.0 if one.id in exact else likeness(text, said[one.id].text),
        )
        for one in found
        if one.id in said
    ]
    near = [one for one in similar if one.likeness >= NEAR]
    return sorted(near, key=lambda one: (-one.likeness, one.case.id))


def _sharing(connection: Connection, sketches: Sequence[int]) -> set[str]:
    """The newest cases of each hash: ids sort by the time they were made, and so does the key of hashes."""
    newest = [
        select(case_sketches.c.case_id)
        .where(case_sketches.c.sketch == sketch)
        .order_by(case_sketches.c.case_id.desc())
        .limit(MOST_CANDIDATES)
        .subquery()
        for sketch in sketches
    ]
    return set(connection.execute(union(*[select(one.c.case_id) for one in newest])).scalars())


def _with_sketch(connection: Connection, sketch: int, case_ids: Sequence[str]) -> set[str]:
    rows = connection.execute(
        select(case_sketches.c.case_id).where(
            case_sketches.c.sketch == sketch, case_sketches.c.case_id.in_(case_ids)
        )
    )
    return set(rows.scalars())


def newest_hits(connection: Connection, case_ids: Sequence[str]) -> dict[str, Newest]:
    """The last flagged text by case; nothing for cases that only have reports."""
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
    return {
        row.case_id: Newest(author_name=row.author_name, text=row.text, spans=live_spans(row.signals))
        for row in rows
    }
