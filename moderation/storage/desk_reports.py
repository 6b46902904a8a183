"""The list of reports, with the case each went to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, true

from moderation.review.sight import Sight
from moderation.storage.tables.cases import cases
from moderation.storage.tables.voices import reports
from moderation.taxonomy import ReportReason, SubjectKind

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


def list_reports(
    connection: Connection, sight: Sight, *, reason: ReportReason | None, page: int
) -> ReportPage:
    """Reports, the newest first; those about minors only for whoever may see them."""
    conditions = [_visible(sight)]
    if reason is not None:
        conditions.append(reports.c.reason == reason.value)
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
    )
