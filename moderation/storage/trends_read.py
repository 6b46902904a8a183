"""Read the sums that a trend report is made from. Functions take a connection of the archive."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, Table, and_, case, func, select

from moderation.storage.tables.archive import day_authors, day_rooms, fact_buckets, gaps, trend_buckets
from moderation.trends.count import ALL, LIVE
from moderation.trends.days import Period
from moderation.trends.figures import CountedWith, Figures, Gap, HourCount, RoomMoments
from moderation.trends.moments import Denominators, Hits


def read(connection: Connection, *, service: str, period: Period, today: date, source: str = LIVE) -> Figures:
    """The sums of a period and of the one before it.

    Args:
        connection: A snapshot of the archive.
        service: Whose messages.
        period: Whole days in Japan.
        today: The day in Japan it is now.
        source: Counted with what: ``live`` or a measurement model.
    """
    base, hits = _authors(connection, service, period, source)
    return Figures(
        service=service,
        period=period,
        today=today,
        hours=_hours(connection, service, period, source),
        base=base,
        hits=hits,
        rooms=_rooms(connection, service, period, source),
        room_count=_room_count(connection, service, period, source),
        facts=_facts(connection, service, period),
        facts_before=_facts(connection, service, period.before),
        versions=_versions(connection, service, period, source),
        versions_before=_versions(connection, service, period.before, source),
        gaps=_gaps(connection, service, period),
    )


def _hours(connection: Connection, service: str, period: Period, source: str) -> tuple[HourCount, ...]:
    table = trend_buckets.c
    sums = [func.sum(table[name]).label(name) for name in ("messages", "hits", "holds", "blocks")]
    rows = connection.execute(
        select(table.hour, table.category, *sums)
        .where(table.service_id == service, table.source == source, *_within(table.hour, period))
        .group_by(table.hour, table.category)
        .order_by(table.hour, table.category)
    )
    return tuple(
        HourCount(
            hour=row.hour,
            category=row.category,
            messages=int(row.messages),
            hits=int(row.hits),
            holds=int(row.holds),
            blocks=int(row.blocks),
        )
        for row in rows
    )


def _versions(connection: Connection, service: str, period: Period, source: str) -> frozenset[CountedWith]:
    table = trend_buckets.c
    rows = connection.execute(
        select(table.model_version, table.lexicon_version, table.fold_version, table.ruleset_version)
        .where(
            table.service_id == service,
            table.source == source,
            table.category == ALL,
            *_within(table.hour, period),
        )
        .distinct()
    )
    return frozenset(CountedWith(*row) for row in rows)


def _within(hour: ColumnElement[datetime], period: Period) -> tuple[ColumnElement[bool], ...]:
    return hour >= period.start, hour < period.end


def _authors(
    connection: Connection, service: str, period: Period, source: str
) -> tuple[Denominators, dict[str, Hits]]:
    wrote = _by_cluster(day_authors, "author", service, period, source, denominators=True)
    base = connection.execute(_base_sums(wrote)).one()
    hit = _by_cluster(day_authors, "author", service, period, source, denominators=False)
    rows = connection.execute(_hit_sums(hit, wrote, hit.c.category))
    return _denominators(base), {row.name: _hits(row) for row in rows}


def _rooms(connection: Connection, service: str, period: Period, source: str) -> dict[str, RoomMoments]:
    """By room category. A room that changes its category counts, day by day, where it was."""
    wrote = _by_cluster(day_rooms, "room", service, period, source, denominators=True)
    bases = connection.execute(_base_sums(wrote, wrote.c.room_category))
    found = {row.name: RoomMoments(base=_denominators(row)) for row in bases if row.m1}
    hit = _by_cluster(day_rooms, "room", service, period, source, denominators=False)
    rows = connection.execute(_hit_sums(hit, wrote, hit.c.category, wrote.c.room_category))
    by_room: dict[str, dict[str, Hits]] = {name: {} for name in found}
    for row in rows:
        if row.room_category in by_room:
            by_room[row.room_category][row.name] = _hits(row)
    return {name: RoomMoments(base=moments.base, hits=by_room[name]) for name, moments in found.items()}


def _by_cluster(
    table: Table, who: str, service: str, period: Period, source: str, *, denominators: bool
) -> Subquery:
    """Per author or room the messages, or the hits a category, of the period (1) and before it (2)."""
    columns = table.c
    now = columns.day >= period.first
    counted = columns.messages if denominators else columns.hits
    letter = "m" if denominators else "h"
    wanted: list[Any] = [
        columns[who].label("who"),
        func.sum(case((now, counted), else_=0)).label(f"{letter}1"),
        func.sum(case((now, 0), else_=counted)).label(f"{letter}2"),
    ]
    grouping: list[Any] = [columns[who]]
    if not denominators:
        wanted.append(columns.category.label("category"))
        grouping.append(columns.category)
    of_day = table.alias("of_day")
    if "room_category" in columns:
        # A day's category is that of its row "all": a category's own row may be older.
        wanted.append(of_day.c.room_category.label("room_category"))
        grouping.append(of_day.c.room_category)
    chosen = select(*wanted).where(
        columns.service_id == service,
        columns.source == source,
        columns.day >= period.before.first,
        columns.day <= period.last,
        columns.category == ALL if denominators else columns.hits > 0,
    )
    if "room_category" in columns:
        same = [column.name for column in table.primary_key if column.name != "category"]
        chosen = chosen.join_from(
            table, of_day, and_(of_day.c.category == ALL, *(of_day.c[name] == columns[name] for name in same))
        )
    return chosen.group_by(*grouping).subquery()


def _base_sums(wrote: Subquery, name: ColumnElement[str] | None = None) -> Any:
    m1, m2 = wrote.c.m1, wrote.c.m2
    sums = [
        func.count().label("clusters"),
        _number_of(m1 > 0, "clusters_1"),
        _number_of(m2 > 0, "clusters_2"),
        *(_sum(value, label) for value, label in ((m1, "m1"), (m2, "m2"))),
        *(_sum(value, label) for value, label in ((m1 * m1, "m1m1"), (m2 * m2, "m2m2"), (m1 * m2, "m1m2"))),
    ]
    if name is None:
        return select(*sums)
    return select(name.label("name"), *sums).group_by(name)


def _hit_sums(
    hit: Subquery, wrote: Subquery, category: ColumnElement[str], room: ColumnElement[str] | None = None
) -> Any:
    h1, h2, m1, m2 = hit.c.h1, hit.c.h2, wrote.c.m1, wrote.c.m2
    products = {
        "h1": h1,
        "h2": h2,
        "h1h1": h1 * h1,
        "h2h2": h2 * h2,
        "h1h2": h1 * h2,
        "h1m1": h1 * m1,
        "h2m2": h2 * m2,
        "h1m2": h1 * m2,
        "h2m1": h2 * m1,
    }
    wanted: list[Any] = [
        category.label("name"),
        _number_of(h1 > 0, "clusters_1"),
        _number_of(h2 > 0, "clusters_2"),
        *(_sum(value, label) for label, value in products.items()),
    ]
    grouping = [category] if room is None else [category, room]
    if room is not None:
        wanted.append(room.label("room_category"))
    same = [name for name in ("who", "room_category") if name in wrote.c]
    together = and_(*(hit.c[name] == wrote.c[name] for name in same))
    return select(*wanted).join_from(hit, wrote, together).group_by(*grouping)


def _number_of(condition: ColumnElement[bool], label: str) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(label)


def _sum(value: ColumnElement[int], label: str) -> Any:
    return func.coalesce(func.sum(value), 0).label(label)


def _denominators(row: Any) -> Denominators:
    return Denominators(**{name: int(row._mapping[name]) for name in Denominators.__dataclass_fields__})  # noqa: SLF001 (a Row's public name for its mapping)


def _hits(row: Any) -> Hits:
    return Hits(**{name: int(row._mapping[name]) for name in Hits.__dataclass_fields__})  # noqa: SLF001 (likewise)


def _room_count(connection: Connection, service: str, period: Period, source: str) -> int:
    table = day_rooms.c
    return connection.execute(
        select(func.count(func.distinct(table.room))).where(
            table.service_id == service,
            table.source == source,
            table.category == ALL,
            table.day >= period.first,
            table.day <= period.last,
        )
    ).scalar_one()


def _facts(connection: Connection, service: str, period: Period) -> dict[tuple[str, str, str], int]:
    table = fact_buckets.c
    total = func.sum(table.count).label("total")
    rows = connection.execute(
        select(table.kind, table.category, table.value, total)
        .where(table.service_id == service, *_within(table.hour, period))
        .group_by(table.kind, table.category, table.value)
    )
    return {(row.kind, row.category, row.value): int(row.total) for row in rows if row.total}


def _gaps(connection: Connection, service: str, period: Period) -> tuple[Gap, ...]:
    rows = connection.execute(
        select(gaps)
        .where(gaps.c.service_id == service, *_within(gaps.c.started_at, period))
        .order_by(gaps.c.started_at, gaps.c.why)
    )
    return tuple(
        Gap(
            started_at=row.started_at,
            ended_at=row.ended_at or row.started_at,
            why=row.why,
            messages=row.messages,
        )
        for row in rows
    )
