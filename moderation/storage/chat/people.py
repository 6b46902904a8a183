"""Events of the service: what moderators, rules and trends know of rooms and authors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation.scoring.message import Room
from moderation.storage import outbox
from moderation.storage.tables.people import events, rooms
from moderation.taxonomy import Strictness


class EventType(StrEnum):
    """Facts the service tells."""

    ROOM_STARTED = "room_started"
    ROOM_ENDED = "room_ended"
    VIEWERS = "viewers"
    BLOCK = "block"
    MUTE = "mute"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact.

    Attributes:
        room: Facts of the room, with ``room_started``.
        viewers: How many watch, with ``viewers``.
        author_id: Who blocked, muted or left.
        target_id: Whom they blocked or muted.
    """

    id: str
    type: EventType
    at: datetime
    room_id: str | None = None
    author_id: str | None = None
    target_id: str | None = None
    room: Room | None = None
    viewers: int | None = None


def add_events(connection: Connection, service: str, given: Sequence[Event], *, now: datetime) -> int:
    """Keep events and follow the rooms they tell of; an event id is kept once.

    Returns:
        How many were new.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = 0
    for event in given:
        row = dialect.insert(events).values(
            service_id=service,
            id=event.id,
            type=event.type.value,
            room_id=event.room_id,
            author_id=event.author_id,
            target_id=event.target_id,
            data=_data(event),
            at=event.at,
            received_at=now,
        )
        kept = connection.execute(row.on_conflict_do_nothing().returning(events.c.seq)).scalar_one_or_none()
        if kept is not None:
            new += 1
            _follow(connection, service, event)
    return new


def _data(event: Event) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if event.viewers is not None:
        data["viewers"] = event.viewers
    if event.room is not None:
        data["room"] = {"title": event.room.title, "game": event.room.game, "category": event.room.category}
    return data


def _follow(connection: Connection, service: str, event: Event) -> None:
    """Bring the room's row up to date; an older event never overwrites a newer one."""
    if event.room_id is None:
        return
    if event.type is EventType.ROOM_STARTED:
        room = event.room or Room(id=event.room_id)
        values: dict[str, Any] = {
            "title": room.title,
            "game": room.game,
            "category": room.category,
            "strictness": room.strictness.value,
            "streamer_id": room.streamer_id,
            "started_at": event.at,
            "ended_at": None,
            "live_viewers": event.viewers,
            "updated_at": event.at,
        }
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        row = dialect.insert(rooms).values(service_id=service, id=event.room_id, **values)
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["service_id", "id"], set_=values, where=rooms.c.updated_at <= event.at
            )
        )
        return
    changes: dict[str, Any] = {"updated_at": event.at}
    if event.type is EventType.ROOM_ENDED:
        changes["ended_at"] = event.at
        _record_stream(connection, service, event)
    elif event.type is EventType.VIEWERS:
        changes["live_viewers"] = event.viewers
    else:
        return
    connection.execute(
        update(rooms)
        .where(rooms.c.service_id == service, rooms.c.id == event.room_id, rooms.c.updated_at <= event.at)
        .values(changes)
    )


def _record_stream(connection: Connection, service: str, event: Event) -> None:
    """Tell the trends how long a stream was, the first time it ends."""
    row = connection.execute(
        select(rooms.c.started_at, rooms.c.category).where(
            rooms.c.service_id == service,
            rooms.c.id == event.room_id,
            rooms.c.ended_at.is_(None),
            rooms.c.started_at < event.at,
        )
    ).one_or_none()
    if row is not None:
        data = {
            "started_at": row.started_at.isoformat(),
            "ended_at": event.at.isoformat(),
            "room_category": row.category,
        }
        outbox.record_fact(connection, service=service, kind="stream", data=data, now=event.at)


def live_rooms(connection: Connection, *, ended_after: datetime) -> Mapping[tuple[str, str], Room]:
    """Rooms that are live or ended lately, by (service, id)."""
    rows = connection.execute(
        select(rooms).where(or_(rooms.c.ended_at.is_(None), rooms.c.ended_at > ended_after))
    )
    return {(row.service_id, row.id): _room(row) for row in rows}


def room(connection: Connection, service: str, room_id: str) -> Room | None:
    """What is known of one room."""
    row = connection.execute(
        select(rooms).where(rooms.c.service_id == service, rooms.c.id == room_id)
    ).one_or_none()
    return None if row is None else _room(row)


def _room(row: Any) -> Room:
    return Room(
        id=row.id,
        game=row.game,
        category=row.category,
        title=row.title,
        strictness=Strictness(row.strictness),
        live_viewers=row.live_viewers,
        streamer_id=row.streamer_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
