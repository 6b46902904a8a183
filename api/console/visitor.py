"""Visitor: who is logged in, and proof that a form comes from our own page."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.console import access
from api.deps import get_parts, signal_of
from moderation.errors import BadForm, LoginNeeded
from moderation.review.sight import Sight, sight_of
from moderation.storage.accounts import sessions
from moderation.storage.accounts.accounts import User

SESSION_COOKIE = "ibasho_session"
COOKIE_PATH = "/"
_MOST_FIELDS = 700
"""A bulk act of 200 cases sends three fields each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person who is logged in; ``csrf_token`` has to come back with every form."""

    user: User
    csrf_token: str

    @property
    def sight(self) -> Sight:
        """What they may see."""
        return sight_of(self.user.id, self.user.roles)

    def may(self, route: str) -> bool:
        """Whether they may use a route of the console."""
        return access.may(route, self.user.roles)


def find_visitor(request: Request) -> Visitor | None:
    """Who sent this request, if they are logged in."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    with get_parts(request).database.read() as connection:
        session = sessions.find_session(connection, token, now=datetime.now(UTC))
    return None if session is None else Visitor(user=session.user, csrf_token=session.csrf_token)


def _signed_in(request: Request) -> Visitor:
    visitor = find_visitor(request)
    if visitor is None:
        raise LoginNeeded("Log in first.")
    access.check(request.scope["route"].name, visitor.user.roles)
    return visitor


SignedIn = Annotated[Visitor, Depends(_signed_in)]
"""The person, who may use this route. Raises LoginNeeded, MissingRole."""


async def _posted(request: Request, visitor: SignedIn) -> AsyncIterator[FormData]:
    form = await request.form(max_files=1, max_fields=_MOST_FIELDS)
    check_token(form, visitor.csrf_token)
    yield form
    await form.close()
    signal = signal_of(request)
    if signal is not None:  # what the form asked for is committed: colleagues' pages may look
        await run_in_threadpool(signal.hint)


Posted = Annotated[FormData, Depends(_posted, scope="function")]
"""The fields of a form that came with its session's token. Raises BadForm."""


def check_token(form: FormData, token: str) -> None:
    """Refuse a form that does not carry the token it was made with. Raises BadForm."""
    if not compare_digest(text_of(form, "csrf").encode(), token.encode()):
        raise BadForm("This form does not belong to your session; load the page again.")


def text_of(form: FormData, name: str) -> str:
    """A field's text with plain line ends, stripped; empty where it is missing."""
    value = form.get(name)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def file_of(form: FormData, name: str) -> bytes:
    """What is in an uploaded file; nothing where none was chosen."""
    value = form.get(name)
    return value.file.read() if isinstance(value, UploadFile) else b""


def texts_of(form: FormData, name: str) -> list[str]:
    """Every value of a field that may stand several times."""
    return [value for value in form.getlist(name) if isinstance(value, str)]
