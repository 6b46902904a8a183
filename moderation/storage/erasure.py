"""Erasing an author: their words and their id go; what was counted of them stays, without saying who."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, or_, select, update

from moderation.errors import Conflict
from moderation.storage.accounts import audit
from moderation.storage.tables.archive import messages as archive_messages
from moderation.storage.tables.cases import case_context, case_hits, cases, decisions
from moderation.storage.tables.notices import erased_authors, legal_holds
from moderation.storage.tables.people import events, labels, strikes
from moderation.storage.tables.voices import inquiries, reporters, reports
from moderation.storage.trends import campaigns
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.trends.days import jst_day_of


class AuthorHeld(Conflict):
    """A legal hold keeps an author's records."""

    code = "author_held"

    def __init__(self, author_id: str, source: str) -> None:
        super().__init__(
            f"A legal hold keeps {author_id!r}; release it first: `ibasho evidence release {source}`."
        )


class AuthorHasOpenCases(Conflict):
    """Cases of the author are still under review."""

    code = "author_has_open_cases"

    def __init__(self, author_id: str, count: int) -> None:
        super().__init__(f"{author_id!r} has {count} open cases; decide them first.")


def check(connection: Connection, service: str, author_id: str) -> None:
    """Refuse what must not be erased. Raises AuthorHeld, AuthorHasOpenCases."""
    source = connection.execute(
        select(func.coalesce(legal_holds.c.source_id, legal_holds.c.id))
        .where(
            legal_holds.c.service_id == service,
            legal_holds.c.kind == "author",
            legal_holds.c.subject_id == author_id,
            legal_holds.c.released_at.is_(None),
        )
        .limit(1)
    ).scalar_one_or_none()
    if source is not None:
        raise AuthorHeld(author_id, source)
    open_ = connection.execute(
        select(func.count()).where(
            cases.c.service_id == service,
            or_(cases.c.author_id == author_id, cases.c.other_id == author_id),
            cases.c.state != "closed",
        )
    ).scalar_one()
    if open_:
        raise AuthorHasOpenCases(author_id, open_)


def erase_archived(archive: Connection, service: str, author_id: str) -> int:
    """Delete an author's archived chat; how many messages there were. Counts and day rows stay."""
    return archive.execute(
        delete(archive_messages).where(
            archive_messages.c.service_id == service, archive_messages.c.author_id == author_id
        )
    ).rowcount


def erase(
    connection: Connection,
    service: str,
    author_id: str,
    pseudonyms: Pseudonyms,
    *,
    messages: int,
    by: str,
    now: datetime,
) -> dict[str, int]:
    """Erase an author from the case store: texts go, the id becomes a pseudonym that only the key could make.

    Args:
        connection: A unit of work.
        service: Whose author.
        author_id: Whom.
        pseudonyms: Makes the pseudonym, the one that day rows use.
        messages: Archived messages that went before.
        by: Who asked.
        now: When.

    Returns:
        Rows by table.

    Raises:
        AuthorHeld: A legal hold keeps them.
        AuthorHasOpenCases: They are under review.
    """
    check(connection, service, author_id)
    pseudonym = pseudonyms.of(service, "author", author_id)
    name = f"erased:{pseudonym}"

    def change(table: Table, column: Any, **values: Any) -> int:
        mine = update(table).where(table.c.service_id == service, column == author_id)
        return connection.execute(mine.values(**{column.name: name} | values)).rowcount

    own_cases = select(cases.c.id).where(cases.c.service_id == service)
    counts = {
        "archive_messages": messages,
        "case_hits": change(case_hits, case_hits.c.author_id, text="", author_name=None),
        "case_context": connection.execute(
            delete(case_context).where(
                case_context.c.author_id == author_id, case_context.c.case_id.in_(own_cases)
            )
        ).rowcount,
        "cases": change(cases, cases.c.author_id, live_key="erased:" + cases.c.id)
        + change(cases, cases.c.other_id, live_key="erased:" + cases.c.id),
        "decisions": change(decisions, decisions.c.author_id),
        "strikes": change(strikes, strikes.c.author_id),
        "reports_by": change(reports, reports.c.reporter_id, text=""),
        "reports_about": change(reports, reports.c.author_id, subject_text=None),
        "inquiries_by": change(inquiries, inquiries.c.sender_id, text="", reply=None),
        "inquiries_about": change(inquiries, inquiries.c.author_id),
        "events": change(events, events.c.author_id) + change(events, events.c.target_id),
        "campaign_readers": campaigns.forget_reader(connection, pseudonym),
    }
    change(reports, reports.c.subject_id)
    connection.execute(
        delete(labels).where(
            labels.c.service_id == service, labels.c.entity == "author", labels.c.entity_id == author_id
        )
    )
    connection.execute(
        delete(reporters).where(reporters.c.service_id == service, reporters.c.id == author_id)
    )
    connection.execute(
        delete(erased_authors).where(
            erased_authors.c.service_id == service, erased_authors.c.pseudonym == name
        )
    )
    connection.execute(
        insert(erased_authors).values(
            service_id=service, pseudonym=name, day=jst_day_of(now), erased_by=by, counts=counts
        )
    )
    audit.append(connection, actor=by, act="author.erased", object_=f"{service}/{name}", data=counts, now=now)
    return counts
