"""What is known of an author: decisions, strikes, labels, reports made and received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import FieldProblem, Invalid, NotFound
from moderation.review.case import Case
from moderation.review.decision import Decision
from moderation.review.sight import Sight
from moderation.review.strikes import Strike
from moderation.storage.accounts import audit
from moderation.storage.desk.rows import case_of, decision_of, strike_of, visible
from moderation.storage.tables.cases import case_hits, cases, decisions
from moderation.storage.tables.people import labels, strikes
from moderation.storage.tables.voices import reports
from moderation.taxonomy import ReportReason

MOST = 100
"""Rows of each list, the newest."""
LONGEST_LABEL = 64
LONGEST_LABEL_TIME = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A mark on an author or room; ``set_by`` is ``user:<id>`` or ``rule``."""

    label: str
    set_by: str
    by_person: bool
    set_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReport:
    """A complaint that somebody made or that is about them."""

    reason: ReportReason
    text: str
    reported_at: datetime
    case_id: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An author's past, the newest first. Cases somebody may not see are left out with all that is theirs."""

    service: str
    author_id: str
    names: Sequence[str]
    cases: Sequence[Case]
    decisions: Sequence[Decision]
    strikes: Sequence[Strike]
    labels: Sequence[Label]
    received: Sequence[HistoryReport]
    made: Sequence[HistoryReport]

    @property
    def empty(self) -> bool:
        """Nobody ever heard of them."""
        return not (self.cases or self.labels or self.received or self.made or self.strikes)


def history(connection: Connection, service: str, author_id: str, sight: Sight, *, now: datetime) -> History:
    """Everything about an author of a service that the person may see."""
    theirs = and_(cases.c.service_id == service, cases.c.author_id == author_id)
    found = connection.execute(
        select(cases).where(theirs, visible(sight)).order_by(cases.c.opened_at.desc()).limit(MOST)
    )
    listed = [case_of(row) for row in found.mappings()]
    return History(
        service=service,
        author_id=author_id,
        names=_names(connection, service, author_id),
        cases=listed,
        decisions=_decisions(connection, service, author_id, sight),
        strikes=_strikes(connection, service, author_id, sight),
        labels=labels_of(connection, service, "author", author_id, now=now),
        received=_reports(
            connection,
            sight,
            or_(
                reports.c.case_id.in_([case.id for case in listed]),
                and_(reports.c.subject_kind.in_(("author", "profile")), reports.c.subject_id == author_id),
            ),
            service,
        ),
        made=_reports(connection, sight, reports.c.reporter_id == author_id, service),
    )


