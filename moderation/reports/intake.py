"""Report and inquiry intake: read without a lock, then place in one transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.errors import FieldProblem, Invalid
from moderation.reports.draft import ReportConflict, Taken
from moderation.reports.placing import Placing
from moderation.reports.reading import ReadInquiry, ReadReport, read_inquiries, read_reports
from moderation.reports.report import Inquiry, Report, ReportStatus, Subject
from moderation.reports.urgency import urgency
from moderation.scoring.engine import Engine
from moderation.storage import outbox
from moderation.storage.database import Connection
from moderation.storage.desk import live_cases
from moderation.storage.desk.live_cases import Arrival
from moderation.storage.reports import voices
from moderation.storage.reports.voices import Scored
from moderation.taxonomy import ReportReason, Severity, SubjectKind

__all__ = ["ReportConflict", "ReportDesk", "Taken", "place_inquiries", "place_reports"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk:
    """Takes reports and inquiries in, reading and placing in one unit of work.

    Attributes:
        engine: Scores free text and reported messages.
        connection: A unit of work on the case store.
        archive: A snapshot of the archive, where reported messages are looked up.
        now: The clock.
    """

    engine: Engine
    connection: Connection
    archive: Connection
    now: datetime

    def take_reports(self, reports: Sequence[Report]) -> list[Taken]:
        """Keep reports and bring them to their cases, in order.

        Raises:
            ReportConflict: An id was taken before with other content; nothing is written then.
        """
        reads = read_reports(self.engine, self.connection, self.archive, reports, now=self.now)
        taken, _ = place_reports(self.connection, self.archive, reads, now=self.now)
        return taken

    def take_report(self, report: Report) -> Taken:
        """Likewise, one."""
        [taken] = self.take_reports([report])
        return taken

    def take_inquiry(self, inquiry: Inquiry) -> Taken:
        """Keep an inquiry; one that names an author, a room or a case joins it.

        Raises:
            ReportConflict: The id was taken before with other content.
            Invalid: There is no such case.
        """
        reads = read_inquiries(self.engine, [inquiry], now=self.now)
        [taken] = place_inquiries(self.connection, reads, now=self.now)
        return taken


def place_reports(
    connection: Connection, archive: Connection, reads: Sequence[ReadReport], *, now: datetime
) -> tuple[list[Taken], list[ReadReport]]:
    """Place reports of any services, each service's in order.

    Returns:
        What became of each, in order; and those that the windows of rules shall count.
    """
    by_service: dict[str, list[int]] = defaultdict(list)
    for at, read in enumerate(reads):
        by_service[read.report.service].append(at)
    taken: dict[int, Taken] = {}
    counted: list[ReadReport] = []
    for service in sorted(by_service):
        places = by_service[service]
        placing = Placing(service=service, connection=connection, archive=archive, now=now, counted=counted)
        taken |= dict(zip(places, placing.place([reads[at] for at in places]), strict=True))
    return [taken[at] for at in range(len(reads))], counted


def place_inquiries(connection: Connection, reads: Sequence[ReadInquiry], *, now: datetime) -> list[Taken]:
    """Keep inquiries, in order; those that name a subject feed its case. Raises ReportConflict, Invalid."""
    return [_place_inquiry(connection, read, now=now) for read in reads]


def _place_inquiry(connection: Connection, read: ReadInquiry, *, now: datetime) -> Taken:
    inquiry = read.inquiry
    kept = voices.find_inquiries(connection, inquiry.service, [inquiry.id]).get(inquiry.id)
    if kept is not None:
        if kept.digest != inquiry.digest:
            raise ReportConflict(inquiry.id)
        return Taken(id=inquiry.id, status=ReportStatus.REPEATED, case_id=kept.case_id, row_id=kept.id)
    urgent = urgency(ReportReason.OTHER, read.text, None)
    case_id, status = None, ReportStatus.KEPT
    if inquiry.case_id is not None:
        case_id = voices.case_of_service(connection, inquiry.service, inquiry.case_id)
        if case_id is None:
            problem = FieldProblem(pointer="/case_id", detail=f"no case {inquiry.case_id!r} of this service")
            raise Invalid("The inquiry names a case that is not there.", [problem])
        status = ReportStatus.JOINED
    elif inquiry.author_id or inquiry.room_id:
        joined = live_cases.join(connection, _arrival(inquiry, read, urgent), now=now)
        case_id, status = joined.case_id, ReportStatus.OPENED if joined.opened else ReportStatus.JOINED
    row_id = voices.add_inquiry(
        connection, inquiry, case_id=case_id, urgent=urgent, scored=Scored.of(read.text), now=now
    )
    if urgent:
        outbox.emit(
            connection,
            service=inquiry.service,
            type_="inquiry.urgent",
            subject=row_id,
            data={
                "inquiry_id": inquiry.id,
                "case_id": case_id,
                "ticket_id": inquiry.ticket_id,
                "why": list(urgent),
            },
            now=now,
            minors="minors" in urgent,
        )
    return Taken(id=inquiry.id, status=status, case_id=case_id, row_id=row_id)


def _arrival(inquiry: Inquiry, read: ReadInquiry, urgent: tuple[str, ...]) -> Arrival:
    subject = Subject(
        kind=SubjectKind.AUTHOR if inquiry.author_id else SubjectKind.ROOM,
        id=inquiry.author_id or inquiry.room_id or "",
        author_id=inquiry.author_id,
        room_id=inquiry.room_id,
    )
    return Arrival(
        service=inquiry.service,
        kind=subject.case_kind,
        live_key=subject.case_key,
        author_id=subject.author_id,
        room_id=subject.room_id,
        severity=Severity.CRITICAL if urgent else Severity.LOW,
        categories={},
        minors=read.text.minors,
        hits=0,
        reports=1,
        report_weight=1.0,
        live_viewers=None,
        queue=None,
    )
