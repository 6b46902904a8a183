"""Alarms of rising trouble: what was called out, and the hours they are made from. Never commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.storage.ids import new_id
from moderation.storage.outbox import emit
from moderation.storage.tables.archive import trend_buckets
from moderation.storage.tables.awareness import alarms
from moderation.taxonomy import Category
from moderation.trends.advice import notice_text
from moderation.trends.alarm import LOOK_BACK, Alarm, HourOf
from moderation.trends.count import ALL, LIVE

MOST = 200


def hours(archive: Connection, *, service: str, last: datetime) -> Mapping[Category, Sequence[HourOf]]:
    """Each category's hours up to one (its start) and through the look-back before it, oldest first."""
    table = trend_buckets.c
    rows = archive.execute(
        select(
            table.hour,
            table.category,
            func.sum(table.messages).label("messages"),
            func.sum(table.hits).label("hits"),
        )
        .where(
            table.service_id == service,
            table.source == LIVE,
            table.hour >= last - LOOK_BACK,
            table.hour <= last,
        )
        .group_by(table.hour, table.category)
        .order_by(table.hour)
    ).all()
    messages = {row.hour: int(row.messages) for row in rows if row.category == ALL}
    hits = {(row.category, row.hour): int(row.hits) for row in rows}
    return {
        category: [
            HourOf(hour=hour, messages=count, hits=hits.get((category.value, hour), 0))
            for hour, count in messages.items()
        ]
        for category in Category
    }


def told_since(
    connection: Connection, service: str, since: datetime
) -> Mapping[Category, tuple[datetime, int]]:
    """Hour and hits of each category's last alarm since a time."""
    table = alarms.c
    rows = connection.execute(
        select(table.category, table.hour, table.hits)
        .where(table.service_id == service, table.hour >= since)
        .order_by(table.hour)
    )
    return {Category(row.category): (row.hour, row.hits) for row in rows}


def raise_(connection: Connection, service: str, found: Alarm, *, now: datetime) -> bool:
    """Keep an alarm and tell the webhooks; False where another process was first."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    kept = connection.execute(
        dialect.insert(alarms)
        .values(
            id=new_id(),
            service_id=service,
            category=found.category.value,
            hour=found.hour,
            messages=found.messages,
            hits=found.hits,
            expected=found.expected,
            p_value=found.p_value,
            raised_at=now,
        )
        .on_conflict_do_nothing()
        .returning(alarms.c.id)
    ).scalar_one_or_none()
    if kept is None:
        return False
    emit(
        connection,
        service=service,
        type_="trend.alert",
        subject=f"trend:{found.category.value}",
        data={
            "id": kept,
            "category": found.category.value,
            "hour": found.hour.isoformat(),
            "messages": found.messages,
            "hits": found.hits,
            "expected": round(found.expected, 2),
            "ratio": round(found.ratio, 2),
            "notice": notice_text(found.category, ratio=found.ratio),
        },
        now=now,
    )
    return True


def recent(connection: Connection, service: str, *, now: datetime, days: int = 7) -> list[Alarm]:
    """Alarms of the last days, newest first."""
    table = alarms.c
    rows = connection.execute(
        select(alarms)
        .where(table.service_id == service, table.hour >= now - timedelta(days=days))
        .order_by(table.hour.desc(), table.category)
        .limit(MOST)
    )
    return [
        Alarm(
            category=Category(row.category),
            hour=row.hour,
            messages=row.messages,
            hits=row.hits,
            expected=row.expected,
            p_value=row.p_value,
        )
        for row in rows
    ]
