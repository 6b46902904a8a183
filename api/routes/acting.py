"""On whose behalf a review tool calls: a key with the scope ``review``, and the login of a person of the desk."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from api.auth import require_scope
from api.deps import Read
from moderation.errors import FieldProblem, Invalid, UserNotFound
from moderation.review.sight import Sight, sight_of
from moderation.storage import accounts
from moderation.storage.accounts import ApiKey
from moderation.taxonomy import Scope

HEADER = "X-Ibasho-User"

Reviewing = Annotated[ApiKey, Depends(require_scope(Scope.REVIEW))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts, and what they may see: what their roles allow, of the key's service."""

    login: str
    sight: Sight


def _acting(
    key: Reviewing,
    connection: Read,
    login: Annotated[
        str | None,
        Header(alias=HEADER, max_length=64, description="Login of the person on whose behalf this is asked."),
    ] = None,
) -> Acting:
    try:
        if not login:
            raise UserNotFound("")
        user = accounts.get_user(connection, login)
        if user.disabled_at is not None:
            raise UserNotFound(login)
    except UserNotFound as error:
        problem = FieldProblem(pointer=HEADER, detail="the login of a person of the console")
        raise Invalid(f"{HEADER} names nobody who could act.", [problem]) from error
    return Acting(login=user.login, sight=sight_of(user.id, user.roles, service=key.service))


OnBehalf = Annotated[Acting, Depends(_acting)]
"""The person. Raises Invalid where the header names nobody."""
