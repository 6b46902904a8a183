"""Settings of review queues: who sees them, and which new case goes where."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.errors import explain
from api.console.queue import word_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of, texts_of
from api.deps import Now, Parts, ProcessParts
from moderation.errors import Invalid, ModerationError, NotFound
from moderation.review.case import CaseKind
from moderation.review.sight import DESK_ROLES
from moderation.storage.accounts import accounts, audit
from moderation.storage.database import Connection
from moderation.storage.desk import routing
from moderation.taxonomy import Category, Role, Severity

router = APIRouter()

_PATH = "/console/settings/queues"


@router.get(_PATH, name="console_queues", response_class=HTMLResponse)
def queues_page(request: Request, visitor: SignedIn, parts: ProcessParts, now: Now) -> HTMLResponse:
    """Every queue and routing rule."""
    return _show(request, visitor, parts, now)


@router.post(_PATH, name="console_queue_put", response_class=HTMLResponse)
def put_queue(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Make a queue or change one."""
    roles = [role for value in texts_of(form, "roles") if (role := word_of(Role, value))]

    def step(connection: Connection) -> None:
        name = text_of(form, "name")
        routing.put_queue(connection, text_of(form, "id"), name=name, roles=roles)

    return _do(request, visitor, parts, now, step, act="queue.put", object_=f"queue:{text_of(form, 'id')}")


@router.post(f"{_PATH}/remove", name="console_queue_remove", response_class=HTMLResponse)
def remove_queue(
    request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Take a queue away that nothing uses."""
    queue = text_of(form, "id")

    def step(connection: Connection) -> None:
        routing.remove_queue(connection, queue)

    return _do(request, visitor, parts, now, step, act="queue.removed", object_=f"queue:{queue}")


@router.post(f"{_PATH}/routes", name="console_route_add", response_class=HTMLResponse)
def add_route(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Add a routing rule after the others."""

    def step(connection: Connection) -> None:
        routing.add_route(
            connection,
            service=text_of(form, "service") or None,
            kind=word_of(CaseKind, text_of(form, "kind")),
            category=word_of(Category, text_of(form, "category")),
            severity=word_of(Severity, text_of(form, "severity")),
            queue=text_of(form, "queue"),
        )

    return _do(
        request, visitor, parts, now, step, act="route.added", object_=f"queue:{text_of(form, 'queue')}"
    )


@router.post(f"{_PATH}/routes/remove", name="console_route_remove", response_class=HTMLResponse)
def remove_route(
    request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Take a routing rule away."""
    route_id = text_of(form, "id")

    def step(connection: Connection) -> None:
        routing.remove_route(connection, route_id)

    return _do(request, visitor, parts, now, step, act="route.removed", object_=f"route:{route_id}")


def _do(
    request: Request,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    step: Callable[[Connection], None],
    *,
    act: str,
    object_: str,
) -> Response:
    """Change something and note it in the audit trail; the page with the reason where it fails."""
    try:
        with parts.database.write() as unit:
            step(unit.connection)
            actor = f"user:{visitor.user.id}"
            audit.record(unit.connection, actor=actor, act=act, object_=object_[:200], data={}, now=now)
    except (Invalid, NotFound) as error:
        return _show(request, visitor, parts, now, error=error)
    return RedirectResponse(_PATH, status_code=303)


def _show(
    request: Request, visitor: Visitor, parts: Parts, now: Now, *, error: ModerationError | None = None
) -> HTMLResponse:
    status = 200 if error is None else 422 if isinstance(error, Invalid) else 404
    with parts.database.read() as connection:
        queues = routing.queues(connection)
        routes = routing.routes(connection)
        services = accounts.service_ids(connection)
    return render(
        request,
        "settings_queues.html",
        visitor=visitor,
        status_code=status,
        now=now,
        queues=queues,
        names=routing.names(queues),
        fixed=routing.FIXED_QUEUES,
        routes=routes,
        services=services,
        roles=sorted(DESK_ROLES),
        kinds=tuple(CaseKind),
        categories=tuple(Category),
        severities=tuple(Severity)[1:],
        problems=getattr(error, "problems", ()),
        trouble=None if error is None else explain(error, status, language_of(request)),
    )
