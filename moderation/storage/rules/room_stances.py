"""Stances of rooms: a strictness that people set, and the shield, which comes down by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import FieldProblem, Invalid
from moderation.storage.accounts import audit
from moderation.storage.chat.hit_rows import storable
from moderation.storage.tables.rulesets import room_stances
from moderation.taxonomy import Strictness

EVERY_ROOM = "*"
"""Stands for all rooms of a service."""
LONGEST_SHIELD = timedelta(hours=24)
"""A shield is for a raid; whoever wants to be strict for good sets the strictness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """What people set for a room.

    Attributes:
        strictness: Instead of what the service says; None leaves it to the service.
        shield_until: When the shield comes down; None when it is down.
    """

    service: str
    room_id: str
    strictness: Strictness | None
    shield_until: datetime | None
    set_by: str
    set_at: datetime


def read(connection: Connection, *, now: datetime) -> Mapping[tuple[str, str], Stance]:
    """Every stance that means something now, by (service, room)."""
    query = select(room_stances).where(
        or_(room_stances.c.strictness.is_not(None), room_stances.c.shield_until > now)
    )
    found = [_stance(row, now) for row in connection.execute(query)]
    return {(one.service, one.room_id): one for one in found}


def raise_shield(
    connection: Connection, service: str, room_id: str, *, lasts: timedelta, by: str, now: datetime
) -> Stance:
    """Put a room (or ``*``) under the shield; raising it again moves its end.

    Raises:
        Invalid: It would last no time, or longer than ``LONGEST_SHIELD``.
    """
    if not timedelta(0) < lasts <= LONGEST_SHIELD:
        hours = int(LONGEST_SHIELD.total_seconds() // 3600)
        detail = f"From a second up to {hours} hours."
        raise Invalid("The shield cannot be raised.", [FieldProblem(pointer="/lasts", detail=detail)])
    _set(connection, service, room_id, {"shield_until": now + lasts}, by=by, now=now)
    _note(
        connection, "shield.raise", service, room_id, {"seconds": int(lasts.total_seconds())}, by=by, now=now
    )
    return _one(connection, service, room_id, now)


def lower_shield(connection: Connection, service: str, room_id: str, *, by: str, now: datetime) -> Stance:
    """Take the shield down; where it is down, nothing changes."""
    _set(connection, service, room_id, {"shield_until": None}, by=by, now=now)
    _note(connection, "shield.lower", service, room_id, {}, by=by, now=now)
    return _one(connection, service, room_id, now)


def set_strictness(
    connection: Connection,
    service: str,
    room_id: str,
    strictness: Strictness | None,
    *,
    by: str,
    now: datetime,
) -> Stance:
    """Set how strict a room (or ``*``) is; None leaves it to the service."""
    _set(connection, service, room_id, {"strictness": strictness}, by=by, now=now)
    data = {"strictness": strictness.value if strictness else ""}
    _note(connection, "room.strictness", service, room_id, data, by=by, now=now)
    return _one(connection, service, room_id, now)


def _set(
    connection: Connection, service: str, room_id: str, values: dict[str, Any], *, by: str, now: datetime
) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    changed = values | {"set_by": by, "set_at": now}
    row = dialect.insert(room_stances).values(service_id=service, room_id=storable(room_id), **changed)
    connection.execute(row.on_conflict_do_update(index_elements=["service_id", "room_id"], set_=changed))


def _one(connection: Connection, service: str, room_id: str, now: datetime) -> Stance:
    query = select(room_stances).where(
        room_stances.c.service_id == service, room_stances.c.room_id == storable(room_id)
    )
    return _stance(connection.execute(query).one(), now)


def _stance(row: Any, now: datetime) -> Stance:
    return Stance(
        service=row.service_id,
        room_id=row.room_id,
        strictness=None if row.strictness is None else Strictness(row.strictness),
        shield_until=row.shield_until if row.shield_until and row.shield_until > now else None,
        set_by=row.set_by,
        set_at=row.set_at,
    )


def _note(
    connection: Connection,
    act: str,
    service: str,
    room_id: str,
    data: dict[str, Any],
    *,
    by: str,
    now: datetime,
) -> None:
    audit.append(connection, actor=by, act=act, object_=f"{service}/{room_id}", data=data, now=now)
