"""What a backtest reads: archived messages in order of time, and what is known beside them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, Text, cast, func, literal_column, select, type_coerce

from moderation.review.decision import Outcome
from moderation.scoring.backtest import Decided
from moderation.scoring.backtest_subjects import Archived, RoomKnown
from moderation.storage.tables.archive import messages
from moderation.storage.tables.cases import case_hits, decisions
from moderation.storage.tables.people import rooms, strikes

CHUNK = 5_000
"""Messages a chunk; progress is told after each."""
_SCORES = msgspec.json.Decoder(dict[str, float])


def count(connection: Connection, service: str, *, since: datetime, until: datetime) -> int:
    """How many messages a backtest of this period reads."""
    query = select(func.count()).select_from(messages).where(_in_period(service, since, until))
    return int(connection.execute(query).scalar_one())


def read(
    connection: Connection, service: str, *, since: datetime, until: datetime
) -> Iterator[list[Archived]]:
    """The messages of a period in chunks, in the order they were counted.

    JSON and times come as the store has them and are read here: a million rows take seconds that way, and
    most of a minute through the types of the tables. On SQLite messages of one instant come as they were
    stored: the index has them so, and need not be sorted.
    """
    postgres = connection.dialect.name == "postgresql"

    def text(column: Any) -> Any:
        return cast(column, Text) if postgres else type_coerce(column, Text)

    def time(column: Any) -> Any:
        return func.extract("epoch", column) if postgres else type_coerce(column, Text)

    query = (
        select(
            messages.c.id,
            messages.c.text,
            messages.c.author_id,
            time(messages.c.author_created_at),
            messages.c.author_role,
            messages.c.age_band,
            messages.c.room_id,
            messages.c.room_category,
            messages.c.target_id,
            messages.c.target,
            time(messages.c.counted_at),
            text(messages.c.category_scores),
            type_coerce(messages.c.minors, Integer),
            type_coerce(text(messages.c.rules).contains('"live"'), Integer),
        )
        .where(_in_period(service, since, until))
        .order_by(messages.c.counted_at, messages.c.id if postgres else literal_column("rowid"))
        .execution_options(yield_per=CHUNK)
    )
    decode, at = _SCORES.decode, _epoch if postgres else _iso
    since_when = lru_cache(maxsize=20_000)(at)
    for chunk in connection.execute(query).partitions():
        yield [
            Archived(
                id_, said, author, created and since_when(created), role, age, room, kind, target_id,
                target, at(counted), decode(scores), bool(minors), bool(raised),
            )
            for (
                id_, said, author, created, role, age, room, kind, target_id,
                target, counted, scores, minors, raised,
            ) in chunk
        ]  # fmt: skip


def _iso(value: str) -> datetime:
    return datetime.fromisoformat(f"{value}+00:00")


def _epoch(value: Any) -> datetime:
    return datetime.fromtimestamp(float(value), UTC)


def rooms_of(connection: Connection, service: str) -> Mapping[str, RoomKnown]:
    """What events told of the service's rooms, by id."""
    rows = connection.execute(select(rooms).where(rooms.c.service_id == service))
    return {row.id: RoomKnown(row.game, row.category, row.strictness, row.started_at) for row in rows}


def strikes_of(connection: Connection, service: str) -> Mapping[str, list[tuple[datetime, datetime]]]:
    """When strikes were in force, by author."""
    found: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in connection.execute(select(strikes).where(strikes.c.service_id == service)):
        found[row.author_id].append((row.given_at, min(row.expires_at, row.undone_at or row.expires_at)))
    return found


def decided(connection: Connection, service: str) -> Mapping[str, Decided]:
    """What standing decisions say of messages, by message id; the newest where there are several."""
    covered = (
        (case_hits.c.case_id == decisions.c.case_id)
        & (case_hits.c.seq > decisions.c.previous_hit_seq)
        & (case_hits.c.seq <= decisions.c.seen_hit_seq)
    )
    query = (
        select(case_hits.c.message_id, decisions.c.outcome, decisions.c.categories)
        .select_from(decisions.join(case_hits, covered))
        .where(
            decisions.c.service_id == service,
            decisions.c.outcome.in_([Outcome.VIOLATION.value, Outcome.NO_VIOLATION.value]),
            decisions.c.undoes.is_(None),
            decisions.c.undone_by.is_(None),
        )
        .order_by(decisions.c.decided_at)
    )
    return {
        row.message_id: Decided(row.outcome == Outcome.VIOLATION.value, frozenset(row.categories))
        for row in connection.execute(query)
    }


def _in_period(service: str, since: datetime, until: datetime) -> Any:
    return (
        (messages.c.service_id == service)
        & (messages.c.counted_at >= since)
        & (messages.c.counted_at < until)
    )
