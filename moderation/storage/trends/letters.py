"""Letters of viewers: the free text of reports and inquiries, as themes read it."""

from sqlalchemy import ColumnElement, Connection, Table, select

from moderation.storage.tables.voices import inquiries, reports
from moderation.trends.days import Period
from moderation.trends.letter import Letter, LetterKind


def read(connection: Connection, *, service: str, period: Period) -> list[Letter]:
    """What was written in a period and in the one before it; reports without words come along, empty.

    A report that repeats what the same person said of the same subject is left out.
    """
    report, inquiry = reports.c, inquiries.c
    found = connection.execute(
        select(
            report.id, report.reason, report.text, report.reporter_id, report.reported_at, report.minors
        ).where(report.counted, *_within(reports, "reported_at", service, period))
    )
    letters = [
        Letter(
            id=row.id,
            kind=LetterKind.REPORT,
            about=row.reason,
            text=row.text,
            sender=row.reporter_id,
            at=row.reported_at,
            minors=row.minors,
        )
        for row in found
    ]
    asked = connection.execute(
        select(
            inquiry.id, inquiry.topic, inquiry.text, inquiry.author_id, inquiry.asked_at, inquiry.minors
        ).where(*_within(inquiries, "asked_at", service, period))
    )
    letters += [
        Letter(
            id=row.id,
            kind=LetterKind.INQUIRY,
            about=row.topic,
            text=row.text,
            sender=row.author_id,
            at=row.asked_at,
            minors=row.minors,
        )
        for row in asked
    ]
    return letters


def _within(table: Table, time: str, service: str, period: Period) -> tuple[ColumnElement[bool], ...]:
    at = table.c[time]
    return table.c.service_id == service, at >= period.before.start, at < period.end
