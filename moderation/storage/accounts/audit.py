"""The audit trail: who did what, or saw what is protected. Append-only; each entry seals the one before.

Acts of the desk are many, and entries are sealed one after the other: they are written to an inbox in the
transaction of the act (``record``), and moved into the trail within seconds (``seal``).

An entry's hash is SHA-256 over the hash before it and its own content, so that no entry can be changed,
taken out or put in between without every later hash failing. Cutting off the newest entries can only be
seen by whoever noted a hash elsewhere (``last_hash``).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from moderation.storage.chat.hit_rows import storable
from moderation.storage.tables.delivery import audit
from moderation.storage.tables.desk import audit_inbox

FIRST = "0" * 64
"""What the first entry has as the hash before it."""
_LOCK = 0x1BA5_40A0
"""Number of PostgreSQL's advisory lock: entries are written one after the other."""


def append(
    connection: Connection, *, actor: str, act: str, object_: str, data: Mapping[str, Any], now: datetime
) -> str:
    """Write one entry, in the transaction of what it tells of.

    Args:
        connection: A writing transaction; other writers of entries wait for its end.
        actor: ``user:<id>``, ``cli:<login>``, ``system``.
        act: What was done, ``model.promote``.
        object_: To what.
        data: Texts, whole numbers, flags, and lists and objects of them. No fractions: a database may
            give them back in other digits.
        now: When.

    Returns:
        The entry's hash.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    entry = {
        "at": now,
        "actor": storable(actor),
        "act": act,
        "object": storable(object_),
        "data": _storable(dict(data)),
    }
    before = last_hash(connection)
    sealed = _hash(before, entry)
    connection.execute(insert(audit).values(**entry, previous_hash=before, hash=sealed))
    return sealed


def record(
    connection: Connection, *, actor: str, act: str, object_: str, data: Mapping[str, Any], now: datetime
) -> None:
    """Write an entry that ``seal`` will move into the trail; nobody waits for anybody."""
    connection.execute(RECORDING, recorded(actor=actor, act=act, object_=object_, data=data, now=now))


RECORDING = insert(audit_inbox).values(
    at=bindparam("trail_at"),
    actor=bindparam("trail_actor"),
    act=bindparam("trail_act"),
    object=bindparam("trail_object"),
    data=bindparam("trail_data"),
)
"""The statement of ``record``, to run beside others; ``recorded`` gives its values."""


def recorded(*, actor: str, act: str, object_: str, data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What ``RECORDING`` writes."""
    return {
        "trail_at": now,
        "trail_actor": storable(actor),
        "trail_act": act,
        "trail_object": storable(object_),
        "trail_data": _storable(dict(data)),
    }


def seal(connection: Connection, *, most: int = 1_000) -> int:
    """Move recorded entries into the trail, oldest first. How many were moved."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    rows = connection.execute(select(audit_inbox).order_by(audit_inbox.c.seq).limit(most)).mappings().all()
    before, entries = last_hash(connection), []
    for row in rows:
        entry = {name: row[name] for name in ("at", "actor", "act", "object", "data")}
        sealed = _hash(before, entry)
        entries.append(entry | {"previous_hash": before, "hash": sealed})
        before = sealed
    if entries:
        connection.execute(insert(audit), entries)
        moved = audit_inbox.c.seq.in_([row["seq"] for row in rows])
        connection.execute(delete(audit_inbox).where(moved))
    return len(entries)


def last_hash(connection: Connection) -> str:
    """The newest entry's hash; keep it elsewhere to notice a trail that was cut short."""
    newest = select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none() or FIRST


def verify(connection: Connection) -> int | None:
    """Number of the first entry that does not fit the one before; None when the trail is whole."""
    before = FIRST
    for row in connection.execute(select(audit).order_by(audit.c.seq)).mappings():
        if row["previous_hash"] != before or row["hash"] != _hash(before, dict(row)):
            return int(row["seq"])
        before = row["hash"]
    return None


def _hash(before: str, entry: Mapping[str, Any]) -> str:
    at = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    said = [before, at, entry["actor"], entry["act"], entry["object"], entry["data"]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(key): _storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value
