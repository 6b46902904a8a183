"""Retention: what is past its time loses its texts or goes; counts stay, and so does what a legal hold keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, or_, select, tuple_, update

from moderation.storage.reports import evidence as packs
from moderation.storage.tables.archive import messages as archive_messages
from moderation.storage.tables.cases import case_context, case_hits, cases
from moderation.storage.tables.notices import (
    custody,
    evidence,
    legal_holds,
    notice_events,
    notice_files,
    notices,
)
from moderation.storage.tables.rulesets import rule_hits
from moderation.storage.tables.voices import inquiries, reports

HOLD_AFTER_NOTICE = timedelta(days=30)
"""The hold of a notice on its messages ends so long after its result: by then an objection has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What legal holds in force keep, as (service, id)."""

    messages: frozenset[tuple[str, str]]
    authors: frozenset[tuple[str, str]]
    cases: frozenset[str]


def held(connection: Connection) -> Held:
    """The legal holds in force."""
    rows = connection.execute(
        select(legal_holds.c.service_id, legal_holds.c.kind, legal_holds.c.subject_id).where(
            legal_holds.c.released_at.is_(None)
        )
    ).all()
    return Held(
        messages=frozenset((row.service_id, row.subject_id) for row in rows if row.kind == "message"),
        authors=frozenset((row.service_id, row.subject_id) for row in rows if row.kind == "author"),
        cases=frozenset(row.subject_id for row in rows if row.kind == "case"),
    )


def delete_messages(archive: Connection, keep: Held, *, before: datetime, most: int) -> int:
    """Delete archived chat older than a time, except what is held, and which rules hit it; how many messages."""
    old = archive_messages.c.counted_at < before
    service, name, author = (
        archive_messages.c.service_id,
        archive_messages.c.id,
        archive_messages.c.author_id,
    )
    query = select(service, name).where(old).order_by(archive_messages.c.counted_at).limit(most)
    if keep.authors:
        query = query.where(tuple_(service, author).not_in(sorted(keep.authors)))
    if keep.messages:
        query = query.where(tuple_(service, name).not_in(sorted(keep.messages)))
    keys = [tuple(row) for row in archive.execute(query)]
    if keys:
        archive.execute(delete(archive_messages).where(tuple_(service, name).in_(keys)))
    archive.execute(delete(rule_hits).where(rule_hits.c.counted_at < before))
    return len(keys)


def strip_cases(connection: Connection, keep: Held, *, before: datetime, most: int) -> int:
    """Take the texts out of cases closed before a time, and of the reports in them; how many there were.

    Numbers, categories, decisions and their reasons stay: they count in trends and in appeals.
    """
    has_text = or_(
        exists().where(case_hits.c.case_id == cases.c.id, case_hits.c.text != ""),
        exists().where(case_context.c.case_id == cases.c.id),
        exists().where(reports.c.case_id == cases.c.id, _says_something(reports)),
    )
    query = select(cases.c.id).where(cases.c.state == "closed", cases.c.closed_at < before, has_text)
    if keep.cases:
        query = query.where(cases.c.id.not_in(sorted(keep.cases)))
    if keep.authors:
        author = tuple_(cases.c.service_id, cases.c.author_id)
        query = query.where(or_(cases.c.author_id.is_(None), author.not_in(sorted(keep.authors))))
    ids = list(connection.execute(query.order_by(cases.c.closed_at).limit(most)).scalars())
    if ids:
        connection.execute(
            update(case_hits).where(case_hits.c.case_id.in_(ids)).values(text="", author_name=None)
        )
        connection.execute(delete(case_context).where(case_context.c.case_id.in_(ids)))
        connection.execute(
            update(reports).where(reports.c.case_id.in_(ids)).values(text="", subject_text=None)
        )
    return len(ids)


def strip_voices(connection: Connection, *, before: datetime, most: int) -> int:
    """Take the texts out of old inquiries that are settled, and of old reports without a case."""
    letters = and_(inquiries.c.asked_at < before, inquiries.c.state != "open", inquiries.c.text != "")
    done = _change(connection, inquiries, letters, {"text": "", "reply": None}, most)
    lonely = and_(reports.c.received_at < before, reports.c.case_id.is_(None), _says_something(reports))
    return done + _change(connection, reports, lonely, {"text": "", "subject_text": None}, most)


def _says_something(table: Table) -> ColumnElement[bool]:
    return or_(table.c.text != "", table.c.subject_text.is_not(None))


def _change(
    connection: Connection, table: Table, when: ColumnElement[bool], values: dict[str, Any], most: int
) -> int:
    ids = list(connection.execute(select(table.c.id).where(when).limit(most)).scalars())
    if ids:
        connection.execute(update(table).where(table.c.id.in_(ids)).values(values))
    return len(ids)


def release_notice_holds(connection: Connection, *, now: datetime, most: int) -> int:
    """End the holds that settled notices put on their messages; the copies stay."""
    due = (
        select(evidence.c.id)
        .join(notices, notices.c.id == evidence.c.notice_id)
        .where(
            notices.c.state != "open",
            notices.c.decided_at < now - HOLD_AFTER_NOTICE,
            exists().where(legal_holds.c.source_id == evidence.c.id, legal_holds.c.released_at.is_(None)),
        )
        .limit(most)
    )
    ids = list(connection.execute(due).scalars())
    for pack_id in ids:
        packs.release(connection, pack_id, by="system", why="申出の処理が終わったため", now=now)
    return len(ids)


def delete_notices(connection: Connection, *, before: datetime, most: int) -> int:
    """Delete settled notices decided before a time, with their files, history and copies."""
    ids = list(
        connection.execute(
            select(notices.c.id)
            .where(notices.c.state != "open", notices.c.decided_at < before)
            .order_by(notices.c.decided_at)
            .limit(most)
        ).scalars()
    )
    if ids:
        _delete_packs(connection, evidence.c.notice_id.in_(ids))
        for table in (notice_files, notice_events):
            connection.execute(delete(table).where(table.c.notice_id.in_(ids)))
        connection.execute(delete(notices).where(notices.c.id.in_(ids)))
    return len(ids)


def delete_evidence(connection: Connection, *, before: datetime, most: int) -> int:
    """Delete copies made before a time whose hold was released before it too."""
    young = exists().where(
        legal_holds.c.source_id == evidence.c.id,
        or_(legal_holds.c.released_at.is_(None), legal_holds.c.released_at >= before),
    )
    ids = list(
        connection.execute(
            select(evidence.c.id)
            .where(evidence.c.notice_id.is_(None), evidence.c.made_at < before, ~young)
            .limit(most)
        ).scalars()
    )
    if ids:
        _delete_packs(connection, evidence.c.id.in_(ids))
    return len(ids)


def _delete_packs(connection: Connection, which: ColumnElement[bool]) -> None:
    """The database refuses where a hold stands."""
    ids: Sequence[str] = connection.execute(select(evidence.c.id).where(which)).scalars().all()
    connection.execute(delete(custody).where(custody.c.evidence_id.in_(ids)))
    connection.execute(delete(evidence).where(evidence.c.id.in_(ids)))
    connection.execute(delete(legal_holds).where(legal_holds.c.source_id.in_(ids)))
