"""Labels that people put on authors and rooms, or took off; what rules set stands in storage/standing.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.storage.accounts import audit
from moderation.storage.chat.hit_rows import storable
from moderation.storage.tables.people import labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A mark; ``set_by`` names the rule or the person."""

    entity: str
    entity_id: str
    label: str
    set_by: str
    set_at: datetime
    expires_at: datetime | None


def of_service(
    connection: Connection,
    service: str,
    *,
    entity: str | None,
    entity_id: str | None,
    now: datetime,
    most: int,
) -> list[Label]:
    """Marks that are on now, the newest first."""
    query = select(labels).where(
        labels.c.service_id == service,
        labels.c.removed == 0,
        or_(labels.c.expires_at.is_(None), labels.c.expires_at > now),
    )
    if entity is not None:
        query = query.where(labels.c.entity == entity)
    if entity_id is not None:
        query = query.where(labels.c.entity_id == storable(entity_id))
    query = query.order_by(labels.c.set_at.desc(), labels.c.entity_id, labels.c.label).limit(most)
    return [_label(row) for row in connection.execute(query)]


def set_by_person(
    connection: Connection,
    service: str,
    *,
    entity: str,
    entity_id: str,
    label: str,
    lasts: timedelta | None,
    remove: bool,
    by: str,
    now: datetime,
) -> Label:
    """Put a mark on, or take it off so that no rule puts it on again. The audit trail says who did it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {
        "set_by": by,
        "by_person": 1,
        "removed": int(remove),
        "set_at": now,
        "expires_at": None if lasts is None else now + lasts,
    }
    key = {"service_id": service, "entity": entity, "entity_id": storable(entity_id), "label": label}
    row = dialect.insert(labels).values(**key, **values)
    made = connection.execute(
        row.on_conflict_do_update(index_elements=list(key), set_=values).returning(labels)
    ).one()
    audit.append(
        connection,
        actor=by,
        act="label.remove" if remove else "label.set",
        object_=f"{service}/{entity}/{entity_id}",
        data={"label": label},
        now=now,
    )
    return _label(made)


def _label(row: Any) -> Label:
    return Label(
        entity=row.entity,
        entity_id=row.entity_id,
        label=row.label,
        set_by=row.set_by,
        set_at=row.set_at,
        expires_at=row.expires_at,
    )
