"""Login and logout."""

import secrets
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console import access
from api.console.render import render
from api.console.visitor import (
    COOKIE_PATH,
    SESSION_COOKIE,
    Posted,
    SignedIn,
    check_token,
    find_visitor,
    text_of,
)
from api.deps import Now, get_parts
from moderation.errors import BadCredentials, BadForm, UserNotFound
from moderation.storage.accounts import accounts, sessions
from moderation.storage.accounts.accounts import User

FORM_COOKIE = "ibasho_login"
"""Binds a login form to the browser it was made for; there is no session yet."""
_FORM_SECONDS = 3600
_LONGEST_PASSWORD = 1000

router = APIRouter()
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """A password as it is kept (argon2id)."""
    return _hasher.hash(password)


@router.get("/console/login", name="console_login", response_class=HTMLResponse)
def login_page(request: Request) -> Response:
    """The login form; who is logged in already goes on."""
    visitor = find_visitor(request)
    if visitor is not None:
        return RedirectResponse(_next(request.query_params.get("next"), visitor.user), status_code=303)
    return _form(request, login="", wrong=None, next_page=request.query_params.get("next") or "")


@router.post("/console/login", name="console_log_in", response_class=HTMLResponse)
async def log_in(request: Request, now: Now) -> Response:
    """Open a session."""
    form = await request.form(max_files=0, max_fields=10)
    next_page, login = text_of(form, "next"), text_of(form, "login")
    try:
        check_token(form, request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe())
    except BadForm:
        return _form(request, login=login, wrong="expired", next_page=next_page)
    password = form.get("password")
    try:
        user = await run_in_threadpool(_check, request, login, password if isinstance(password, str) else "")
    except BadCredentials:
        return _form(request, login=login, wrong="credentials", next_page=next_page)
    token = await run_in_threadpool(_open, request, user, now)
    response = RedirectResponse(_next(next_page, user), status_code=303)
    _set_cookie(request, response, SESSION_COOKIE, token, get_parts(request).settings.session_hours * 3600)
    response.delete_cookie(FORM_COOKIE, path=COOKIE_PATH)
    return response


@router.post("/console/logout", name="console_log_out", response_class=HTMLResponse)
def log_out(request: Request, visitor: SignedIn, form: Posted) -> Response:
    """End the session."""
    del visitor, form
    with get_parts(request).database.write() as unit:
        sessions.close_session(unit.connection, request.cookies[SESSION_COOKIE])
    response = RedirectResponse("/console/login", status_code=303)
    response.delete_cookie(SESSION_COOKIE, path=COOKIE_PATH)
    return response


def _form(request: Request, *, login: str, wrong: str | None, next_page: str) -> HTMLResponse:
    token = secrets.token_urlsafe(32)
    response = render(
        request,
        "login.html",
        status_code=401 if wrong else 200,
        token=token,
        login=login,
        wrong=wrong,
        next_page=next_page,
    )
    _set_cookie(request, response, FORM_COOKIE, token, _FORM_SECONDS)
    return response


def _check(request: Request, login: str, password: str) -> User:
    """The person of a login and password.

    An unknown login takes as long as a wrong password: nobody can list the logins by the clock.

    Raises:
        BadCredentials: Unknown, wrong, or locked out.
    """
    try:
        with get_parts(request).database.read() as connection:
            user = accounts.get_user(connection, login)
    except UserNotFound:
        user = None
    try:
        _hasher.verify(user.password_hash if user else _no_password(), password[:_LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError) as error:
        raise BadCredentials("Wrong login or password.") from error
    if user is None or user.disabled_at is not None:
        raise BadCredentials("Wrong login or password.")
    return user


@cache
def _no_password() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def _open(request: Request, user: User, now: datetime) -> str:
    parts = get_parts(request)
    token = secrets.token_urlsafe(32)
    with parts.database.write() as unit:
        sessions.open_session(
            unit.connection,
            user_id=user.id,
            token=token,
            csrf_token=secrets.token_urlsafe(32),
            expires_at=now.astimezone(UTC) + timedelta(hours=parts.settings.session_hours),
            now=now,
        )
    return token


def _set_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=COOKIE_PATH,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _next(asked: str | None, user: User) -> str:
    """Where to go after the login: only to our own pages."""
    if asked:
        target = urlsplit(asked)
        ours = target.path.startswith("/console/") and not target.scheme and not target.netloc
        if ours and "\\" not in asked and target.path not in ("/console/login", "/console/logout"):
            return asked
    return access.home_of(user.roles)
