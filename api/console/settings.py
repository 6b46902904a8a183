"""Settings: people and their roles."""

import secrets

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.errors import explain
from api.console.login import hash_password
from api.console.queue import word_of
from api.console.render import language_of, render
from api.console.visitor import Posted, SignedIn, Visitor, text_of, texts_of
from api.deps import Now, Parts, ProcessParts
from moderation.errors import Invalid, ModerationError, NotFound
from moderation.storage.accounts import accounts, people_admin
from moderation.taxonomy import Role

router = APIRouter()

_PASSWORD_BYTES = 12


@router.get("/console/settings", name="console_settings", response_class=HTMLResponse)
def settings_page(request: Request, visitor: SignedIn, parts: ProcessParts, now: Now) -> HTMLResponse:
    """Everybody."""
    return _show(request, visitor, parts, now)


@router.post("/console/settings/users", name="console_user_put", response_class=HTMLResponse)
async def put_user(
    request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Add a person with a new password, shown once, or change the name and roles of one."""
    return await run_in_threadpool(_put_user, request, visitor, form, parts, now)


def _put_user(request: Request, visitor: Visitor, form: Posted, parts: Parts, now: Now) -> Response:
    roles = [role for value in texts_of(form, "roles") if (role := word_of(Role, value))]
    password = secrets.token_urlsafe(_PASSWORD_BYTES) if text_of(form, "new_password") else None
    try:
        with parts.database.write() as unit:
            people_admin.put(
                unit.connection,
                visitor.user.id,
                login=text_of(form, "login"),
                display_name=text_of(form, "display_name"),
                pseudonym=text_of(form, "pseudonym"),
                roles=roles,
                password_hash=hash_password(password) if password else None,
                now=now,
            )
    except (Invalid, NotFound) as error:
        return _show(request, visitor, parts, now, error=error)
    if password is None:
        return RedirectResponse("/console/settings", status_code=303)
    return _show(request, visitor, parts, now, password=(text_of(form, "login"), password))


@router.post("/console/settings/users/lock", name="console_user_lock", response_class=HTMLResponse)
def lock_user(request: Request, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Lock a person out, at once, or let them in again."""
    try:
        with parts.database.write() as unit:
            people_admin.lock(
                unit.connection,
                visitor.user.id,
                login=text_of(form, "login"),
                locked=text_of(form, "locked") == "1",
                now=now,
            )
    except (Invalid, NotFound) as error:
        return _show(request, visitor, parts, now, error=error)
    return RedirectResponse("/console/settings", status_code=303)


def _show(
    request: Request,
    visitor: Visitor,
    parts: Parts,
    now: Now,
    *,
    error: ModerationError | None = None,
    password: tuple[str, str] | None = None,
) -> HTMLResponse:
    status = 200 if error is None else 422 if isinstance(error, Invalid) else 404
    with parts.database.read() as connection:
        return render(
            request,
            "settings.html",
            visitor=visitor,
            status_code=status,
            now=now,
            users=accounts.list_users(connection),
            roles=[role for role in Role if role is not Role.SERVICE],
            password=password,
            problems=getattr(error, "problems", ()),
            trouble=None if error is None else explain(error, status, language_of(request)),
        )
