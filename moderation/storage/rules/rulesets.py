"""Rule sets in the database: immutable versions, and which one is active."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.rulebook.errors import RuleSetNotFound
from moderation.scoring.ruleset import RuleSources, rule_hashes
from moderation.storage.tables.rulesets import rule_set_activations, rule_sets, rule_versions

SEED = "seed"
ACTIVATE = "activate"
ROLLBACK = "rollback"
GUARD = "guard"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveRuleSet:
    """The rule set in force; ``seq`` moves with every activation."""

    seq: int
    version: str
    sources: RuleSources


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRuleSet:
    """A version without its texts. ``parent`` is the version it was made from."""

    version: str
    parent: str | None
    note: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """When a version came into force. ``act``: ``seed``, ``activate``, ``rollback`` or ``guard``."""

    seq: int
    version: str
    act: str
    activated_at: datetime
    activated_by: str


def active_seq(connection: Connection) -> int:
    """Number of the last activation; 0 where there was none."""
    last = select(rule_set_activations.c.seq).order_by(rule_set_activations.c.seq.desc()).limit(1)
    return connection.execute(last).scalar_one_or_none() or 0


def active(connection: Connection) -> ActiveRuleSet | None:
    """The rule set in force; None before the first was seeded."""
    row = connection.execute(
        select(rule_set_activations.c.seq, rule_sets.c.version, rule_sets.c.content)
        .join(rule_sets, rule_sets.c.version == rule_set_activations.c.version)
        .order_by(rule_set_activations.c.seq.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return ActiveRuleSet(seq=row.seq, version=row.version, sources=_sources(row.content))


def sources_of(connection: Connection, version: str) -> RuleSources:
    """The texts of a version. Raises RuleSetNotFound."""
    found = connection.execute(
        select(rule_sets.c.content).where(rule_sets.c.version == version)
    ).scalar_one_or_none()
    if found is None:
        raise RuleSetNotFound(version)
    return _sources(found)


def get(connection: Connection, version: str) -> KnownRuleSet:
    """One version without its texts. Raises RuleSetNotFound."""
    row = connection.execute(_known().where(rule_sets.c.version == version)).mappings().one_or_none()
    if row is None:
        raise RuleSetNotFound(version)
    return KnownRuleSet(**row)


def newest(connection: Connection, *, most: int) -> list[KnownRuleSet]:
    """The versions that were made last, newest first."""
    rows = connection.execute(_known().order_by(rule_sets.c.created_at.desc()).limit(most)).mappings()
    return [KnownRuleSet(**row) for row in rows]


def store(
    connection: Connection,
    *,
    sources: RuleSources,
    by: str,
    now: datetime,
    parent: str | None = None,
    note: str = "",
) -> str:
    """Keep a version, and what the versions of its rules mean; keeping it again changes nothing.

    Returns:
        The version.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    content = {"packs": dict(sources.packs), "lists": dict(sources.lists)}
    connection.execute(
        dialect.insert(rule_sets)
        .values(
            version=sources.version, content=content, parent=parent, note=note, created_at=now, created_by=by
        )
        .on_conflict_do_nothing()
    )
    meanings = [
        {"rule_id": rule_id, "version": version, "hash": content_hash}
        for rule_id, (version, content_hash) in sorted(rule_hashes(sources.loaded).items())
    ]
    if meanings:
        connection.execute(dialect.insert(rule_versions).on_conflict_do_nothing(), meanings)
    return sources.version


def meanings(connection: Connection, rule_ids: Iterable[str]) -> dict[str, dict[int, str]]:
    """For each rule id the hashes that its versions ever had."""
    found: dict[str, dict[int, str]] = {}
    for row in connection.execute(select(rule_versions).where(rule_versions.c.rule_id.in_(sorted(rule_ids)))):
        found.setdefault(row.rule_id, {})[row.version] = row.hash
    return found


def activate(connection: Connection, *, version: str, by: str, now: datetime, act: str = ACTIVATE) -> int:
    """Put a kept version in force: one row, so that every process sees all of it or nothing.

    Processes that run have to know it before (storage/rule_activation.py).
    """
    row = insert(rule_set_activations).values(version=version, act=act, activated_at=now, activated_by=by)
    return int(connection.execute(row.returning(rule_set_activations.c.seq)).scalar_one())


def activations(connection: Connection, *, most: int | None = None) -> list[Activation]:
    """When which version came into force, newest first."""
    query = select(rule_set_activations).order_by(rule_set_activations.c.seq.desc()).limit(most)
    return [Activation(**row) for row in connection.execute(query).mappings()]


def before_active(connection: Connection) -> str | None:
    """The version that a rollback goes to: the one in force before the present, again and again.

    A rollback steps over what was rolled back, so that doing it twice goes two steps.
    """
    stack: list[str] = []
    for one in reversed(activations(connection)):
        if one.act == ROLLBACK and one.version in stack[:-1]:
            while stack[-1] != one.version:
                stack.pop()
        elif not stack or stack[-1] != one.version:
            stack.append(one.version)
    return stack[-2] if len(stack) > 1 else None


def _known() -> Select[Any]:
    columns = rule_sets.c
    return select(columns.version, columns.parent, columns.note, columns.created_at, columns.created_by)


def _sources(content: Mapping[str, Mapping[str, str]]) -> RuleSources:
    return RuleSources(packs=content["packs"], lists=content["lists"])
