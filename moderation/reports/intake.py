"""Report intake: a complaint joins the live case of its subject, or opens one.

- The same reporter on the same subject counts once; a repetition is kept and changes nothing.
- A message that a moderator decided on stays decided: new reports on it are kept with that case.
- The reported message itself becomes a hit of the case, so that moderators see what is meant.
- Free text is scored like chat: what it points to can raise the case's severity.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from moderation.errors import Conflict
from moderation.reports.report import SEVERITY_OF_REASON, Inquiry, Report, ReportStatus, Subject
from moderation.review.case import CaseKind
from moderation.scoring.engine import Engine
from moderation.scoring.message import Author, Message, Room
from moderation.scoring.verdict import Outcome, Verdict
from moderation.storage import flagged, live_cases, outbox, people, voices
from moderation.storage.database import Connection
from moderation.storage.flagged import Flagged
from moderation.storage.live_cases import Arrival
from moderation.storage.voices import KeptVoice, Scored
from moderation.taxonomy import Category, ReportReason, Severity, SubjectKind

FIRST_WEIGHT = 1.0
"""Weight of a reporter nobody has judged yet."""


class ReportConflict(Conflict):
    """A report or inquiry id came again with other content."""

    code = "report_conflict"

    def __init__(self, external_id: str) -> None:
        super().__init__(f"{external_id!r} was taken before with other content; give a new one a new id.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one report or inquiry."""

    id: str
    status: ReportStatus
    case_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk:
    """Takes reports and inquiries in.

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

    def take_report(self, report: Report) -> Taken:
        """Keep a report and bring it to its case.

        Raises:
            ReportConflict: The id was taken before with other content.
        """
        before = _same(
            voices.find_report(self.connection, report.service, report.id), report.digest, report.id
        )
        if before is not None:
            return Taken(id=report.id, status=ReportStatus.REPEATED, case_id=before.case_id)
        report = replace(report, subject=self._complete(report))
        text = self._score(report.service, report.text, report.reported_at)
        status, case_id = self._place(report, text)
        counted = status in (ReportStatus.OPENED, ReportStatus.JOINED)
        scored = _scored(text)
        voices.add_report(
            self.connection,
            report,
            case_id=case_id,
            counted=counted,
            weight=FIRST_WEIGHT if counted else 0.0,
            scored=scored,
            now=self.now,
        )
        if counted:
            room = people.room(self.connection, report.service, report.subject.room_id or "")
            data = {
                "reason": report.reason.value,
                "room_category": (room.category if room else None) or "unknown",
                "at": report.reported_at.isoformat(),
            }
            outbox.record_fact(
                self.connection, service=report.service, kind="report", data=data, now=self.now
            )
        return Taken(id=report.id, status=status, case_id=case_id)

    def take_inquiry(self, inquiry: Inquiry) -> Taken:
        """Keep an inquiry; one that names an author or room joins or opens their case.

        Raises:
            ReportConflict: The id was taken before with other content.
        """
        before = _same(
            voices.find_inquiry(self.connection, inquiry.service, inquiry.id), inquiry.digest, inquiry.id
        )
        if before is not None:
            return Taken(id=inquiry.id, status=ReportStatus.REPEATED, case_id=before.case_id)
        verdict = self._score(inquiry.service, inquiry.text, inquiry.asked_at)
        case_id, status = None, ReportStatus.KEPT
        if inquiry.author_id or inquiry.room_id:
            kind = SubjectKind.AUTHOR if inquiry.author_id else SubjectKind.ROOM
            subject = Subject(
                kind=kind,
                id=inquiry.author_id or inquiry.room_id or "",
                author_id=inquiry.author_id,
                room_id=inquiry.room_id,
            )
            joined = live_cases.join(
                self.connection,
                _arrival(inquiry.service, subject, ReportReason.OTHER, verdict, weight=FIRST_WEIGHT),
                now=self.now,
            )
            case_id, status = joined.case_id, ReportStatus.OPENED if joined.opened else ReportStatus.JOINED
        voices.add_inquiry(self.connection, inquiry, case_id=case_id, scored=_scored(verdict), now=self.now)
        return Taken(id=inquiry.id, status=status, case_id=case_id)

    def _complete(self, report: Report) -> Subject:
        """What we know of the reported thing wins over what the reporter says of it."""
        subject = report.subject
        if subject.kind is SubjectKind.MESSAGE:
            known = voices.known_message(self.connection, self.archive, report.service, subject.id)
            return known or subject
        if subject.kind is SubjectKind.ROOM:
            return replace(subject, room_id=subject.id)
        return replace(subject, author_id=subject.id)

    def _place(self, report: Report, text: Verdict) -> tuple[ReportStatus, str]:
        subject = report.subject
        repeated = voices.reported_before(self.connection, report)
        if repeated is not None:
            return ReportStatus.REPEATED, repeated
        if subject.kind is SubjectKind.MESSAGE:
            settled = voices.settled_case(self.connection, report.service, subject.id)
            if settled is not None:
                return ReportStatus.SETTLED, settled
        joined = live_cases.join(
            self.connection,
            _arrival(report.service, subject, report.reason, text, weight=FIRST_WEIGHT),
            now=self.now,
        )
        self._show_message(report)
        return ReportStatus.OPENED if joined.opened else ReportStatus.JOINED, joined.case_id

    def _show_message(self, report: Report) -> None:
        """Make the reported message a hit of the case, with what the engine says of it."""
        subject = report.subject
        if subject.kind is not SubjectKind.MESSAGE or subject.text is None or not subject.author_id:
            return
        if subject.case_kind is not CaseKind.AUTHOR_ROOM or not subject.room_id:
            return
        message = Message(
            service=report.service,
            id=subject.id,
            text=subject.text,
            author=Author(id=subject.author_id, name=subject.author_name),
            room=people.room(self.connection, report.service, subject.room_id) or Room(id=subject.room_id),
            sent_at=subject.sent_at or report.reported_at,
            received_at=self.now,
            counted_at=subject.sent_at or report.reported_at,
        )
        half = self.engine.begin([message])
        [verdict] = self.engine.finish(half, [None])
        # A complaint never holds what was already shown: the verdict of its own time stands.
        shown = msgspec.structs.replace(verdict, verdict=Outcome.ALLOW, case_kind=CaseKind.AUTHOR_ROOM.value)
        flagged.save(
            self.connection,
            [Flagged(message=message, verdict=shown)],
            hold_for=timedelta(0),
            now=self.now,
        )

    def _score(self, service: str, text: str, at: datetime) -> Verdict:
        """What the engine says of a free text; it has neither author nor room, so no windows."""
        message = Message(
            service=service,
            id="",
            text=text,
            author=Author(id=""),
            room=Room(id=""),
            sent_at=at,
            received_at=self.now,
            counted_at=at,
        )
        [verdict] = self.engine.finish(self.engine.begin([message]), [None])
        return verdict


def _same(kept: KeptVoice | None, digest: str, external_id: str) -> KeptVoice | None:
    if kept is not None and kept.digest != digest:
        raise ReportConflict(external_id)
    return kept


def _arrival(
    service: str, subject: Subject, reason: ReportReason, text: Verdict, *, weight: float
) -> Arrival:
    urgent = Severity.HIGH if {Category.THREAT, Category.SELF_HARM} & set(text.categories) else Severity.NONE
    category = {} if reason is ReportReason.OTHER else {Category(reason.value): 0.0}
    return Arrival(
        service=service,
        kind=subject.case_kind,
        live_key=subject.case_key,
        author_id=subject.author_id,
        room_id=subject.room_id,
        severity=max(SEVERITY_OF_REASON[reason], urgent, key=lambda level: level.rank),
        categories=category,
        minors=text.minors,
        hits=0,
        reports=1,
        report_weight=weight,
        live_viewers=None,
        queue=None,
    )


def _scored(verdict: Verdict) -> Scored:
    return Scored(
        minors=verdict.minors,
        category_scores={
            category.value: round(score, 4) for category, score in verdict.category_scores.items()
        },
        model_version=verdict.versions.model,
        lexicon_version=verdict.versions.lexicon,
        fold_version=verdict.versions.fold,
        ruleset_version=verdict.versions.ruleset,
    )