def labels_of(
    connection: Connection, service: str, entity: str, entity_id: str, *, now: datetime
) -> list[Label]:
    """Labels in force on an author or room."""
    rows = connection.execute(
        select(labels)
        .where(
            labels.c.service_id == service,
            labels.c.entity == entity,
            labels.c.entity_id == entity_id,
            labels.c.removed == 0,
            or_(labels.c.expires_at.is_(None), labels.c.expires_at > now),
        )
        .order_by(labels.c.label)
    )
    return [
        Label(
            label=row.label,
            set_by=row.set_by,
            by_person=bool(row.by_person),
            set_at=row.set_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]


def put_label(
    connection: Connection,
    service: str,
    entity: str,
    entity_id: str,
    label: str,
    *,
    by: str,
    lasts: timedelta | None,
    now: datetime,
) -> None:
    """Put a label on by hand; rules can neither take it off nor shorten it.

    Raises:
        Invalid: The label or its time cannot be used.
    """
    _check_label(label, lasts)
    values: dict[str, Any] = {
        "set_by": by,
        "by_person": 1,
        "removed": 0,
        "set_at": now,
        "expires_at": None if lasts is None else now + lasts,
    }
    _upsert(
        connection, {"service_id": service, "entity": entity, "entity_id": entity_id, "label": label}, values
    )
    data = {"label": label, "days": None if lasts is None else lasts.days}
    audit.record(connection, actor=by, act="label.put", object_=f"{entity}:{entity_id}", data=data, now=now)


def remove_label(
    connection: Connection, service: str, entity: str, entity_id: str, label: str, *, by: str, now: datetime
) -> None:
    """Take a label off; rules cannot put it on again. Raises NotFound."""
    if label not in {one.label for one in labels_of(connection, service, entity, entity_id, now=now)}:
        raise NotFound(f"No label {label!r}.")
    values = {"set_by": by, "by_person": 1, "removed": 1, "set_at": now, "expires_at": None}
    _upsert(
        connection, {"service_id": service, "entity": entity, "entity_id": entity_id, "label": label}, values
    )
    audit.record(
        connection,
        actor=by,
        act="label.removed",
        object_=f"{entity}:{entity_id}",
        data={"label": label},
        now=now,
    )


def _check_label(label: str, lasts: timedelta | None) -> None:
    problems = []
    if not label or len(label) > LONGEST_LABEL or not label.isprintable() or label != label.strip():
        problems.append(
            FieldProblem(pointer="/label", detail=f"1 to {LONGEST_LABEL} characters, no spaces around it")
        )
    if lasts is not None and not timedelta() < lasts <= LONGEST_LABEL_TIME:
        problems.append(FieldProblem(pointer="/days", detail="1 to 366"))
    if problems:
        raise Invalid("This label cannot be put on.", problems)


def _upsert(connection: Connection, key: Mapping[str, str], values: Mapping[str, Any]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(labels).values(**key, **values)
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def _names(connection: Connection, service: str, author_id: str) -> list[str]:
    rows = connection.execute(
        select(case_hits.c.author_name)
        .where(case_hits.c.service_id == service, case_hits.c.author_id == author_id)
        .order_by(case_hits.c.sent_at.desc())
        .limit(MOST)
    )
    return list(dict.fromkeys(name for name in rows.scalars() if name))


def _decisions(connection: Connection, service: str, author_id: str, sight: Sight) -> list[Decision]:
    rows = connection.execute(
        select(decisions)
        .join(cases, cases.c.id == decisions.c.case_id)
        .where(
            decisions.c.service_id == service,
            decisions.c.author_id == author_id,
            decisions.c.undoes.is_(None),
            visible(sight),
        )
        .order_by(decisions.c.decided_at.desc())
        .limit(MOST)
    )
    return [decision_of(row) for row in rows.mappings()]


def _strikes(connection: Connection, service: str, author_id: str, sight: Sight) -> list[Strike]:
    rows = connection.execute(
        select(strikes)
        .join(decisions, decisions.c.id == strikes.c.decision_id)
        .join(cases, cases.c.id == decisions.c.case_id)
        .where(strikes.c.service_id == service, strikes.c.author_id == author_id, visible(sight))
        .order_by(strikes.c.given_at.desc())
        .limit(MOST)
    )
    return [strike_of(row) for row in rows.mappings()]


def _reports(
    connection: Connection, sight: Sight, condition: ColumnElement[bool], service: str
) -> list[HistoryReport]:
    last = (
        select(decisions.c.outcome)
        .where(
            decisions.c.case_id == reports.c.case_id,
            decisions.c.undoes.is_(None),
            decisions.c.undone_by.is_(None),
        )
        .order_by(decisions.c.decided_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(reports, last.label("found"))
        .outerjoin(cases, cases.c.id == reports.c.case_id)
        .where(reports.c.service_id == service, condition, or_(cases.c.id.is_(None), visible(sight)))
        .where(true() if sight.minors else reports.c.minors.is_(False))
        .order_by(reports.c.reported_at.desc())
        .limit(MOST)
    )
    return [
        HistoryReport(
            reason=ReportReason(row.reason),
            text=row.text,
            reported_at=row.reported_at,
            case_id=row.case_id,
            outcome=row.found,
        )
        for row in rows
    ]
