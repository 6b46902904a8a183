"""Filters of the queue that somebody keeps under a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import FieldProblem, Invalid
from moderation.storage.chat.hit_rows import storable
from moderation.storage.ids import new_id
from moderation.storage.tables.desk import saved_filters

MOST_FILTERS = 30
LONGEST_NAME = 60
LONGEST_QUERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilter:
    """A query of the queue page, without its question mark."""

    id: str
    name: str
    query: str


def list_filters(connection: Connection, user_id: str) -> Sequence[SavedFilter]:
    """A person's filters, by name."""
    rows = connection.execute(
        select(saved_filters).where(saved_filters.c.user_id == user_id).order_by(saved_filters.c.name)
    )
    return [SavedFilter(id=row.id, name=row.name, query=row.query) for row in rows]


def save_filter(connection: Connection, user_id: str, *, name: str, query: str, now: datetime) -> None:
    """Keep a filter; the same name again replaces it. Raises Invalid."""
    name = storable(name.strip())
    problems = []
    if not name or len(name) > LONGEST_NAME:
        problems.append(FieldProblem(pointer="/name", detail=f"1 to {LONGEST_NAME} characters"))
    if not query or len(query) > LONGEST_QUERY:
        problems.append(FieldProblem(pointer="/query", detail="nothing is filtered"))
    kept = select(func.count()).select_from(saved_filters).where(saved_filters.c.user_id == user_id)
    if connection.execute(kept).scalar_one() >= MOST_FILTERS:
        problems.append(FieldProblem(pointer="/name", detail=f"at most {MOST_FILTERS} filters"))
    if problems:
        raise Invalid("This filter cannot be kept.", problems)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(saved_filters).values(
        id=new_id(), user_id=user_id, name=name, query=query, created_at=now
    )
    connection.execute(row.on_conflict_do_update(index_elements=["user_id", "name"], set_={"query": query}))


def remove_filter(connection: Connection, user_id: str, filter_id: str) -> None:
    """Forget a filter of this person; not having it is fine."""
    connection.execute(
        delete(saved_filters).where(saved_filters.c.user_id == user_id, saved_filters.c.id == filter_id)
    )
