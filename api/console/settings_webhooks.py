"""Settings of webhooks: endpoints, their secrets, what was sent, and sending it again."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.errors import explain
from api.console.queue import word_of
from api.console.render import language_of, render
from api.console.settings_keys import OVERLAPS, hours_of
from api.console.visitor import Posted, SignedIn, Visitor, text_of, texts_of
from api.deps import Now, Parts, ProcessParts
from moderation.errors import Invalid, ModerationError, NotFound
from moderation.storage.accounts import accounts, audit
from moderation.storage.database import Connection
from moderation.storage.webhooks import endpoints as webhooks
from moderation.storage.webhooks import log
from moderation.storage.webhooks.endpoints import Endpoint
from moderation.storage.webhooks.event_types import EVENT_TYPES
from moderation.storage.webhooks.log import Delivery

router = APIRouter()

_PATH = "/console/settings/webhooks"
_SHOWN = 100
_ADMIN_TYPES = tuple(type_ for type_ in EVENT_TYPES if type_ != "webhook.test")


@router.get(_PATH, name="console_webhooks", response_class=HTMLResponse)
def webhooks_page(request: Request, visitor: SignedIn, parts: ProcessParts, now: Now) -> HTMLResponse:
    """Every endpoint."""
    return _show(request, visitor, parts, now)


@router.get(f"{_PATH}/log", name="console_webhook_log", response_class=HTMLResponse)
def log_page(
    request: Request, visitor: SignedIn, parts: ProcessParts, now: Now, endpoint: str = "", state: str = ""
) -> HTMLResponse:
    """What was sent to an endpoint, the newest first."""
    chosen = word_of(Delivery, state)
    with parts.database.read() as connection:
        known = webhooks.get(connection, endpoint)
        events = log.sent_events(connection, endpoint, state=chosen, before=None, most=_SHOWN)
    return render(
        request,
        "settings_webhook_log.html",
        visitor=visitor,
        now=now,
        endpoint=known,
        events=events,
        state=chosen,
        states=tuple(Delivery),
        shown=_SHOWN,
    )


@router.post(_PATH, name="console_webhook_put", response_class=HTMLResponse)
def put_webhook(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Add an endpoint, or change one."""
    endpoint_id = text_of(form, "id")
    given: dict[str, Any] = {
        "url": text_of(form, "url"),
        "event_types": texts_of(form, "event_types"),
        "sees_minors": text_of(form, "sees_minors") == "1",
        "allow_private": parts.settings.allow_private_webhooks,
    }

    def step(connection: Connection) -> Endpoint | None:
        if endpoint_id:
            webhooks.change(connection, endpoint_id, **given)
            return None
        service = text_of(form, "service")
        if service not in accounts.service_ids(connection):
            raise NotFound(f"No service {service!r}.")
        return webhooks.add(connection, service=service, now=now, **given)

    return _do(request, visitor, parts, now, step, act="webhook.put", endpoint_id=endpoint_id)


@router.post(f"{_PATH}/rotate", name="console_webhook_rotate", response_class=HTMLResponse)
def rotate_secret(
    request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Sign with a new secret."""
    endpoint_id = text_of(form, "id")

    def step(connection: Connection) -> Endpoint:
        overlap = hours_of(text_of(form, "overlap"))
        return webhooks.rotate_secret(connection, endpoint_id, overlap=overlap, now=now)

    return _do(request, visitor, parts, now, step, act="webhook.rotated", endpoint_id=endpoint_id)


@router.post(f"{_PATH}/switch", name="console_webhook_switch", response_class=HTMLResponse)
def switch(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Switch an endpoint off, or on again."""
    endpoint_id, on = text_of(form, "id"), text_of(form, "on") == "1"

    def step(connection: Connection) -> None:
        if on:
            webhooks.enable(connection, endpoint_id)
        else:
            webhooks.disable(connection, endpoint_id, why="switched off in the console", now=now)

    act = "webhook.enabled" if on else "webhook.disabled"
    return _do(request, visitor, parts, now, step, act=act, endpoint_id=endpoint_id)


@router.post(f"{_PATH}/test", name="console_webhook_test", response_class=HTMLResponse)
def send_test(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Send a webhook.test; its fate is seen in the log."""
    endpoint_id = text_of(form, "id")

    def step(connection: Connection) -> None:
        log.send_test(connection, endpoint_id, now=now)

    leads_to = f"{_PATH}/log?endpoint={endpoint_id}"
    return _do(
        request, visitor, parts, now, step, act="webhook.tested", endpoint_id=endpoint_id, leads_to=leads_to
    )


@router.post(f"{_PATH}/redeliver", name="console_webhook_redeliver", response_class=HTMLResponse)
def redeliver(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Send one event again."""
    endpoint_id = text_of(form, "id")

    def step(connection: Connection) -> None:
        log.redeliver(connection, endpoint_id, text_of(form, "event"), now=now)

    leads_to = f"{_PATH}/log?endpoint={endpoint_id}"
    return _do(
        request,
        visitor,
        parts,
        now,
        step,
        act="webhook.redelivered",
        endpoint_id=endpoint_id,
        leads_to=leads_to,
    )


def _do(
    request: Request,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    step: Callable[[Connection], Endpoint | None],
    *,
    act: str,
    endpoint_id: str,
    leads_to: str = _PATH,
) -> Response:
    """Change something and note it in the audit trail; an endpoint with a new secret is shown with it."""
    try:
        with parts.database.write() as unit:
            made = step(unit.connection)
            audit.record(
                unit.connection,
                actor=f"user:{visitor.user.id}",
                act=act,
                object_=f"webhook:{made.id if made else endpoint_id}"[:200],
                data={},
                now=now,
            )
    except (Invalid, NotFound) as error:
        return _show(request, visitor, parts, now, error=error)
    if made is not None:
        return _show(request, visitor, parts, now, made=made)
    return RedirectResponse(leads_to, status_code=303)


def _show(
    request: Request,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
    made: Endpoint | None = None,
) -> HTMLResponse:
    status = 200 if error is None else 422 if isinstance(error, Invalid) else 404
    with parts.database.read() as connection:
        services = accounts.service_ids(connection)
        endpoints = [one for service in services for one in webhooks.of_service(connection, service)]
    return render(
        request,
        "settings_webhooks.html",
        visitor=visitor,
        status_code=status,
        now=now,
        endpoints=endpoints,
        services=services,
        types=_ADMIN_TYPES,
        overlaps=OVERLAPS,
        made=made,
        problems=getattr(error, "problems", ()),
        trouble=None if error is None else explain(error, status, language_of(request)),
    )
