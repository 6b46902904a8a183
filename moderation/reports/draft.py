"""Drafts: reports on their way into their cases, and what several of one subject come to together."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.errors import Conflict
from moderation.reports.likeness import Said, TextQuality, brigade_of, copies_of, is_empty, shape
from moderation.reports.reading import ReadReport
from moderation.reports.report import ReportStatus
from moderation.reports.urgency import suggested, urgency
from moderation.reports.weight import BRIGADE_WEIGHT, COUNTS_FROM, Reporter
from moderation.storage.desk.live_cases import Arrival
from moderation.storage.ids import new_id
from moderation.storage.reports.voices import KeptReport, Scored
from moderation.taxonomy import Category, ReportReason, Severity


class ReportConflict(Conflict):
    """A report or inquiry id came again with other content."""

    code = "report_conflict"

    def __init__(self, external_id: str) -> None:
        super().__init__(f"{external_id!r} was taken before with other content; give a new one a new id.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one report or inquiry.

    Attributes:
        row_id: Our own id of it, which its status page is made from.
    """

    id: str
    status: ReportStatus
    case_id: str | None
    row_id: str = ""


@dataclass(slots=True)
class Draft:
    """A report on its way into its case."""

    read: ReadReport
    row_id: str
    reporter: Reporter
    weight: float
    urgent: tuple[str, ...]
    severity: Severity
    quality: TextQuality
    brigade: bool = False
    status: ReportStatus = ReportStatus.KEPT
    case_id: str | None = None
    seq: int | None = None
    twin: "Draft | None" = None

    @property
    def key(self) -> str:
        """The live key of the case it goes to."""
        return self.read.report.subject.case_key


def draft_of(read: ReadReport) -> Draft:
    """A report before anything is known of its reporter."""
    return Draft(
        read=read,
        row_id=new_id(),
        reporter=Reporter(),
        weight=0.0,
        urgent=urgency(read.report.reason, read.text, read.verdict),
        severity=Severity.LOW,
        quality=TextQuality.EMPTY if is_empty(read.report.text) else TextQuality.OK,
    )


def tells(draft: Draft) -> bool:
    """Whether its text is long enough to be compared with others."""
    return bool(shape(draft.read.report.text))


def listen(drafts: Sequence[Draft], heard: list[Said]) -> set[str]:
    """Notice copies and brigades; the ids of earlier reports that turn out to belong to one."""
    mine = {draft.row_id: draft for draft in drafts}
    exposed: set[str] = set()
    for draft in drafts:
        report = draft.read.report
        said = Said(
            report_id=draft.row_id,
            reporter_id=report.reporter_id,
            text=report.text,
            unproven=draft.reporter.unproven,
        )
        if copies_of(report.text, report.reporter_id, heard):
            draft.quality = TextQuality.COPIED
        flagged_by_us = draft.read.verdict is not None and draft.read.verdict.flagged
        if (
            not flagged_by_us and not draft.reporter.trusted
        ):  # what the engine sees as well is no invention of a crowd
            exposed |= {one.report_id for one in brigade_of(said, heard)}
        heard.append(said)
    for row_id in exposed & mine.keys():
        mine[row_id].brigade = True
        mine[row_id].weight = min(mine[row_id].weight, BRIGADE_WEIGHT)
    return exposed - mine.keys()


def arrival_of(service: str, drafts: Sequence[Draft]) -> Arrival:
    """What reports of one key bring to their case together."""
    first = drafts[0].read.report.subject
    reasons = {draft.read.report.reason for draft in drafts if draft.weight >= COUNTS_FROM}
    rooms = [draft.read.message.room.live_viewers for draft in drafts if draft.read.message is not None]
    return Arrival(
        service=service,
        kind=first.case_kind,
        live_key=first.case_key,
        author_id=first.author_id,
        room_id=first.room_id,
        severity=max((draft.severity for draft in drafts), key=lambda level: level.rank),
        categories={Category(reason.value): 0.0 for reason in reasons if reason is not ReportReason.OTHER},
        minors=any(draft.read.text.minors for draft in drafts if draft.weight >= COUNTS_FROM),
        hits=0,
        reports=len(drafts),
        report_weight=sum(draft.weight for draft in drafts),
        live_viewers=max((viewers for viewers in rooms if viewers is not None), default=None),
        queue=None,
    )


def row_of(draft: Draft) -> KeptReport:
    """A report as it is kept."""
    read = draft.read
    points_to = suggested(read.text, read.verdict)
    return KeptReport(
        row_id=draft.row_id,
        report=read.report,
        status=draft.status.value,
        case_id=draft.case_id,
        counted=draft.status.counted,
        weight=draft.weight if draft.status.counted else 0.0,
        seq=draft.seq,
        severity=draft.severity,
        suggested=points_to.value if points_to else None,
        urgent=draft.urgent,
        quality=draft.quality.value,
        unproven=draft.reporter.unproven,
        brigade=draft.brigade,
        scored=Scored.of(read.text),
    )
