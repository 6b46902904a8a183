"""Which rule hit which message, live or in the shadow: what figures, samples, guards and undoing are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from moderation.scoring.record import ScoredRecord
from moderation.scoring.rule_source import RuleSource, parse_source
from moderation.storage import bulk
from moderation.storage.tables.archive import messages, trend_buckets
from moderation.storage.tables.rulesets import rule_hits

LIVE, SHADOW = "live", "shadow"


@dataclass(frozen=True, slots=True, kw_only=True)
class HitCount:
    """How often one version of a rule hit in a period.

    Attributes:
        alone: Hits on messages that no other live rule hit.
        unflagged: Hits on messages that nobody held, blocked or sent to review.
    """

    rule_id: str
    version: int
    mode: str
    hits: int
    alone: int
    unflagged: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A message that a rule hit."""

    service: str
    message_id: str
    version: int
    mode: str
    text: str
    room_id: str
    author_id: str
    counted_at: datetime
    beside: int
    flagged: bool


def add(connection: Connection, records: Sequence[ScoredRecord]) -> None:
    """Keep the hits of messages that are new in the archive, in the same transaction."""
    rows = {}
    for record in records:
        found = [(source, mode) for name, mode in record.rules if (source := parse_source(name)) is not None]
        live = {source.rule_id for source, mode in found if mode == LIVE}
        flagged = record.review or record.verdict != "allow"
        for source, mode in found:
            rows[record.service, source.rule_id, record.id] = {
                "service_id": record.service,
                "rule_id": source.rule_id,
                "message_id": record.id,
                "version": source.version,
                "mode": mode,
                "beside": len(live - {source.rule_id}),
                "flagged": flagged,
                "minors": record.minors,
                "counted_at": record.counted_at,
            }
    if rows:
        bulk.write(
            connection,
            rule_hits,
            [rows[key] for key in sorted(rows)],
            lambda statement: statement.on_conflict_do_nothing(),
        )


def counts(
    connection: Connection, *, since: datetime, until: datetime | None = None, rule_id: str | None = None
) -> list[HitCount]:
    """Hits by rule, version and mode since a time, newest version first."""
    hits = rule_hits.c
    query = (
        select(
            hits.rule_id,
            hits.version,
            hits.mode,
            func.count().label("hits"),
            func.sum(case((hits.beside == 0, 1), else_=0)).label("alone"),
            func.sum(case((hits.flagged, 0), else_=1)).label("unflagged"),
            func.max(hits.counted_at).label("last_at"),
        )
        .where(hits.counted_at >= since)
        .group_by(hits.rule_id, hits.version, hits.mode)
        .order_by(hits.rule_id, hits.version.desc(), hits.mode)
    )
    if until is not None:
        query = query.where(hits.counted_at < until)
    if rule_id is not None:
        query = query.where(hits.rule_id == rule_id)
    return [
        HitCount(
            **{
                **row,
                "hits": int(row["hits"]),
                "alone": int(row["alone"]),
                "unflagged": int(row["unflagged"]),
            }
        )
        for row in connection.execute(query).mappings()
    ]


def beside(connection: Connection, rule: RuleSource, *, since: datetime) -> list[tuple[str, int]]:
    """Which live rules hit the same messages as one rule does, with how many, most first."""
    own, other = rule_hits.alias("own"), rule_hits.alias("other")
    query = (
        select(other.c.rule_id, func.count())
        .select_from(
            own.join(
                other, (other.c.service_id == own.c.service_id) & (other.c.message_id == own.c.message_id)
            )
        )
        .where(
            own.c.rule_id == rule.rule_id,
            own.c.version == rule.version,
            own.c.counted_at >= since,
            other.c.rule_id != rule.rule_id,
            other.c.mode == LIVE,
        )
        .group_by(other.c.rule_id)
        .order_by(func.count().desc(), other.c.rule_id)
    )
    return [(row[0], int(row[1])) for row in connection.execute(query)]


def samples(connection: Connection, rule: RuleSource, *, minors: bool, most: int) -> list[Sample]:
    """The last messages that one version of a rule hit, newest first.

    Args:
        connection: A snapshot of the archive.
        rule: The rule and its version.
        minors: Also messages that point at harm to a minor; others never get them.
        most: At most so many.
    """
    query = _of_messages().where(rule_hits.c.rule_id == rule.rule_id, rule_hits.c.version == rule.version)
    if not minors:
        query = query.where(rule_hits.c.minors.is_(False))
    query = query.order_by(rule_hits.c.counted_at.desc(), rule_hits.c.message_id).limit(most)
    return [Sample(**row) for row in connection.execute(query).mappings()]


def _of_messages() -> Select[Any]:
    hits = rule_hits.c
    same = (messages.c.service_id == hits.service_id) & (messages.c.id == hits.message_id)
    return select(
        hits.service_id.label("service"),
        hits.message_id,
        hits.version,
        hits.mode,
        messages.c.text,
        messages.c.room_id,
        messages.c.author_id,
        hits.counted_at,
        hits.beside,
        hits.flagged,
    ).select_from(rule_hits.join(messages, same))


def traffic(connection: Connection, *, since: datetime, until: datetime | None = None) -> int:
    """Messages that were scored in whole hours since a time, in all services."""
    query = select(func.coalesce(func.sum(trend_buckets.c.messages), 0)).where(
        trend_buckets.c.category == "all", trend_buckets.c.source == LIVE, trend_buckets.c.hour >= since
    )
    if until is not None:
        query = query.where(trend_buckets.c.hour < until)
    return int(connection.execute(query).scalar_one())


def messages_since(connection: Connection, since: datetime) -> int:
    """Archived messages since a time, exactly; for short times, since it counts rows."""
    query = select(func.count()).select_from(messages).where(messages.c.counted_at >= since)
    return int(connection.execute(query).scalar_one())
