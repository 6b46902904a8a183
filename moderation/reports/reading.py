"""Reading reports: what they are about and what the engine says, before anything is written.

It needs no write lock, so that scoring never holds up other writers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from moderation.reports.likeness import is_empty
from moderation.reports.report import Inquiry, Report, Subject
from moderation.review.case import CaseKind
from moderation.scoring.engine import Engine
from moderation.scoring.message import Author, Message, Room
from moderation.scoring.verdict import Outcome, Verdict
from moderation.storage.chat import known, people
from moderation.storage.database import Connection
from moderation.taxonomy import SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """A report with its subject completed and its texts scored.

    Attributes:
        text: What the engine says of the free text.
        message: The reported message, where its text, author and room are known.
        verdict: What the engine says of that message.
    """

    report: Report
    text: Verdict
    message: Message | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInquiry:
    """An inquiry with its text scored."""

    inquiry: Inquiry
    text: Verdict


def read_reports(
    engine: Engine, connection: Connection, archive: Connection, reports: Sequence[Report], *, now: datetime
) -> list[ReadReport]:
    """Complete and score reports, all texts in one pass.

    What we know of a reported message wins over what the reporter says of it.
    """
    wanted = {(one.service, one.subject.id) for one in reports if one.subject.kind is SubjectKind.MESSAGE}
    found = known.messages(connection, archive, sorted(wanted))
    whole = [replace(one, subject=_complete(one, found)) for one in reports]
    rooms: dict[tuple[str, str], Room] = {}
    shown = [_shown(connection, one, rooms, now) for one in whole]
    texts = [_written(one.service, one.text, one.reported_at, now) for one in whole]
    at_issue = [message for message in shown if message is not None]
    verdicts = iter(_score(engine, [*texts, *at_issue]))
    said = [next(verdicts) for _ in texts]
    return [
        ReadReport(
            report=one,
            text=text,
            message=message,
            # A complaint never holds what was already shown: the verdict of its own time stands.
            verdict=None
            if message is None
            else msgspec.structs.replace(next(verdicts), verdict=Outcome.ALLOW),
        )
        for one, text, message in zip(whole, said, shown, strict=True)
    ]


def read_inquiries(engine: Engine, inquiries: Sequence[Inquiry], *, now: datetime) -> list[ReadInquiry]:
    """Score inquiries."""
    texts = [_written(one.service, one.text, one.asked_at, now) for one in inquiries]
    return [
        ReadInquiry(inquiry=one, text=text)
        for one, text in zip(inquiries, _score(engine, texts), strict=True)
    ]


def _complete(report: Report, found: dict[tuple[str, str], Subject]) -> Subject:
    subject = report.subject
    if subject.kind is SubjectKind.MESSAGE:
        return found.get((report.service, subject.id), subject)
    if subject.kind is SubjectKind.ROOM:
        return replace(subject, room_id=subject.id)
    return replace(subject, author_id=subject.id)


def _shown(
    connection: Connection, report: Report, rooms: dict[tuple[str, str], Room], now: datetime
) -> Message | None:
    """The reported message, which becomes a hit of the case so that moderators see what is meant."""
    subject = report.subject
    if subject.kind is not SubjectKind.MESSAGE or subject.text is None or not subject.author_id:
        return None
    if subject.case_kind is not CaseKind.AUTHOR_ROOM or not subject.room_id:
        return None
    key = (report.service, subject.room_id)
    if key not in rooms:
        rooms[key] = people.room(connection, *key) or Room(id=subject.room_id)
    sent_at = subject.sent_at or report.reported_at
    return Message(
        service=report.service,
        id=subject.id,
        text=subject.text,
        author=Author(id=subject.author_id, name=subject.author_name),
        room=rooms[key],
        sent_at=sent_at,
        received_at=now,
        counted_at=sent_at,
    )


def _written(service: str, text: str, at: datetime, now: datetime) -> Message:
    """A free text as the engine reads it; it has neither author nor room, so no windows."""
    return Message(
        service=service,
        id="",
        text="" if is_empty(text) else text,
        author=Author(id=""),
        room=Room(id=""),
        sent_at=at,
        received_at=now,
        counted_at=at,
    )


def _score(engine: Engine, messages: Sequence[Message]) -> list[Verdict]:
    """Each different text once: a burst says the same of the same message many times."""
    different = {(one.id, one.text, one.author.id, one.room.id): one for one in messages}
    if not different:
        return []
    found = engine.finish(engine.begin(list(different.values())), [None] * len(different))
    by_key = dict(zip(different, found, strict=True))
    return [by_key[one.id, one.text, one.author.id, one.room.id] for one in messages]
