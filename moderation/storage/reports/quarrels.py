"""Quarrels: two people who report each other meet in one case, with what both of them said.

A moderator then sees one story and not two: the reports of both sides, the reported messages, and the
talk of both in the order it was said. What was left of the single cases closes, or stays where it holds more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation.review.case import CaseKind, CaseState, live_key
from moderation.storage.desk import case_weight, live_cases
from moderation.storage.desk.live_cases import Arrival
from moderation.storage.tables.archive import messages as archive_messages
from moderation.storage.tables.cases import case_context, case_events, case_hits, cases
from moderation.storage.tables.voices import reports
from moderation.taxonomy import Category, ReportReason, Severity

WITHIN = timedelta(hours=48)
"""Reports of each other within this are one quarrel."""
_TALK_BEFORE = timedelta(hours=2)
_MOST_LINES = 100
"""Lines of each side that are kept with the case, the newest."""


def gather(
    connection: Connection, archive: Connection, service: str, report_ids: Sequence[str], *, now: datetime
) -> dict[str, str]:
    """Bring reports to a quarrel case where the reported person reported the reporter too.

    Args:
        connection: A unit of work; the reports are in it.
        archive: Where the talk of both sides is.
        service: Whose reports.
        report_ids: Reports that just came, our own ids.
        now: When.

    Returns:
        The quarrel case of each of these reports that has one.
    """
    moved: dict[str, str] = {}
    for mine, other in _facing(connection, report_ids, now=now):
        if mine not in moved:
            moved |= _one_case(connection, archive, service, *other, now=now)
    return {row_id: case_id for row_id, case_id in moved.items() if row_id in set(report_ids)}


def _facing(
    connection: Connection, report_ids: Sequence[str], *, now: datetime
) -> list[tuple[str, tuple[str, str]]]:
    """Reports that an open report the other way answers, with both people."""
    back = reports.alias("back")
    rows = connection.execute(
        select(reports.c.id, reports.c.reporter_id, reports.c.author_id)
        .join(
            back,
            and_(
                back.c.service_id == reports.c.service_id,
                back.c.reporter_id == reports.c.author_id,
                back.c.author_id == reports.c.reporter_id,
                back.c.counted,
                back.c.received_at >= now - WITHIN,
            ),
        )
        .join(cases, and_(cases.c.id == back.c.case_id, cases.c.state != CaseState.CLOSED))
        .where(reports.c.id.in_(report_ids), reports.c.author_id != reports.c.reporter_id)
        .distinct()
    )
    return [(row.id, (row.reporter_id, row.author_id)) for row in rows]


def _one_case(
    connection: Connection, archive: Connection, service: str, one: str, other: str, *, now: datetime
) -> dict[str, str]:
    rows = _reports_between(connection, service, one, other, now=now)
    key = live_key(CaseKind.QUARREL, author_id=one, room_id=None, other_id=other)
    live = case_weight.find_live_cases(connection, service, [key]).get(key)
    moving = [row for row in rows if live is None or row.case_id != live.id]
    messages = sorted({row.message_id for row in moving if row.message_id})
    hits = _hits(connection, service, messages)
    joined = live_cases.join(connection, _arrival(service, key, one, other, moving, hits), now=now)
    seqs = iter(range(joined.first_seq, joined.first_seq + len(hits) + len(moving)))
    for hit in hits:
        connection.execute(
            update(case_hits)
            .where(case_hits.c.id == hit.id)
            .values(case_id=joined.case_id, kind=CaseKind.QUARREL, seq=next(seqs))
        )
    for row in moving:
        connection.execute(
            update(reports).where(reports.c.id == row.id).values(case_id=joined.case_id, seq=next(seqs))
        )
    for case_id in sorted({row.case_id for row in moving}):
        left = [row for row in moving if row.case_id == case_id]
        _leave(
            connection, case_id, joined.case_id, reports_left=len(left), hits_left=_of(hits, case_id), now=now
        )
    rooms = sorted({row.room_id for row in rows if row.room_id})
    _keep_talk(connection, archive, service, (one, other), rooms, joined.case_id, now=now)
    return dict.fromkeys([row.id for row in rows], joined.case_id)


def _reports_between(
    connection: Connection, service: str, one: str, other: str, *, now: datetime
) -> list[Any]:
    return list(
        connection.execute(
            select(reports)
            .join(cases, cases.c.id == reports.c.case_id)
            .where(
                reports.c.service_id == service,
                or_(
                    and_(reports.c.reporter_id == one, reports.c.author_id == other),
                    and_(reports.c.reporter_id == other, reports.c.author_id == one),
                ),
                reports.c.counted,
                reports.c.received_at >= now - WITHIN,
                cases.c.state != CaseState.CLOSED,
            )
            .order_by(reports.c.reported_at)
        )
    )


def _hits(connection: Connection, service: str, message_ids: Sequence[str]) -> list[Any]:
    """The reported messages, unless a decision covers them or a rule brought them to a quarrel already."""
    there = case_hits.alias("there")
    known = exists().where(
        there.c.service_id == service,
        there.c.message_id == case_hits.c.message_id,
        there.c.kind == CaseKind.QUARREL,
    )
    return list(
        connection.execute(
            select(case_hits)
            .join(cases, cases.c.id == case_hits.c.case_id)
            .where(
                case_hits.c.service_id == service,
                case_hits.c.message_id.in_(message_ids),
                case_hits.c.kind == CaseKind.AUTHOR_ROOM,
                case_hits.c.seq > cases.c.seen_hit_seq,
                cases.c.state != CaseState.CLOSED,
                ~known,
            )
            .order_by(case_hits.c.sent_at)
        )
    )


def _of(hits: Sequence[Any], case_id: str) -> int:
    return sum(hit.case_id == case_id for hit in hits)


def _arrival(
    service: str, key: str, one: str, other: str, moving: Sequence[Any], hits: Sequence[Any]
) -> Arrival:
    reasons = {ReportReason(row.reason) for row in moving} - {ReportReason.OTHER}
    categories = {Category(reason.value): 0.0 for reason in reasons}
    for hit in hits:
        for name, score in hit.category_scores.items():
            if Category(name) in categories:
                categories[Category(name)] = max(categories[Category(name)], score)
    ranks = [row.severity for row in (*moving, *hits)]
    return Arrival(
        service=service,
        kind=CaseKind.QUARREL,
        live_key=key,
        author_id=min(one, other),
        room_id=next((row.room_id for row in moving if row.room_id), None),
        severity=tuple(Severity)[max(ranks, default=0)],
        categories=categories,
        minors=any(row.minors for row in (*moving, *hits)),
        hits=len(hits),
        reports=len(moving),
        report_weight=sum(row.weight for row in moving),
        live_viewers=None,
        queue=None,
        other_id=max(one, other),
    )


def _leave(
    connection: Connection, case_id: str, into: str, *, reports_left: int, hits_left: int, now: datetime
) -> None:
    """Take what moved out of its old case; one that holds nothing more closes."""
    left = connection.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(reports=cases.c.reports - reports_left, hits=cases.c.hits - hits_left, updated_at=now)
        .returning(cases.c.reports, cases.c.hits)
    ).one()
    if left.reports == 0 and left.hits == 0:
        closing = {"state": CaseState.CLOSED, "closed_at": now, "claimed_by": None, "claimed_until": None}
        connection.execute(
            update(cases).where(cases.c.id == case_id).values(version=cases.c.version + 1, **closing)
        )
    else:
        case_weight.weigh_anew(connection, case_id)
    connection.execute(
        insert(case_events),
        {"case_id": case_id, "at": now, "actor": "system", "kind": "gathered", "data": {"into": into}},
    )


def _keep_talk(
    connection: Connection,
    archive: Connection,
    service: str,
    people: tuple[str, str],
    rooms: Sequence[str],
    case_id: str,
    *,
    now: datetime,
) -> None:
    """Keep what both sides said in these rooms; the case page shows it in the order it was said."""
    lines = [
        {
            "case_id": case_id,
            "message_id": row.id,
            "author_id": row.author_id,
            "author_name": None,
            "text": row.text,
            "sent_at": row.sent_at,
        }
        for person in people
        for row in archive.execute(
            select(archive_messages)
            .where(
                archive_messages.c.service_id == service,
                archive_messages.c.author_id == person,
                archive_messages.c.room_id.in_(rooms),
                archive_messages.c.counted_at >= now - WITHIN - _TALK_BEFORE,
            )
            .order_by(archive_messages.c.counted_at.desc())
            .limit(_MOST_LINES)
        )
    ]
    if lines:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(case_context).on_conflict_do_nothing(), lines)
