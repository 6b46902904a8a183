"""Article kits in the case store: what was made, and who let it out. Never commits."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from moderation.errors import Conflict, NotFound
from moderation.storage.accounts import audit
from moderation.storage.ids import new_id
from moderation.storage.tables.awareness import article_kits
from moderation.taxonomy import Category
from moderation.trends.days import Period

MOST = 100


class KitState(StrEnum):
    """Whether it may be published."""

    DRAFT = "draft"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


KIT_STATE_JA: dict[KitState, str] = {
    KitState.DRAFT: "承認待ち",
    KitState.APPROVED: "承認済み",
    KitState.WITHDRAWN: "取り下げ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """One kit without its files.

    Attributes:
        categories: What the article is about; none means whatever rises.
        sha256: Of the zip, in hexadecimal.
        settled_by: Who approved or withdrew it last.
    """

    id: str
    service: str
    period: Period
    categories: tuple[Category, ...]
    sha256: str
    state: KitState
    made_by: str
    made_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    note: str


def add(
    connection: Connection,
    *,
    service: str,
    period: Period,
    categories: tuple[Category, ...],
    content: bytes,
    by: str,
    now: datetime,
) -> str:
    """Keep a kit as a draft. Returns its id."""
    kit_id = new_id()
    digest = sha256(content).hexdigest()
    connection.execute(
        insert(article_kits).values(
            id=kit_id,
            service_id=service,
            first_day=period.first,
            last_day=period.last,
            categories=[category.value for category in categories],
            content=content,
            sha256=digest,
            state=KitState.DRAFT.value,
            made_by=by,
            made_at=now,
            note="",
        )
    )
    _audit(connection, "kit.make", kit_id, by, {"sha256": digest, **_days(period.first, period.last)}, now)
    return kit_id


def of_service(connection: Connection, service: str) -> list[Kit]:
    """The newest of a service, newest first."""
    table = article_kits.c
    columns = [column for column in article_kits.columns if column.name != "content"]
    rows = connection.execute(
        select(*columns).where(table.service_id == service).order_by(table.made_at.desc()).limit(MOST)
    )
    return [_kit(row) for row in rows]


def get(connection: Connection, kit_id: str) -> tuple[Kit, bytes]:
    """A kit and its zip. Raises NotFound."""
    row = connection.execute(select(article_kits).where(article_kits.c.id == kit_id)).one_or_none()
    if row is None:
        raise NotFound(f"No article kit {kit_id}.")
    return _kit(row), row.content


def approve(connection: Connection, kit_id: str, *, by: str, note: str, now: datetime) -> None:
    """Let a draft be published.

    Raises:
        NotFound: There is none of this id.
        Conflict: Who made it asks, or it is no draft.
    """
    kit, _ = get(connection, kit_id)
    if kit.made_by == by:
        raise Conflict("Somebody else than who made the kit has to approve it.")
    _settle(connection, kit, KitState.DRAFT, KitState.APPROVED, by=by, note=note, now=now)


def withdraw(connection: Connection, kit_id: str, *, by: str, note: str, now: datetime) -> None:
    """Take a kit back, approved or not. Raises NotFound, Conflict."""
    kit, _ = get(connection, kit_id)
    _settle(connection, kit, kit.state, KitState.WITHDRAWN, by=by, note=note, now=now)


def _settle(
    connection: Connection, kit: Kit, was: KitState, state: KitState, *, by: str, note: str, now: datetime
) -> None:
    table = article_kits.c
    changed = connection.execute(
        update(article_kits)
        .where(table.id == kit.id, table.state == was.value, table.state != KitState.WITHDRAWN.value)
        .values(state=state.value, settled_by=by, settled_at=now, note=note)
    )
    if changed.rowcount != 1:
        raise Conflict(f"Article kit {kit.id} is {kit.state}; it cannot become {state}.")
    _audit(connection, f"kit.{state.value}", kit.id, by, {"sha256": kit.sha256, "note": note}, now)


def _audit(
    connection: Connection, act: str, kit_id: str, by: str, data: dict[str, str], now: datetime
) -> None:
    audit.append(connection, actor=f"user:{by}", act=act, object_=kit_id, data=data, now=now)


def _days(first: date, last: date) -> dict[str, str]:
    return {"first_day": first.isoformat(), "last_day": last.isoformat()}


def _kit(row: Any) -> Kit:
    return Kit(
        id=row.id,
        service=row.service_id,
        period=Period(first=row.first_day, last=row.last_day),
        categories=tuple(Category(name) for name in row.categories),
        sha256=row.sha256,
        state=KitState(row.state),
        made_by=row.made_by,
        made_at=row.made_at,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        note=row.note,
    )
