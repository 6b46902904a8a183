"""Clauses of the terms of use; every rule and decision cites one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import FieldProblem, Invalid, PolicyNotFound
from moderation.storage.tables.voices import policies
from moderation.taxonomy import Category

LONGEST_URL = 500
GENERAL = "G-1"
"""The clause that decisions cite where a case was about no category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyClause:
    """One clause in one version."""

    id: str
    version: int
    title: str
    text: str
    url: str | None
    categories: tuple[Category, ...]
    effective_at: datetime | None = None


def put(connection: Connection, clauses: Sequence[PolicyClause], *, now: datetime) -> None:
    """Keep clauses; a version that is kept already never changes."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for clause in clauses:
        row = dialect.insert(policies).values(
            id=clause.id,
            version=clause.version,
            title=clause.title,
            text=clause.text,
            url=clause.url,
            categories=[category.value for category in clause.categories],
            effective_at=now,
        )
        connection.execute(row.on_conflict_do_nothing())


def revise(
    connection: Connection,
    clause_id: str,
    *,
    title: str,
    text: str,
    url: str | None,
    categories: Sequence[Category],
    now: datetime,
) -> PolicyClause:
    """Keep a clause as its next version, or a new one as its first.

    Raises:
        Invalid: A field cannot be used.
    """
    problems = [
        FieldProblem(pointer=f"/{name}", detail=f"1 to {longest} characters")
        for name, value, longest in (("id", clause_id, 64), ("title", title, 200), ("text", text, 20_000))
        if not value or len(value) > longest or "\0" in value
    ]
    if url is not None and (not url.startswith(("https://", "http://", "/")) or len(url) > LONGEST_URL):
        problems.append(FieldProblem(pointer="/url", detail="an address that begins with https:// or /"))
    if not categories:
        problems.append(FieldProblem(pointer="/categories", detail="at least one"))
    if problems:
        raise Invalid("This clause cannot be kept; each field is named.", problems)
    before = connection.execute(select(func.max(policies.c.version)).where(policies.c.id == clause_id))
    clause = PolicyClause(
        id=clause_id,
        version=(before.scalar_one() or 0) + 1,
        title=title,
        text=text,
        url=url,
        categories=tuple(categories),
    )
    put(connection, [clause], now=now)
    return clause


def current(connection: Connection) -> list[PolicyClause]:
    """The newest version of every clause, by id."""
    rows = connection.execute(select(policies).order_by(policies.c.id, policies.c.version))
    return list({row.id: _clause(row) for row in rows}.values())


def get(connection: Connection, policy_id: str) -> PolicyClause:
    """The newest version of one clause. Raises PolicyNotFound."""
    row = connection.execute(
        select(policies).where(policies.c.id == policy_id).order_by(policies.c.version.desc()).limit(1)
    ).one_or_none()
    if row is None:
        raise PolicyNotFound(policy_id)
    return _clause(row)


def _clause(row: Any) -> PolicyClause:
    return PolicyClause(
        id=row.id,
        version=row.version,
        title=row.title,
        text=row.text,
        url=row.url,
        categories=tuple(Category(category) for category in row.categories),
        effective_at=row.effective_at,
    )
