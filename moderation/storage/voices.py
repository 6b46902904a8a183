"""Reports and inquiries in the database. Functions take a connection and never commit it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.reports.report import Inquiry, Report, Subject
from moderation.storage.flagged import storable
from moderation.storage.ids import new_id
from moderation.storage.tables.archive import messages as archive_messages
from moderation.storage.tables.cases import case_hits, cases
from moderation.storage.tables.voices import inquiries, reports
from moderation.taxonomy import SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVoice:
    """A report or inquiry that was taken before."""

    id: str
    digest: str
    case_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the engine says of a free text, as rows keep it."""

    minors: bool
    category_scores: Mapping[str, float]
    model_version: str
    lexicon_version: str
    fold_version: str
    ruleset_version: str

    def columns(self) -> dict[str, Any]:
        """Column values."""
        return {
            "minors": self.minors,
            "category_scores": dict(self.category_scores),
            "model_version": self.model_version,
            "lexicon_version": self.lexicon_version,
            "fold_version": self.fold_version,
            "ruleset_version": self.ruleset_version,
        }


def find_report(connection: Connection, service: str, external_id: str) -> KeptVoice | None:
    """A report taken before under this id."""
    return _find(connection, reports, service, external_id)


def find_inquiry(connection: Connection, service: str, external_id: str) -> KeptVoice | None:
    """An inquiry taken before under this id."""
    return _find(connection, inquiries, service, external_id)


def _find(connection: Connection, table: Any, service: str, external_id: str) -> KeptVoice | None:
    row = connection.execute(
        select(table.c.id, table.c.content_hash, table.c.case_id).where(
            table.c.service_id == service, table.c.external_id == external_id
        )
    ).one_or_none()
    return None if row is None else KeptVoice(id=row.id, digest=row.content_hash, case_id=row.case_id)


def reported_before(connection: Connection, report: Report) -> str | None:
    """Case of an earlier, still counting report of the same reporter on the same subject."""
    return connection.execute(
        select(reports.c.case_id)
        .where(
            reports.c.service_id == report.service,
            reports.c.subject_kind == report.subject.kind.value,
            reports.c.subject_id == report.subject.id,
            reports.c.reporter_id == report.reporter_id,
            reports.c.counted,
        )
        .order_by(reports.c.received_at.desc())
        .limit(1)
    ).scalar_one_or_none()


def settled_case(connection: Connection, service: str, message_id: str) -> str | None:
    """The closed case in which a moderator decided on this very message, if there is one."""
    return connection.execute(
        select(case_hits.c.case_id)
        .join(cases, cases.c.id == case_hits.c.case_id)
        .where(
            case_hits.c.service_id == service,
            case_hits.c.message_id == message_id,
            cases.c.state == "closed",
            case_hits.c.seq <= cases.c.seen_hit_seq,
        )
        .order_by(cases.c.closed_at.desc())
        .limit(1)
    ).scalar_one_or_none()


def add_report(
    connection: Connection,
    report: Report,
    *,
    case_id: str,
    counted: bool,
    weight: float,
    scored: Scored,
    now: datetime,
) -> str | None:
    """Keep a report; None when its id was taken meanwhile by somebody else's request."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    subject = report.subject
    row = dialect.insert(reports).values(
        id=new_id(),
        service_id=report.service,
        external_id=report.id,
        content_hash=report.digest,
        reporter_id=report.reporter_id,
        subject_kind=subject.kind.value,
        subject_id=subject.id,
        message_id=subject.id if subject.kind is SubjectKind.MESSAGE else None,
        author_id=subject.author_id,
        room_id=subject.room_id,
        reason=report.reason.value,
        text=storable(report.text),
        evidence=list(report.evidence),
        reported_at=report.reported_at,
        received_at=now,
        case_id=case_id,
        counted=counted,
        weight=weight,
        **scored.columns(),
    )
    return connection.execute(row.on_conflict_do_nothing().returning(reports.c.id)).scalar_one_or_none()


def add_inquiry(
    connection: Connection, inquiry: Inquiry, *, case_id: str | None, scored: Scored, now: datetime
) -> str | None:
    """Keep an inquiry; None when its id was taken meanwhile."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(inquiries).values(
        id=new_id(),
        service_id=inquiry.service,
        external_id=inquiry.id,
        content_hash=inquiry.digest,
        topic=inquiry.topic.value,
        text=storable(inquiry.text),
        room_id=inquiry.room_id,
        author_id=inquiry.author_id,
        case_id=case_id,
        ticket_id=inquiry.ticket_id,
        state="open",
        asked_at=inquiry.asked_at,
        received_at=now,
        **scored.columns(),
    )
    return connection.execute(row.on_conflict_do_nothing().returning(inquiries.c.id)).scalar_one_or_none()


def known_message(
    connection: Connection, archive: Connection, service: str, message_id: str
) -> Subject | None:
    """What we know of a message: from the archive, or from a case if the recorder is still behind."""
    row = archive.execute(
        select(archive_messages).where(
            archive_messages.c.service_id == service, archive_messages.c.id == message_id
        )
    ).one_or_none()
    if row is not None:
        return Subject(
            kind=SubjectKind.MESSAGE,
            id=message_id,
            author_id=row.author_id,
            room_id=row.room_id,
            text=row.text,
            sent_at=row.sent_at,
        )
    hit = connection.execute(
        select(case_hits)
        .where(case_hits.c.service_id == service, case_hits.c.message_id == message_id)
        .limit(1)
    ).one_or_none()
    if hit is None:
        return None
    return Subject(
        kind=SubjectKind.MESSAGE,
        id=message_id,
        author_id=hit.author_id,
        author_name=hit.author_name,
        room_id=hit.room_id,
        text=hit.text,
        sent_at=hit.sent_at,
    )
