"""Alarms about rules: one that went to the shadow by itself, one whose hits jumped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from moderation.scoring.rule_source import RuleSource
from moderation.storage import outbox
from moderation.storage.accounts.accounts import service_ids
from moderation.storage.ids import new_id
from moderation.storage.tables.rulesets import rule_alarms

TOO_BROAD, SLOW, RATE, CROWDED = "too_broad", "slow", "rate", "crowded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAlarm:
    """Something about a rule that a person shall look at.

    Attributes:
        kind: ``too_broad`` and ``slow``: it went to the shadow; ``rate``: it hits far more or less than before;
            ``crowded``: there are so many counters that new ones of its windows are not kept.
        data: The figures behind it.
    """

    id: str
    rule_id: str
    version: int
    kind: str
    data: Mapping[str, Any]
    at: datetime
    seen_at: datetime | None
    seen_by: str | None


def sound(
    connection: Connection, rule: RuleSource, kind: str, data: Mapping[str, Any], *, now: datetime
) -> None:
    """Keep an alarm; services hear ``rule.auto_disabled`` where the rule went to the shadow."""
    connection.execute(
        insert(rule_alarms).values(
            id=new_id(), rule_id=rule.rule_id, version=rule.version, kind=kind, data=dict(data), at=now
        )
    )
    if kind not in (TOO_BROAD, SLOW):
        return
    for service in service_ids(connection):
        outbox.emit(
            connection,
            service=service,
            type_="rule.auto_disabled",
            subject=str(rule),
            data={"rule_id": rule.rule_id, "version": rule.version, "why": kind, **data},
            now=now,
        )


def last(connection: Connection, rule_id: str, kind: str) -> RuleAlarm | None:
    """A rule's newest alarm of a kind."""
    query = (
        select(rule_alarms)
        .where(rule_alarms.c.rule_id == rule_id, rule_alarms.c.kind == kind)
        .order_by(rule_alarms.c.at.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else RuleAlarm(**row)


def unseen(connection: Connection, *, most: int = 50) -> list[RuleAlarm]:
    """Alarms that nobody has put away, newest first."""
    query = (
        select(rule_alarms)
        .where(rule_alarms.c.seen_at.is_(None))
        .order_by(rule_alarms.c.at.desc())
        .limit(most)
    )
    return [RuleAlarm(**row) for row in connection.execute(query).mappings()]


def put_away(connection: Connection, alarm_id: str, *, by: str, now: datetime) -> None:
    """Somebody saw it; putting it away again changes nothing."""
    connection.execute(
        update(rule_alarms)
        .where(rule_alarms.c.id == alarm_id, rule_alarms.c.seen_at.is_(None))
        .values(seen_at=now, seen_by=by)
    )
