"""Open or join the live case of a key: one statement that is safe against everybody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, text

from moderation.review.care import is_heavy
from moderation.review.case import CaseKind, CaseState
from moderation.review.priority import due_at, priority
from moderation.storage import often, outbox
from moderation.storage.desk import routing
from moderation.storage.desk.routing import Route
from moderation.storage.ids import new_id
from moderation.storage.often import Insert, Update
from moderation.storage.outbox import Event
from moderation.storage.tables.cases import case_events, cases
from moderation.taxonomy import Category, Severity

CHILD_SAFETY_QUEUE = "child_safety"
GENERAL_QUEUE = "general"


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What joins a case: hits of one key, or one report.

    Attributes:
        hits: Flagged messages in it.
        reports: Reports in it.
        report_weight: Sum of their reporters' weights.
        queue: Review queue asked for; without one the routing rules say it. Minors' cases go to
            ``child_safety`` in any case.
        asked_priority: What a rule asks for, 0 to 100.
        other_id: The other side of a quarrel.
    """

    service: str
    kind: CaseKind
    live_key: str
    author_id: str | None
    room_id: str | None
    severity: Severity
    categories: Mapping[Category, float]
    minors: bool
    hits: int
    reports: int
    report_weight: float
    live_viewers: int | None
    queue: str | None
    asked_priority: int = 0
    other_id: str | None = None


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """The case an arrival went to. ``first_seq`` is the number of its first hit or report."""

    case_id: str
    first_seq: int
    opened: bool


def join(connection: Connection, arrival: Arrival, *, now: datetime) -> Joined:
    """Open the case of the arrival's key, or join the one that is open.

    Callers lock several keys in sorted order, so that two requests cannot wait for each other.
    """
    [joined] = join_all(connection, [arrival], now=now)
    return joined


def join_all(connection: Connection, arrivals: Sequence[Arrival], *, now: datetime) -> list[Joined]:
    """The same for several arrivals of different keys, which are sorted."""
    placed = place_all(connection, arrivals, routing.routes(connection), now=now)
    often.run_all(connection, placed.writes)
    outbox.emit_all(connection, placed.events, now=now)
    return placed.joined


class Placed(NamedTuple):
    """Where arrivals went, what is still to be written of it, and what services are to be told."""

    joined: list[Joined]
    writes: Sequence[tuple[Insert | Update, Sequence[Sequence[Any]]]]
    events: Sequence[Event]


def place_all(
    connection: Connection, arrivals: Sequence[Arrival], routes: Sequence[Route], *, now: datetime
) -> Placed:
    """The same; what is left to the caller may go together with what else there is to write and to tell."""
    new = [_new_case(arrival, routes, now=now) for arrival in arrivals]
    rows = {
        (row.service_id, row.live_key): row for row in _UPSERT.run(connection, [_values(one) for one in new])
    }
    joined, opened, raised, worse = [], [], [], []
    for arrival, own in zip(arrivals, new, strict=True):
        row = rows[arrival.service, arrival.live_key]
        is_new = row.id == own["id"]
        if is_new:
            opened.append((row.id, arrival))
        else:
            values = _raised(row, arrival, now=now)
            raised.append(values)
            if values["severity"] > row.severity or values["categories"].keys() - row.categories.keys():
                worse.append(_updated(row, arrival.service, values))
        joined.append(Joined(case_id=row.id, first_seq=row.hit_seq - own["hit_seq"] + 1, opened=is_new))
    notes: list[tuple[Any, ...]] = [(case_id, now, "system", "opened", {}) for case_id, _ in opened]
    return Placed(
        joined,
        [(_RAISE, [_raised_values(values) for values in raised]), (_NOTE, notes)],
        [*worse, *(_created(case_id, arrival) for case_id, arrival in opened)],
    )


def _new_case(arrival: Arrival, routes: Sequence[Route], *, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "service_id": arrival.service,
        "kind": arrival.kind.value,
        "live_key": arrival.live_key,
        "state": CaseState.QUEUED.value,
        "queue": _queue(arrival, routes),
        "author_id": arrival.author_id,
        "room_id": arrival.room_id,
        "other_id": arrival.other_id,
        "hit_seq": arrival.hits + arrival.reports,
        "seen_hit_seq": 0,
        "hits": arrival.hits,
        "reports": arrival.reports,
        "report_weight": arrival.report_weight,
        "version": 1,
        "opened_at": now,
        "updated_at": now,
        "due_at": due_at(arrival.severity, now),
        **_weighed(arrival),
    }


def _joining(statement: Any) -> Any:
    """What is given joins the open case of its key."""
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["service_id", "live_key"],
        index_where=text("state <> 'closed'"),
        set_={
            "hit_seq": cases.c.hit_seq + new.hit_seq,
            "hits": cases.c.hits + new.hits,
            "reports": cases.c.reports + new.reports,
            "report_weight": cases.c.report_weight + new.report_weight,
            "updated_at": new.updated_at,
        },
    )


