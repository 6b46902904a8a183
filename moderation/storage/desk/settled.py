"""Settled subjects: what a moderator decided on stays silent for the same content.

For a closed case of the same subject, the content is the same where

- the reported message is one of the hits that the decision covered, or says word for word what one of them
  said when no violation was found (repeating is content of its own for floods and advertising);
- an author has written nothing since, and every message id the report points to was covered; where their
  messages never reach us, the decision is younger than ``QUIET_FOR``;
- a profile reads as it did in the reports that were decided;
- a room has not started anew, or its content cannot be seen and the decision is younger than ``QUIET_FOR``.

Anything else is new content, and opens the subject again.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from moderation.reports.report import Report
from moderation.storage.tables.archive import messages as archive_messages
from moderation.storage.tables.cases import case_hits, cases, decisions
from moderation.storage.tables.people import rooms
from moderation.storage.tables.voices import reports
from moderation.taxonomy import ReportReason, SubjectKind

REMEMBERED = timedelta(days=30)
"""A decision on other words than the very message is remembered for so long."""
QUIET_FOR = timedelta(hours=24)
"""Where we cannot see whether the content changed, a decision stands for so long."""
_REPEATING = frozenset({ReportReason.DISRUPTION, ReportReason.SPAM_SCAM})


def find(
    connection: Connection, archive: Connection, given: Sequence[Report], *, now: datetime
) -> dict[str, str]:
    """Reports whose subject is settled: the closed case by report id."""
    about_messages = [one for one in given if one.subject.kind is SubjectKind.MESSAGE]
    others = [one for one in given if one.subject.kind is not SubjectKind.MESSAGE]
    return {
        **_decided_messages(connection, about_messages),
        **_same_words(connection, about_messages, now=now),
        **_unchanged(connection, archive, others, now=now),
    }


def _decided_messages(connection: Connection, given: Sequence[Report]) -> dict[str, str]:
    if not given:
        return {}
    rows = connection.execute(
        select(case_hits.c.message_id, case_hits.c.case_id)
        .join(cases, cases.c.id == case_hits.c.case_id)
        .where(
            case_hits.c.service_id == given[0].service,
            case_hits.c.message_id.in_([one.subject.id for one in given]),
            cases.c.state == "closed",
            case_hits.c.seq <= cases.c.seen_hit_seq,
        )
        .order_by(cases.c.closed_at)
    )
    decided = {row.message_id: row.case_id for row in rows}
    return {one.id: decided[one.subject.id] for one in given if one.subject.id in decided}


def _same_words(connection: Connection, given: Sequence[Report], *, now: datetime) -> dict[str, str]:
    asked = {
        (one.subject.author_id, one.subject.text)
        for one in given
        if one.subject.author_id and one.subject.text and one.reason not in _REPEATING
    }
    if not asked:
        return {}
    cleared = _decided(decisions.c.outcome == "no_violation")
    rows = connection.execute(
        select(case_hits.c.author_id, case_hits.c.room_id, case_hits.c.text, case_hits.c.case_id)
        .join(cases, cases.c.id == case_hits.c.case_id)
        .where(
            case_hits.c.service_id == given[0].service,
            case_hits.c.author_id.in_(sorted({author for author, _ in asked})),
            case_hits.c.text.in_(sorted({text for _, text in asked})),
            case_hits.c.seq <= cases.c.seen_hit_seq,
            cases.c.state == "closed",
            cases.c.closed_at >= now - REMEMBERED,
            cleared,
        )
    )
    known = {(row.author_id, row.room_id, row.text): row.case_id for row in rows}
    found = {}
    for one in given:
        key = (one.subject.author_id, one.subject.room_id, one.subject.text)
        if key in known and one.reason not in _REPEATING:
            found[one.id] = known[key]
    return found


def _decided(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A decision of the case stands; one that was gathered into a quarrel has none."""
    return exists().where(
        decisions.c.case_id == cases.c.id,
        decisions.c.undoes.is_(None),
        decisions.c.undone_by.is_(None),
        *conditions,
    )


def _unchanged(
    connection: Connection, archive: Connection, given: Sequence[Report], *, now: datetime
) -> dict[str, str]:
    by_key: dict[str, list[Report]] = defaultdict(list)
    for one in given:
        by_key[one.subject.case_key].append(one)
    if not by_key:
        return {}
    newest = (
        select(cases.c.live_key, func.max(cases.c.closed_at).label("closed_at"))
        .where(
            cases.c.service_id == given[0].service,
            cases.c.live_key.in_(sorted(by_key)),
            cases.c.state == "closed",
            cases.c.closed_at >= now - REMEMBERED,
            _decided(),
        )
        .group_by(cases.c.live_key)
        .subquery()
    )
    rows = connection.execute(
        select(cases.c.id, cases.c.live_key, cases.c.closed_at, cases.c.seen_hit_seq)
        .join(newest, and_(cases.c.live_key == newest.c.live_key, cases.c.closed_at == newest.c.closed_at))
        .where(cases.c.service_id == given[0].service)
    )
    return {
        one.id: row.id
        for row in rows
        for one in by_key[row.live_key]
        if _says_nothing_new(connection, archive, one, row, now=now)
    }


def _says_nothing_new(
    connection: Connection, archive: Connection, report: Report, case: Any, *, now: datetime
) -> bool:
    if report.evidence and not _all_covered(connection, report, case):
        return False
    young = bool(case.closed_at >= now - QUIET_FOR)
    match report.subject.kind:
        case SubjectKind.AUTHOR:
            last = _last_written(archive, report)
            return young if last is None else bool(last <= case.closed_at)
        case SubjectKind.PROFILE if report.subject.text is not None:
            return _read_so_before(connection, report, case)
        case SubjectKind.ROOM:
            return young and not _started_since(connection, report, case.closed_at)
    return young


def _all_covered(connection: Connection, report: Report, case: Any) -> bool:
    covered = connection.execute(
        select(func.count()).where(
            case_hits.c.case_id == case.id,
            case_hits.c.message_id.in_(report.evidence),
            case_hits.c.seq <= case.seen_hit_seq,
        )
    ).scalar_one()
    return bool(covered >= len(set(report.evidence)))


def _last_written(archive: Connection, report: Report) -> datetime | None:
    """When the author last wrote, where we see their messages."""
    query = select(func.max(archive_messages.c.counted_at)).where(
        archive_messages.c.service_id == report.service,
        archive_messages.c.author_id == report.subject.author_id,
    )
    if report.subject.room_id:
        query = query.where(archive_messages.c.room_id == report.subject.room_id)
    last: datetime | None = archive.execute(query).scalar_one()
    return last


def _read_so_before(connection: Connection, report: Report, case: Any) -> bool:
    found = connection.execute(
        select(reports.c.id)
        .where(reports.c.case_id == case.id, reports.c.subject_text == report.subject.text)
        .limit(1)
    )
    return found.first() is not None


def _started_since(connection: Connection, report: Report, since: datetime) -> bool:
    found = connection.execute(
        select(rooms.c.id).where(
            rooms.c.service_id == report.service,
            rooms.c.id == report.subject.room_id,
            rooms.c.started_at > since,
        )
    )
    return found.first() is not None
