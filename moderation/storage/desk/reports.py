"""The list of reports, with the case each went to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, true

from moderation.review.sight import Sight
from moderation.storage.tables.cases import cases
from moderation.storage.tables.voices import reports
from moderation.taxonomy import Category, ReportReason, Severity, SubjectKind

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One report; ``case_state`` is that of the case it went to."""

    id: str
    subject_kind: SubjectKind
    subject_id: str
    author_id: str | None
    room_id: str | None
    reporter_id: str
    reason: ReportReason
    text: str
    reported_at: datetime
    counted: bool
    case_id: str | None
    case_state: str | None
    service: str
    status: str
    weight: float
    subject_text: str | None
    suggested: Category | None
    urgent: tuple[str, ...]
    quality: str
    brigade: bool
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """A page of reports; ``page`` counts from 1."""

    rows: Sequence[ReportRow]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


class ReportMark(StrEnum):
    """What a report can be looked for by, beside its reason."""

    URGENT = "urgent"
    BRIGADE = "brigade"
    OTHER_CATEGORY = "other_category"
    WAITING = "waiting"


def list_reports(
    connection: Connection,
    sight: Sight,
    *,
    reason: ReportReason | None,
    page: int,
    mark: ReportMark | None = None,
    reporter: tuple[str, str] | None = None,
) -> ReportPage:
    """Reports, the newest first; those about minors only for whoever may see them.

    Args:
        connection: A snapshot.
        sight: Who looks.
        reason: Only these.
        page: From 1.
        mark: Only these.
        reporter: Only of this service's reporter.
    """
    conditions = [_visible(sight)]
    if reason is not None:
        conditions.append(reports.c.reason == reason.value)
    if mark is not None:
        conditions.append(_marked(mark))
    if reporter is not None:
        conditions += [reports.c.service_id == reporter[0], reports.c.reporter_id == reporter[1]]
    joined = reports.outerjoin(cases, cases.c.id == reports.c.case_id)
    total = connection.execute(select(func.count()).select_from(joined).where(*conditions)).scalar_one()
    page = min(page, max(1, -(-total // PAGE)))
    rows = connection.execute(
        select(reports, cases.c.state.label("case_state"))
        .select_from(joined)
        .where(*conditions)
        .order_by(reports.c.reported_at.desc(), reports.c.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return ReportPage(rows=[_row(row) for row in rows], total=total, page=page)


def _marked(mark: ReportMark) -> ColumnElement[bool]:
    match mark:
        case ReportMark.URGENT:
            return reports.c.severity == Severity.CRITICAL.rank
        case ReportMark.BRIGADE:
            return reports.c.brigade
        case ReportMark.OTHER_CATEGORY:
            return reports.c.suggested.is_not(None) & (reports.c.suggested != reports.c.reason)
        case ReportMark.WAITING:
            return reports.c.outcome.is_(None) & (cases.c.state != "closed")


def _visible(sight: Sight) -> ColumnElement[bool]:
    if sight.minors:
        return true()
    no_minors_case = or_(cases.c.minors.is_(None), cases.c.minors == false())
    return reports.c.minors.is_(False) & no_minors_case


def _row(row: Any) -> ReportRow:
    return ReportRow(
        id=row.id,
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        author_id=row.author_id,
        room_id=row.room_id,
        reporter_id=row.reporter_id,
        reason=ReportReason(row.reason),
        text=row.text,
        reported_at=row.reported_at,
        counted=row.counted,
        case_id=row.case_id,
        case_state=row.case_state,
        service=row.service_id,
        status=row.status,
        weight=row.weight,
        subject_text=row.subject_text,
        suggested=Category(row.suggested) if row.suggested else None,
        urgent=tuple(row.urgent),
        quality=row.quality,
        brigade=row.brigade,
        outcome=row.outcome,
    )
