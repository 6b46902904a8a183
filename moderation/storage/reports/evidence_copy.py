"""The copy that evidence is made of: a case or named messages, with everything known of them at that moment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from moderation.errors import CaseNotFound
from moderation.storage.reports.evidence import Subjects
from moderation.storage.tables.archive import messages as archive_messages
from moderation.storage.tables.cases import case_context, case_events, case_hits, cases, decisions
from moderation.storage.tables.voices import reports

FORMAT = "ibasho-evidence/1"
_MESSAGE = (
    "id", "author_id", "author_created_at", "age_band", "room_id", "target_id", "text", "sent_at",
    "verdict", "severity", "category_scores", "rules", "model_version", "lexicon_version", "fold_version",
    "ruleset_version",
)  # fmt: skip
_HIT = (
    "seq", "message_id", "author_id", "author_name", "room_id", "target_id", "text", "sent_at", "verdict",
    "severity", "category_scores", "signals", "model_version", "lexicon_version", "fold_version",
    "ruleset_version", "created_at",
)  # fmt: skip
_CONTEXT = ("message_id", "author_id", "author_name", "text", "sent_at")
_REPORT = (
    "external_id", "reporter_id", "subject_kind", "subject_id", "subject_text", "reason", "text",
    "evidence", "reported_at", "received_at",
)  # fmt: skip
_DECISION = (
    "id", "outcome", "categories", "policy_id", "policy_version", "actions", "reason", "decided_at",
    "undoes", "undone_by",
)  # fmt: skip
_CASE = (
    "id", "kind", "state", "author_id", "room_id", "severity", "categories", "minors", "hits", "reports",
    "opened_at", "closed_at",
)  # fmt: skip


def of_case(
    connection: Connection, archive: Connection, case_id: str, *, now: datetime
) -> tuple[str, dict[str, Any], Subjects]:
    """A case with its hits, the talk around them, reports, decisions and history.

    Returns:
        The service, the copy, and what has to stay while the hold stands.

    Raises:
        CaseNotFound: There is none.
    """
    case = connection.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
    if case is None:
        raise CaseNotFound(case_id)
    hits = _rows(connection, case_hits, case_id, order="seq")
    copy = {
        "format": FORMAT,
        "copied_at": _plain(now),
        "service": case.service_id,
        "case": _taken(case, _CASE),
        "hits": [_taken(row, _HIT) for row in hits],
        "talk": [_taken(row, _CONTEXT) for row in _rows(connection, case_context, case_id, order="sent_at")],
        "reports": [_taken(row, _REPORT) for row in _rows(connection, reports, case_id, order="received_at")],
        "decisions": [
            _taken(row, _DECISION) for row in _rows(connection, decisions, case_id, order="decided_at")
        ],
        "history": [
            _taken(row, ("at", "actor", "kind"))
            for row in _rows(connection, case_events, case_id, order="seq")
        ],
        "messages": _archived(archive, case.service_id, [row.message_id for row in hits]),
    }
    authors = {row.author_id for row in hits} | ({case.author_id} if case.author_id else set())
    holds = Subjects(
        cases=[case_id], authors=sorted(authors), messages=sorted({row.message_id for row in hits})
    )
    return case.service_id, copy, holds


def of_messages(
    connection: Connection, archive: Connection, service: str, message_ids: Sequence[str], *, now: datetime
) -> tuple[dict[str, Any], Subjects]:
    """Named messages as archive and cases have them; those that nobody knows are named as missing."""
    wanted = sorted(set(message_ids))
    hits = list(
        connection.execute(
            select(case_hits)
            .where(case_hits.c.service_id == service, case_hits.c.message_id.in_(wanted))
            .order_by(case_hits.c.sent_at)
        )
    )
    found = _archived(archive, service, wanted)
    known = {row["id"] for row in found} | {row.message_id for row in hits}
    copy = {
        "format": FORMAT,
        "copied_at": _plain(now),
        "service": service,
        "hits": [_taken(row, _HIT) for row in hits],
        "messages": found,
        "missing": [name for name in wanted if name not in known],
    }
    authors = {row["author_id"] for row in found} | {row.author_id for row in hits}
    return copy, Subjects(
        authors=sorted(authors), messages=wanted, cases=sorted({row.case_id for row in hits})
    )


def _archived(archive: Connection, service: str, message_ids: Sequence[str]) -> list[dict[str, Any]]:
    rows = archive.execute(
        select(archive_messages)
        .where(archive_messages.c.service_id == service, archive_messages.c.id.in_(sorted(set(message_ids))))
        .order_by(archive_messages.c.sent_at, archive_messages.c.id)
    )
    return [_taken(row, _MESSAGE) for row in rows]


def _rows(connection: Connection, table: Table, case_id: str, *, order: str) -> list[Row[Any]]:
    return list(connection.execute(select(table).where(table.c.case_id == case_id).order_by(table.c[order])))


def _taken(row: Row[Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    """Times in UTC, fractions as text: the copy's hash must not depend on how a database prints a number."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
