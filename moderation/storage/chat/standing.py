"""What is known of authors and rooms beyond a message: strikes in force and labels."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import Connection, Insert, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.scoring.engine import Standing
from moderation.scoring.message import Message
from moderation.scoring.verdict import Verdict
from moderation.storage.rules import room_stances
from moderation.storage.rules.room_stances import Stance
from moderation.storage.tables.people import labels, strikes

_NO_STANCE = Stance(
    service="",
    room_id="",
    strictness=None,
    shield_until=None,
    set_by="",
    set_at=datetime.min.replace(tzinfo=UTC),
)
_UNBLEMISHED = Standing(strikes=0, labels=frozenset(), room_labels=frozenset(), shield=False)


@dataclass(frozen=True, slots=True)
class Standings:
    """A snapshot of everybody's strikes and labels, small enough to keep in memory."""

    strikes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    labels: Mapping[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    stances: Mapping[tuple[str, str], Stance] = field(default_factory=dict)

    def of(self, message: Message) -> Standing:
        """What is known of a message's author and room."""
        service, author_id, room_id = message.service, message.author.id, message.room.id
        own = self.stances.get((service, room_id))
        every = self.stances.get((service, room_stances.EVERY_ROOM))
        given = self.strikes.get((service, author_id))
        labels = self.labels.get((service, "author", author_id))
        room_labels = self.labels.get((service, "room", room_id))
        if not (own or every or given or labels or room_labels):
            return _UNBLEMISHED  # most messages: one object for all of them
        own, every = own or _NO_STANCE, every or _NO_STANCE
        return Standing(
            strikes=given or 0,
            labels=labels or frozenset(),
            room_labels=room_labels or frozenset(),
            strictness=own.strictness or every.strictness,
            shield=bool(own.shield_until or every.shield_until),
        )


def read(connection: Connection, *, now: datetime) -> Standings:
    """The snapshot as of now."""
    in_force = (
        select(strikes.c.service_id, strikes.c.author_id, func.count().label("in_force"))
        .where(strikes.c.expires_at > now, strikes.c.undone_at.is_(None))
        .group_by(strikes.c.service_id, strikes.c.author_id)
    )
    counts = {(row.service_id, row.author_id): row.in_force for row in connection.execute(in_force)}
    marked: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    alive = select(labels).where(
        labels.c.removed == 0, or_(labels.c.expires_at.is_(None), labels.c.expires_at > now)
    )
    for row in connection.execute(alive):
        marked[row.service_id, row.entity, row.entity_id].add(row.label)
    return Standings(
        counts,
        {key: frozenset(names) for key, names in marked.items()},
        room_stances.read(connection, now=now),
    )


def add_by_rules(connection: Connection, scored: Sequence[tuple[Message, Verdict]], *, now: datetime) -> None:
    """Put the labels that rules gave on authors and rooms; what a person set or took off stays."""
    rows = {
        (
            message.service,
            entity,
            message.author.id if entity == "author" else message.room.id,
            label,
        ): (seconds, source)
        for message, verdict in scored
        for entity, label, seconds, source in verdict.labels
    }
    if rows:
        connection.execute(
            _put_label(connection.dialect.name),
            [
                {
                    "service_id": service,
                    "entity": entity,
                    "entity_id": entity_id,
                    "label": label,
                    "by_person": 0,
                    "removed": 0,
                    "set_by": source,
                    "set_at": now,
                    "expires_at": now + timedelta(seconds=seconds),
                }
                for (service, entity, entity_id, label), (seconds, source) in sorted(rows.items())
            ],
        )


@cache
def _put_label(dialect_name: str) -> Insert:
    """Made once: building it costs more than running it."""
    new = (postgresql if dialect_name == "postgresql" else sqlite).insert(labels)
    made: Insert = new.on_conflict_do_update(
        index_elements=["service_id", "entity", "entity_id", "label"],
        set_={name: new.excluded[name] for name in ("set_by", "set_at", "expires_at")},
        where=labels.c.by_person == 0,
    )
    return made
