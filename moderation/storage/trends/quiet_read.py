"""What people did after flagged messages, read from the case store."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, select

from moderation.scoring.message import NEWEST, OLDEST
from moderation.storage.chat.people import EventType
from moderation.storage.ids import first_id_at
from moderation.storage.tables.cases import case_hits
from moderation.storage.tables.people import events
from moderation.storage.tables.voices import reports
from moderation.trends.days import Period, jst_day_of
from moderation.trends.quiet import REACTION, QuietHit, Stream

MOST_HITS = 20_000
"""The newest hits of a period that are looked at; a report says how many they were."""

Reactions = dict[str, list[datetime]]


def read(
    connection: Connection, *, service: str, period: Period
) -> tuple[list[QuietHit], Reactions, list[Stream]]:
    """Hits, when their authors were blocked or muted, and their rooms with who left when."""
    hit = case_hits.c
    rows = connection.execute(
        select(hit.message_id, hit.author_id, hit.room_id, hit.sent_at)
        .where(
            hit.service_id == service,
            hit.id >= first_id_at(period.start - NEWEST),
            hit.id < first_id_at(period.end + OLDEST),  # clocks run ahead, and some come late
            hit.sent_at >= period.start,
            hit.sent_at < period.end,
            hit.kind == "author_room",
        )
        .order_by(hit.id.desc())
        .limit(MOST_HITS)
    ).all()
    known = _reported(connection, service, period)
    hits = [
        QuietHit(
            author=row.author_id,
            room=row.room_id,
            at=row.sent_at,
            reported=row.message_id in known
            or (row.author_id, row.room_id, jst_day_of(row.sent_at)) in known,
        )
        for row in rows
    ]
    return (
        hits,
        _reactions(connection, service, period, {one.author for one in hits}),
        _streams(connection, service, period, {one.room for one in hits}),
    )


def _reported(connection: Connection, service: str, period: Period) -> set[object]:
    """Ids of reported messages, and (author, room, day) of reported people."""
    report = reports.c
    rows = connection.execute(
        select(report.message_id, report.author_id, report.room_id, report.reported_at).where(
            report.service_id == service,
            report.reported_at >= period.start,
            report.reported_at < period.end + REACTION,
        )
    )
    known: set[object] = set()
    for row in rows:
        known.add(row.message_id)
        known.add((row.author_id, row.room_id, jst_day_of(row.reported_at)))
    return known


def _reactions(connection: Connection, service: str, period: Period, authors: set[str]) -> Reactions:
    found: Reactions = defaultdict(list)
    for row in _events(connection, service, period, (EventType.BLOCK, EventType.MUTE)):
        if row.target_id in authors:
            found[row.target_id].append(row.at)
    return found


def _streams(connection: Connection, service: str, period: Period, rooms: set[str]) -> list[Stream]:
    """From a start to the end that follows; a room whose end is not known is left out."""
    kinds = (EventType.ROOM_STARTED, EventType.ROOM_ENDED, EventType.LEAVE)
    started: dict[str, datetime] = {}
    leaves: dict[str, list[datetime]] = defaultdict(list)
    found: list[Stream] = []
    for row in _events(connection, service, period, kinds):
        if row.room_id not in rooms:
            continue
        if row.type == EventType.LEAVE:
            leaves[row.room_id].append(row.at)
        elif row.type == EventType.ROOM_STARTED:
            started[row.room_id] = row.at
        elif (start := started.pop(row.room_id, None)) is not None:
            found.append(
                Stream(
                    room=row.room_id,
                    started_at=start,
                    ended_at=row.at,
                    leaves=leaves.pop(row.room_id, []),
                )
            )
    return found


def _events(
    connection: Connection, service: str, period: Period, types: Sequence[EventType]
) -> CursorResult[Any]:
    event = events.c
    return connection.execute(
        select(event.type, event.room_id, event.target_id, event.at)
        .where(
            event.service_id == service,
            event.type.in_([one.value for one in types]),
            event.at >= period.start,
            event.at < period.end + REACTION,
        )
        .order_by(event.at, event.seq)
    )
