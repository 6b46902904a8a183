"""Terms of flagged and reported texts, counted once a day; the texts themselves are not kept here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.storage import bulk
from moderation.storage.tables.archive import day_term_totals, day_terms, day_totals, messages
from moderation.storage.tables.voices import reports
from moderation.trends.count import ALL
from moderation.trends.days import Period, jst_day
from moderation.trends.phrases import TermCount, TermDay, Text

REPORTED = "reported"
"""Stands in for a category: messages that somebody reported, flagged or not."""
_A_ROUND = 500


def texts_of(
    archive: Connection, *, service: str, day: date, reported: Sequence[str]
) -> Mapping[str, list[Text]]:
    """Flagged texts of a day by category, all of them under ``all``, and those that were reported."""
    start, end = jst_day(day)
    of_day = (messages.c.service_id == service, messages.c.counted_at >= start, messages.c.counted_at < end)
    columns = (messages.c.text, messages.c.author_id, messages.c.room_id, messages.c.categories)
    found: dict[str, list[Text]] = defaultdict(list)
    flagged = archive.execute(
        select(*columns).where(*of_day, or_(messages.c.review, messages.c.verdict != "allow"))
    )
    for row in flagged:
        text = Text(row.text, row.author_id, row.room_id)
        for category in (ALL, *row.categories):
            found[category].append(text)
    for at in range(0, len(reported), _A_ROUND):
        chosen = reported[at : at + _A_ROUND]
        for row in archive.execute(
            select(*columns).where(messages.c.service_id == service, messages.c.id.in_(chosen))
        ):
            found[REPORTED].append(Text(row.text, row.author_id, row.room_id))
    return found


def reported_on(connection: Connection, *, service: str, day: date) -> list[str]:
    """Ids of messages that were reported on a day."""
    start, end = jst_day(day)
    report = reports.c
    rows = connection.execute(
        select(report.message_id)
        .where(
            report.service_id == service,
            report.reported_at >= start,
            report.reported_at < end,
            report.message_id.is_not(None),
        )
        .distinct()
    )
    return sorted(rows.scalars())


def services_of(archive: Connection, day: date) -> list[str]:
    """Services that have messages of a day and whose terms were not counted yet."""
    start, end = jst_day(day)
    spoken = day_totals.c.service_id
    done = select(day_term_totals.c.service_id).where(
        day_term_totals.c.day == day, day_term_totals.c.category == ALL
    )
    # The totals name the services in a few rows; the archive is only asked whether their words are still there.
    kept = exists().where(
        messages.c.service_id == spoken, messages.c.counted_at >= start, messages.c.counted_at < end
    )
    rows = archive.execute(
        select(spoken).where(day_totals.c.day == day, spoken.not_in(done), kept).distinct()
    )
    return sorted(rows.scalars())


def keep(
    archive: Connection, counted: Mapping[str, TermDay], *, service: str, day: date, now: datetime
) -> None:
    """Keep a day's terms; a day that was kept before is left as it is."""
    dialect = postgresql if archive.dialect.name == "postgresql" else sqlite
    fresh = archive.execute(
        dialect.insert(day_term_totals)
        .values(
            [
                {
                    "service_id": service,
                    "day": day,
                    "category": category,
                    "texts": one.texts,
                    "terms": one.occurrences,
                    "counted_at": now,
                }
                for category, one in sorted(counted.items())
            ]
        )
        .on_conflict_do_nothing()
        .returning(day_term_totals.c.category)
    ).scalars()
    rows = [
        {
            "service_id": service,
            "day": day,
            "category": category,
            "term": term,
            "texts": count.texts,
            "authors": count.authors,
            "rooms": count.rooms,
            "beside": dict(count.beside),
        }
        for category in sorted(fresh)
        for term, count in sorted(counted[category].terms.items())
    ]
    if rows:
        bulk.write(archive, day_terms, rows, lambda statement: statement.on_conflict_do_nothing())


def read(archive: Connection, *, service: str, category: str, period: Period) -> dict[date, TermDay]:
    """The counted days of a period; a day that is not there was not counted."""
    table, total = day_terms.c, day_term_totals.c
    terms: dict[date, dict[str, TermCount]] = defaultdict(dict)
    for row in archive.execute(
        select(day_terms).where(
            table.service_id == service,
            table.category == category,
            table.day >= period.first,
            table.day <= period.last,
        )
    ):
        terms[row.day][row.term] = TermCount(
            texts=row.texts, authors=row.authors, rooms=row.rooms, beside=row.beside
        )
    totals = archive.execute(
        select(total.day, total.texts, total.terms).where(
            total.service_id == service,
            total.category == category,
            total.day >= period.first,
            total.day <= period.last,
        )
    )
    return {
        row.day: TermDay(texts=row.texts, occurrences=row.terms, terms=terms.get(row.day, {}))
        for row in totals
    }
