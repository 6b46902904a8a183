"""Report and inquiry: what viewers, streamers and letter writers tell us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from moderation.review.case import CaseKind, live_key
from moderation.taxonomy import AuthorRole, InquiryTopic, ReportReason, Severity, SubjectKind

SEVERITY_OF_REASON: dict[ReportReason, Severity] = {
    ReportReason.THREAT: Severity.HIGH,
    ReportReason.SELF_HARM: Severity.HIGH,
    ReportReason.PRIVACY: Severity.HIGH,
    ReportReason.IDENTITY_HATE: Severity.MEDIUM,
    ReportReason.INSULT: Severity.MEDIUM,
    ReportReason.SEXUAL_HARASSMENT: Severity.MEDIUM,
    ReportReason.SOLICITATION: Severity.MEDIUM,
    ReportReason.ILLEGAL: Severity.MEDIUM,
    ReportReason.SPAM_SCAM: Severity.LOW,
    ReportReason.DISRUPTION: Severity.LOW,
    ReportReason.PROFANITY: Severity.LOW,
    ReportReason.OTHER: Severity.LOW,
}
"""How urgent a complaint is by its reason alone; what it points to may raise it."""


class ReportStatus(StrEnum):
    """What became of a report or inquiry on arrival; ``kept`` belongs to no case."""

    OPENED = "opened"
    JOINED = "joined"
    REPEATED = "repeated"
    SETTLED = "settled"
    KEPT = "kept"

    @property
    def counted(self) -> bool:
        """Whether it counts in its case."""
        return self in (ReportStatus.OPENED, ReportStatus.JOINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a report is about, as far as it is known.

    Attributes:
        text: The reported message's or profile's text, from the archive or as the reporter gave it.
        sent_at: When it was sent, where known.
    """

    kind: SubjectKind
    id: str
    author_id: str | None = None
    author_name: str | None = None
    room_id: str | None = None
    text: str | None = None
    sent_at: datetime | None = None

    @property
    def case_kind(self) -> CaseKind:
        """The kind of case it belongs to."""
        if self.kind is SubjectKind.ROOM:
            return CaseKind.ROOM
        if self.kind is SubjectKind.PROFILE or self.room_id is None:
            return CaseKind.PROFILE
        return CaseKind.AUTHOR_ROOM

    @property
    def case_key(self) -> str:
        """The live key of the case it belongs to.

        A message nobody knows, reported without its author, is gathered under its own id.
        """
        author_id = self.author_id or f"message:{self.id}"
        return live_key(self.case_kind, author_id=author_id, room_id=self.room_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A complaint.

    Attributes:
        id: The service's id of it; the same id is taken once.
        evidence: Message ids the reporter points to.
        reporter_created_at: Since when the reporter's account exists, where the service says so.
        reporter_role: Their part in the room: who runs or moderates it is trusted.
    """

    service: str
    id: str
    reporter_id: str
    subject: Subject
    reason: ReportReason
    text: str
    evidence: Sequence[str]
    reported_at: datetime
    reporter_created_at: datetime | None = None
    reporter_role: AuthorRole = AuthorRole.VIEWER

    @property
    def digest(self) -> str:
        """What "the same content" means for a report id."""
        parts = (self.reporter_id, self.subject.kind, self.subject.id, self.reason, self.text)
        return _digest(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A letter to support.

    Attributes:
        sender_id: Who wrote it, where the service knows.
        case_id: The case it is about, where the service knows.
    """

    service: str
    id: str
    topic: InquiryTopic
    text: str
    room_id: str | None
    author_id: str | None
    ticket_id: str | None
    asked_at: datetime
    sender_id: str | None = None
    case_id: str | None = None

    @property
    def digest(self) -> str:
        """What "the same content" means for an inquiry id."""
        return _digest((self.topic, self.text, self.room_id or "", self.author_id or ""))


def _digest(parts: Sequence[str]) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
