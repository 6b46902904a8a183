"""Settings of API keys: make, replace, revoke. A key is shown once, on the page that answers."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.auth import new_secret
from api.console.errors import explain
from api.console.queue import word_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of, texts_of
from api.deps import Now, Parts, ProcessParts
from moderation.errors import Conflict, FieldProblem, Invalid, ModerationError, NotFound
from moderation.storage.accounts import accounts, audit
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.database import Connection
from moderation.taxonomy import Scope

router = APIRouter()

_PATH = "/console/settings/keys"
OVERLAPS = (0, 1, 24, 24 * 7, 24 * 30)
"""Hours for which an old key or secret may work beside its successor."""
_LONGEST_NAME = 200
_LONGEST_SERVICE = 64


def hours_of(value: str) -> timedelta:
    """An overlap that was chosen; a day where the form was changed by hand."""
    return timedelta(hours=int(value) if value in {str(hours) for hours in OVERLAPS} else 24)


@router.get(_PATH, name="console_keys", response_class=HTMLResponse)
def keys_page(request: Request, visitor: SignedIn, parts: ProcessParts, now: Now) -> HTMLResponse:
    """Every key."""
    return _show(request, visitor, parts, now)


@router.post(_PATH, name="console_key_make", response_class=HTMLResponse)
def make_key(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Make a key."""
    secret = new_secret()
    service, name = text_of(form, "service"), text_of(form, "name")
    scopes = [scope for value in texts_of(form, "scopes") if (scope := word_of(Scope, value))]
    try:
        _check(service, name, scopes)
        with parts.database.write() as unit:
            accounts.add_service(unit.connection, service, name=service, now=now)
            made = accounts.add_key(
                unit.connection,
                service=service,
                name=name,
                secret=secret,
                scopes=scopes,
                expires_at=None,
                now=now,
            )
            _record(unit.connection, visitor, "key.made", made.id, now)
    except Invalid as error:
        return _show(request, visitor, parts, now, error=error)
    return _show(request, visitor, parts, now, made=(made, secret))


@router.post(f"{_PATH}/rotate", name="console_key_rotate", response_class=HTMLResponse)
def rotate_key(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Make a key's successor."""
    secret, key_id = new_secret(), text_of(form, "id")
    try:
        with parts.database.write() as unit:
            made = accounts.rotate_key(
                unit.connection, key_id, secret=secret, overlap=hours_of(text_of(form, "overlap")), now=now
            )
            _record(unit.connection, visitor, "key.rotated", key_id, now)
    except (NotFound, Conflict) as error:
        return _show(request, visitor, parts, now, error=error)
    return _show(request, visitor, parts, now, made=(made, secret))


@router.post(f"{_PATH}/revoke", name="console_key_revoke", response_class=HTMLResponse)
def revoke_key(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Stop a key from working."""
    key_id = text_of(form, "id")
    try:
        with parts.database.write() as unit:
            accounts.revoke_key(unit.connection, key_id, now=now)
            _record(unit.connection, visitor, "key.revoked", key_id, now)
    except NotFound as error:
        return _show(request, visitor, parts, now, error=error)
    return RedirectResponse(_PATH, status_code=303)


def _check(service: str, name: str, scopes: list[Scope]) -> None:
    problems = []
    if not 0 < len(service) <= _LONGEST_SERVICE or not service.isprintable():
        problems.append(FieldProblem(pointer="/service", detail=f"1 to {_LONGEST_SERVICE} characters"))
    if not 0 < len(name) <= _LONGEST_NAME or "\0" in name:
        problems.append(FieldProblem(pointer="/name", detail=f"1 to {_LONGEST_NAME} characters"))
    if not scopes:
        problems.append(FieldProblem(pointer="/scopes", detail="at least one"))
    if problems:
        raise Invalid("The key cannot be made.", problems)


def _record(connection: Connection, visitor: Visitor, act: str, key_id: str, now: Now) -> None:
    audit.record(
        connection, actor=f"user:{visitor.user.id}", act=act, object_=f"key:{key_id}", data={}, now=now
    )


def _show(
    request: Request,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
    made: tuple[ApiKey, str] | None = None,
) -> HTMLResponse:
    status = 200
    if error is not None:
        status = 422 if isinstance(error, Invalid) else 404 if isinstance(error, NotFound) else 409
    with parts.database.read() as connection:
        keys = accounts.list_keys(connection)
        services = accounts.service_ids(connection)
    return render(
        request,
        "settings_keys.html",
        visitor=visitor,
        status_code=status,
        now=now,
        keys=list(reversed(keys)),
        services=services,
        scopes=tuple(Scope),
        overlaps=OVERLAPS,
        made=made,
        problems=getattr(error, "problems", ()),
        trouble=None if error is None else explain(error, status, language_of(request)),
    )
