"""Review queues, who sees them, and which new case goes where."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.errors import FieldProblem, Invalid, NotFound
from moderation.review.case import CaseKind, CaseState
from moderation.review.sight import DESK_ROLES, Sight
from moderation.storage.ids import new_id
from moderation.storage.often import Query
from moderation.storage.tables.cases import cases
from moderation.storage.tables.desk import review_queue_roles, review_queues, routing_rules
from moderation.taxonomy import Category, Role, Severity

FIXED_QUEUES = frozenset({"general", "child_safety", "urgent", "care", "live"})
"""Queues that the product itself or its rule packs send cases to; they cannot be taken away."""
_QUEUE_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LONGEST_NAME = 100
ROUTES = Query(select(routing_rules).order_by(routing_rules.c.position, routing_rules.c.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewQueue:
    """A review queue; ``roles`` empty means everybody of the desk."""

    id: str
    name: str
    roles: frozenset[Role]

    def seen_by(self, sight: Sight) -> bool:
        """Whether somebody works on it."""
        return sight.senior or not self.roles or bool(self.roles & sight.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A routing rule; None fits everything, ``severity`` is the least."""

    id: str
    service: str | None
    kind: CaseKind | None
    category: Category | None
    severity: Severity | None
    queue: str


def queues(connection: Connection) -> list[ReviewQueue]:
    """Every review queue, in its order."""
    rows = connection.execute(
        select(review_queues, review_queue_roles.c.role)
        .outerjoin(review_queue_roles, review_queue_roles.c.queue_id == review_queues.c.id)
        .order_by(review_queues.c.position, review_queues.c.id)
    ).all()
    roles: dict[str, set[Role]] = {row.id: set() for row in rows}
    for row in rows:
        if row.role is not None:
            roles[row.id].add(Role(row.role))
    names = {row.id: row.name for row in rows}
    return [ReviewQueue(id=id_, name=names[id_], roles=frozenset(held)) for id_, held in roles.items()]


def put_queue(connection: Connection, queue_id: str, *, name: str, roles: Collection[Role]) -> None:
    """Make a queue, or change its name and who sees it.

    Raises:
        Invalid: The id or name cannot be used, or a role never reviews.
    """
    problems = []
    if not _QUEUE_ID.fullmatch(queue_id):
        problems.append(
            FieldProblem(pointer="/id", detail="a-z, 0-9 and _, at most 32, beginning with a letter")
        )
    if not name.strip() or len(name) > _LONGEST_NAME:
        problems.append(FieldProblem(pointer="/name", detail=f"1 to {_LONGEST_NAME} characters"))
    if strange := set(roles) - DESK_ROLES:
        problems.append(FieldProblem(pointer="/roles", detail=f"{', '.join(sorted(strange))} do not review"))
    if problems:
        raise Invalid("This review queue cannot be kept.", problems)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    last = select(func.coalesce(func.max(review_queues.c.position), 0) + 1).scalar_subquery()
    row = dialect.insert(review_queues).values(id=queue_id, name=name, position=last)
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_={"name": name}))
    connection.execute(delete(review_queue_roles).where(review_queue_roles.c.queue_id == queue_id))
    if roles:
        connection.execute(
            insert(review_queue_roles), [{"queue_id": queue_id, "role": role.value} for role in sorted(roles)]
        )


def remove_queue(connection: Connection, queue_id: str) -> None:
    """Take a queue away that nothing waits in.

    Raises:
        Invalid: The product needs it, or cases wait in it, or a routing rule names it.
    """
    waiting = connection.execute(
        select(cases.c.id).where(cases.c.queue == queue_id, cases.c.state != CaseState.CLOSED).limit(1)
    ).first()
    named = connection.execute(
        select(routing_rules.c.id).where(routing_rules.c.queue_id == queue_id).limit(1)
    ).first()
    if queue_id in FIXED_QUEUES or waiting or named:
        raise Invalid("This review queue is in use; move its cases and routing rules first.")
    connection.execute(delete(review_queue_roles).where(review_queue_roles.c.queue_id == queue_id))
    connection.execute(delete(review_queues).where(review_queues.c.id == queue_id))


def routes(connection: Connection) -> list[Route]:
    """Every routing rule, in the order they are tried."""
    return read_routes(ROUTES.all(connection))


def read_routes(rows: Sequence[Any]) -> list[Route]:
    """The same from the rows of ``ROUTES``."""
    return list(map(_route, rows))


def add_route(
    connection: Connection,
    *,
    service: str | None,
    kind: CaseKind | None,
    category: Category | None,
    severity: Severity | None,
    queue: str,
) -> None:
    """Add a routing rule after the others.

    Raises:
        Invalid: It fits everything, or there is no such queue.
    """
    if queue not in {one.id for one in queues(connection)}:
        raise Invalid(
            "There is no such review queue.", [FieldProblem(pointer="/queue", detail=f"unknown: {queue!r}")]
        )
    if service is None and kind is None and category is None and severity is None:
        raise Invalid(
            "A routing rule needs a condition.", [FieldProblem(pointer="/kind", detail="none given")]
        )
    last = select(func.coalesce(func.max(routing_rules.c.position), 0) + 1).scalar_subquery()
    connection.execute(
        insert(routing_rules).values(
            id=new_id(),
            position=last,
            service_id=service,
            kind=kind,
            category=category,
            severity=None if severity is None else severity.rank,
            queue_id=queue,
        )
    )


def remove_route(connection: Connection, route_id: str) -> None:
    """Take a routing rule away. Raises NotFound."""
    if connection.execute(delete(routing_rules).where(routing_rules.c.id == route_id)).rowcount == 0:
        raise NotFound(f"No routing rule {route_id!r}.")


def queue_for(
    listed: Sequence[Route],
    *,
    service: str,
    kind: CaseKind,
    categories: Collection[Category],
    severity: Severity,
) -> str | None:
    """The queue of the first routing rule that fits a new case; None where none does."""
    for route in listed:
        if (
            route.service in (None, service)
            and route.kind in (None, kind)
            and (route.category is None or route.category in categories)
            and (route.severity is None or route.severity.rank <= severity.rank)
        ):
            return route.queue
    return None


def names(listed: Sequence[ReviewQueue]) -> dict[str, str]:
    """Name by id."""
    return {queue.id: queue.name for queue in listed}


def _route(row: Any) -> Route:
    return Route(
        id=row.id,
        service=row.service_id,
        kind=CaseKind(row.kind) if row.kind else None,
        category=Category(row.category) if row.category else None,
        severity=None if row.severity is None else tuple(Severity)[row.severity],
        queue=row.queue_id,
    )