_GIVEN = (
    "id", "service_id", "kind", "live_key", "state", "queue", "author_id", "room_id", "other_id", "hit_seq",
    "seen_hit_seq", "hits", "reports", "report_weight", "version", "opened_at", "updated_at", "due_at",
    "severity", "categories", "minors", "heavy", "live_viewers", "asked_priority", "age_step", "priority",
)  # fmt: skip
_values = itemgetter(*_GIVEN)
_FOUND = (
    "id", "service_id", "kind", "live_key", "queue", "author_id", "room_id", "hit_seq", "hits", "report_weight",
    "due_at", "severity", "categories", "minors", "live_viewers", "asked_priority", "age_step",
)  # fmt: skip
_UPSERT = Insert(cases, _GIVEN, conflict=_joining, returning=[cases.c[name] for name in _FOUND])


def _weighed(arrival: Arrival, row: Any = None) -> dict[str, Any]:
    """Severity, categories, minors and priority of a case that gets an arrival; without a row a new one."""
    severity, minors, hits = arrival.severity, arrival.minors, arrival.hits
    report_weight = arrival.report_weight
    viewers, asked, age_step = arrival.live_viewers, arrival.asked_priority, 0
    categories: dict[str, float] = {}
    if row is not None:
        viewers = max(filter(None, (viewers, row.live_viewers)), default=None)
        asked, age_step = max(asked, row.asked_priority), row.age_step
        severity = max(tuple(Severity)[row.severity], severity, key=lambda level: level.rank)
        categories |= row.categories
        minors, hits, report_weight = row.minors or minors, row.hits, row.report_weight
    for category, score in arrival.categories.items():
        categories[category.value] = max(score, categories.get(category.value, 0.0))
    return {
        "severity": severity.rank,
        "categories": categories,
        "minors": minors,
        "heavy": is_heavy((Category(name) for name in categories), minors=minors),
        "live_viewers": viewers,
        "asked_priority": asked,
        "age_step": age_step,
        "priority": priority(
            severity=severity,
            score=max(categories.values(), default=0.0),
            minors=minors,
            hits=hits,
            report_weight=report_weight,
            live_viewers=viewers,
            asked=asked,
            age_step=age_step,
        ),
    }


_RAISED = (
    "id", "severity", "categories", "minors", "heavy", "live_viewers", "asked_priority", "age_step", "priority",
    "due_at", "queue",
)  # fmt: skip
_raised_values = itemgetter(*_RAISED)
_RAISE = Update(cases, _RAISED)
_NOTE = Insert(case_events, ("case_id", "at", "actor", "kind", "data"))


def _raised(row: Any, arrival: Arrival, *, now: datetime) -> dict[str, Any]:
    """Severity, categories, queue and priority of what the case now holds.

    The upsert above holds the row's lock, so reading and writing back cannot lose anything.
    """
    values = _weighed(arrival, row)
    sooner = due_at(tuple(Severity)[values["severity"]], now)
    values["due_at"] = sooner if row.due_at is None else min(row.due_at, sooner)
    values["queue"] = CHILD_SAFETY_QUEUE if values["minors"] and not row.minors else row.queue
    return values | {"id": row.id}


def _created(case_id: str, arrival: Arrival) -> Event:
    return Event(
        service=arrival.service,
        type="case.created",
        subject=case_id,
        data={
            "case_id": case_id,
            "kind": arrival.kind.value,
            "author_id": arrival.author_id,
            "room_id": arrival.room_id,
            "severity": arrival.severity.value,
            "categories": sorted(category.value for category in arrival.categories),
            "minors": arrival.minors,
        },
        minors=arrival.minors,
    )


def _updated(row: Any, service: str, values: Mapping[str, Any]) -> Event:
    return Event(
        service=service,
        type="case.updated",
        subject=row.id,
        data={
            "case_id": row.id,
            "kind": row.kind,
            "author_id": row.author_id,
            "room_id": row.room_id,
            "severity": tuple(Severity)[values["severity"]].value,
            "categories": sorted(values["categories"]),
            "hits": row.hits,
            "minors": values["minors"],
        },
        minors=values["minors"],
    )


def _queue(arrival: Arrival, routes: Sequence[Route]) -> str:
    """Where a new case goes: minors' cases to their own, then by name, then by the routing rules."""
    if arrival.minors:
        return CHILD_SAFETY_QUEUE
    routed = routing.queue_for(
        routes,
        service=arrival.service,
        kind=arrival.kind,
        categories=arrival.categories,
        severity=arrival.severity,
    )
    return arrival.queue or routed or GENERAL_QUEUE
