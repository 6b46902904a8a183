"""On whose behalf a review tool calls: a key with the scope ``review``, and the login of a person of the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from api.auth import require_scope
from api.deps import ProcessParts, signal_of
from moderation.errors import FieldProblem, Invalid, UserNotFound
from moderation.review.sight import Sight, sight_of
from moderation.storage.accounts import accounts
from moderation.storage.accounts.accounts import ApiKey
from moderation.taxonomy import Scope

HEADER = "X-Ibasho-User"

Reviewing = Annotated[ApiKey, Depends(require_scope(Scope.REVIEW))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts, and what they may see: what their roles allow, of the key's service."""

    login: str
    sight: Sight


def _acting(
    request: Request,
    key: Reviewing,
    parts: ProcessParts,
    login: Annotated[
        str | None,
        Header(alias=HEADER, max_length=64, description="Login of the person on whose behalf this is asked."),
    ] = None,
) -> Iterator[Acting]:
    try:
        with parts.database.read() as connection:
            user = accounts.get_user(connection, login or "")
        if user.disabled_at is not None:
            raise UserNotFound(user.login)
    except UserNotFound as error:
        problem = FieldProblem(pointer=HEADER, detail="the login of a person of the console")
        raise Invalid(f"{HEADER} names nobody who could act.", [problem]) from error
    yield Acting(login=user.login, sight=sight_of(user.id, user.roles, service=key.service))
    signal = signal_of(request)
    if signal is not None and request.method == "POST":
        signal.hint()


OnBehalf = Annotated[Acting, Depends(_acting, scope="function")]
"""The person. Raises Invalid where the header names nobody."""
