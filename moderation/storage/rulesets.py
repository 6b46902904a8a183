"""Rule sets in the database: immutable versions, and which one is active."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.storage.tables.rulesets import rule_set_activations, rule_sets


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSources:
    """The YAML texts of one rule set by their path below the packs and lists folders."""

    packs: Mapping[str, str]
    lists: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveRuleSet:
    """The rule set in force; ``seq`` moves with every activation."""

    seq: int
    version: str
    sources: RuleSources


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
    sources = RuleSources(packs=row.content["packs"], lists=row.content["lists"])
    return ActiveRuleSet(seq=row.seq, version=row.version, sources=sources)


def store(connection: Connection, *, version: str, sources: RuleSources, by: str, now: datetime) -> None:
    """Keep a version; keeping it again changes nothing."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    content = {"packs": dict(sources.packs), "lists": dict(sources.lists)}
    connection.execute(
        dialect.insert(rule_sets)
        .values(version=version, content=content, created_at=now, created_by=by)
        .on_conflict_do_nothing()
    )


def activate(connection: Connection, *, version: str, by: str, now: datetime) -> None:
    """Put a kept version in force: one row, so that every process sees all of it or nothing."""
    connection.execute(
        insert(rule_set_activations).values(version=version, activated_at=now, activated_by=by)
    )
