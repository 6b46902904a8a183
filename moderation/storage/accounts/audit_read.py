"""The audit trail as people read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true

from moderation.review.sight import Sight
from moderation.storage.accounts import audit
from moderation.storage.tables.cases import cases
from moderation.storage.tables.delivery import audit as trail

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries; ``act`` may be the beginning of one, as ``case.``."""

    actor: str | None = None
    act: str | None = None
    object_: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry, with its number and seal."""

    seq: int
    at: datetime
    actor: str
    act: str
    object_: str
    data: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """A page of entries; ``page`` counts from 1."""

    rows: Sequence[AuditEntry]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def seal_all(connection: Connection) -> None:
    """Seal everything that waits."""
    while audit.seal(connection):
        pass


def page(connection: Connection, sight: Sight, asked: AuditFilter, *, page: int) -> AuditPage:
    """Entries, the newest first; those about minors' cases only for whoever may see these."""
    conditions = _conditions(sight, asked)
    total = connection.execute(select(func.count()).select_from(trail).where(*conditions)).scalar_one()
    page = min(page, max(1, -(-total // PAGE)))
    rows = connection.execute(
        select(trail).where(*conditions).order_by(trail.c.seq.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return AuditPage(rows=[_entry(row) for row in rows], total=total, page=page)


def newest(
    connection: Connection, asked: AuditFilter, *, since: datetime | None, most: int
) -> list[AuditEntry]:
    """Entries for whoever runs the machine, the newest first."""
    conditions = _asked(asked)
    if since is not None:
        conditions.append(trail.c.at >= (since if since.tzinfo else since.replace(tzinfo=UTC)))
    rows = connection.execute(select(trail).where(*conditions).order_by(trail.c.seq.desc()).limit(most))
    return [_entry(row) for row in rows]


def count(connection: Connection) -> int:
    """How many entries there are."""
    return connection.execute(select(func.count()).select_from(trail)).scalar_one()


def has_hash(connection: Connection, sealed: str) -> bool:
    """Whether an entry has this hash."""
    return connection.execute(select(trail.c.seq).where(trail.c.hash == sealed)).first() is not None


def _conditions(sight: Sight, asked: AuditFilter) -> list[ColumnElement[bool]]:
    conditions = _asked(asked)
    if not sight.minors:
        hidden = select("case:" + cases.c.id).where(cases.c.minors.is_(True))
        conditions.append(trail.c.object.not_in(hidden))
    return conditions


def _asked(asked: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [true()]
    if asked.actor:
        conditions.append(trail.c.actor == asked.actor)
    if asked.act:
        conditions.append(trail.c.act.startswith(asked.act, autoescape=True))
    if asked.object_:
        conditions.append(trail.c.object == asked.object_)
    return conditions


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        act=row.act,
        object_=row.object,
        data=row.data,
        hash=row.hash,
    )
