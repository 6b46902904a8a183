"""Reports and inquiries in the database. Functions take a connection and never commit it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, Select, insert, select, tuple_, update

from moderation.reports.likeness import Said
from moderation.reports.report import Inquiry, Report
from moderation.scoring.verdict import Verdict
from moderation.storage.chat.hit_rows import storable
from moderation.storage.desk import case_weight
from moderation.storage.desk.case_weight import LiveCase
from moderation.storage.ids import new_id
from moderation.storage.tables.cases import case_events, cases
from moderation.storage.tables.people import rooms
from moderation.storage.tables.voices import inquiries, reports
from moderation.taxonomy import Severity, SubjectKind

_MOST_HEARD = 200
"""Texts about one subject that a new one is compared with, the newest."""


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

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """From a verdict."""
        return cls(
            minors=verdict.minors,
            category_scores={
                category.value: round(score, 4) for category, score in verdict.category_scores.items()
            },
            model_version=verdict.versions.model,
            lexicon_version=verdict.versions.lexicon,
            fold_version=verdict.versions.fold,
            ruleset_version=verdict.versions.ruleset,
        )

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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReport:
    """A report as it is kept, with what was made of it."""

    row_id: str
    report: Report
    status: str
    case_id: str | None
    counted: bool
    weight: float
    seq: int | None
    severity: Severity
    suggested: str | None
    urgent: tuple[str, ...]
    quality: str
    unproven: bool
    brigade: bool
    scored: Scored


def find_reports(connection: Connection, service: str, ids: Sequence[str]) -> dict[str, KeptVoice]:
    """Reports taken before under these ids."""
    return _find(connection, reports, service, ids)


def find_inquiries(connection: Connection, service: str, ids: Sequence[str]) -> dict[str, KeptVoice]:
    """Inquiries taken before under these ids."""
    return _find(connection, inquiries, service, ids)


def _find(connection: Connection, table: Any, service: str, ids: Sequence[str]) -> dict[str, KeptVoice]:
    rows = connection.execute(
        select(table.c.id, table.c.external_id, table.c.content_hash, table.c.case_id).where(
            table.c.service_id == service, table.c.external_id.in_(ids)
        )
    )
    return {
        row.external_id: KeptVoice(id=row.id, digest=row.content_hash, case_id=row.case_id) for row in rows
    }


def counted_before(connection: Connection, given: Sequence[Report]) -> dict[tuple[str, str, str], str]:
    """Open cases in which the same reporters' reports on the same subjects count already.

    Returns:
        Case id by (kind of subject, its id, reporter).
    """
    if not given:
        return {}
    key = tuple_(reports.c.subject_kind, reports.c.subject_id, reports.c.reporter_id)
    asked = [(one.subject.kind.value, one.subject.id, one.reporter_id) for one in given]
    rows = connection.execute(
        select(reports.c.subject_kind, reports.c.subject_id, reports.c.reporter_id, reports.c.case_id)
        .join(cases, cases.c.id == reports.c.case_id)
        .where(
            reports.c.service_id == given[0].service,
            key.in_(asked),
            reports.c.counted,
            cases.c.state != "closed",
        )
    )
    return {(row.subject_kind, row.subject_id, row.reporter_id): row.case_id for row in rows}


def said_lately(
    connection: Connection, live: Sequence[LiveCase], *, since: datetime
) -> dict[str, list[Said]]:
    """What reports of these open cases said since a time, the newest few of each."""
    heard: dict[str, list[Said]] = defaultdict(list)
    small = [case.id for case in live if case.reports <= _MOST_HEARD]
    said = _said(since).where(reports.c.case_id.in_(small)) if small else None
    queries = [] if said is None else [said]
    for case in live:
        if case.reports > _MOST_HEARD:
            newest = _said(since).where(reports.c.case_id == case.id)
            queries.append(newest.order_by(reports.c.seq.desc()).limit(_MOST_HEARD))
    for query in queries:
        for row in connection.execute(query):
            heard[row.case_id].append(
                Said(report_id=row.id, reporter_id=row.reporter_id, text=row.text, unproven=row.new_reporter)
            )
    return heard


def _said(since: datetime) -> Select[Any]:
    return select(
        reports.c.id, reports.c.case_id, reports.c.reporter_id, reports.c.text, reports.c.new_reporter
    ).where(reports.c.counted, reports.c.text != "", reports.c.received_at >= since)


def mark_brigade(
    connection: Connection, case_id: str, report_ids: Sequence[str], *, weight: float, now: datetime
) -> None:
    """Mark reports that turn out to belong to a brigade, and weigh their case anew."""
    marked = connection.execute(
        update(reports)
        .where(reports.c.id.in_(report_ids), reports.c.brigade.is_(False))
        .values(brigade=True, weight=weight, severity=Severity.LOW.rank)
    )
    if marked.rowcount:
        case_weight.weigh_anew(connection, case_id)
        connection.execute(
            insert(case_events),
            {
                "case_id": case_id,
                "at": now,
                "actor": "system",
                "kind": "brigade",
                "data": {"reports": marked.rowcount},
            },
        )


def add_reports(connection: Connection, given: Sequence[KeptReport], *, now: datetime) -> None:
    """Keep reports; their ids are new."""
    connection.execute(insert(reports), [_report_row(one, now) for one in given])


def _report_row(kept: KeptReport, now: datetime) -> dict[str, Any]:
    report, subject = kept.report, kept.report.subject
    return {
        "id": kept.row_id,
        "service_id": report.service,
        "external_id": report.id,
        "content_hash": report.digest,
        "reporter_id": report.reporter_id,
        "subject_kind": subject.kind.value,
        "subject_id": subject.id,
        "message_id": subject.id if subject.kind is SubjectKind.MESSAGE else None,
        "author_id": subject.author_id,
        "room_id": subject.room_id,
        "reason": report.reason.value,
        "text": storable(report.text),
        "evidence": list(report.evidence),
        "reported_at": report.reported_at,
        "received_at": now,
        "case_id": kept.case_id,
        "counted": kept.counted,
        "weight": kept.weight,
        "status": kept.status,
        "seq": kept.seq,
        "severity": kept.severity.rank,
        "subject_text": None if subject.text is None else storable(subject.text),
        "suggested": kept.suggested,
        "urgent": list(kept.urgent),
        "quality": kept.quality,
        "new_reporter": kept.unproven,
        "brigade": kept.brigade,
        **kept.scored.columns(),
    }


def add_inquiry(
    connection: Connection,
    inquiry: Inquiry,
    *,
    case_id: str | None,
    urgent: Sequence[str],
    scored: Scored,
    now: datetime,
) -> str:
    """Keep an inquiry; gives our own id of it."""
    row_id = new_id()
    connection.execute(
        insert(inquiries).values(
            id=row_id,
            service_id=inquiry.service,
            external_id=inquiry.id,
            content_hash=inquiry.digest,
            topic=inquiry.topic.value,
            text=storable(inquiry.text),
            room_id=inquiry.room_id,
            author_id=inquiry.author_id,
            sender_id=inquiry.sender_id,
            case_id=case_id,
            ticket_id=inquiry.ticket_id,
            state="open",
            urgent=list(urgent),
            asked_at=inquiry.asked_at,
            received_at=now,
            **scored.columns(),
        )
    )
    return row_id


def case_of_service(connection: Connection, service: str, case_id: str) -> str | None:
    """The case, if it is one of this service's."""
    return connection.execute(
        select(cases.c.id).where(cases.c.id == case_id, cases.c.service_id == service)
    ).scalar_one_or_none()


def room_categories(connection: Connection, service: str, room_ids: Sequence[str]) -> dict[str, str | None]:
    """What kind of streams rooms are."""
    rows = connection.execute(
        select(rooms.c.id, rooms.c.category).where(rooms.c.service_id == service, rooms.c.id.in_(room_ids))
    )
    return {row.id: row.category for row in rows}
