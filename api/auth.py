"""Who calls: API keys with scopes, and the mistakes that are told apart."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api.toll import charge
from moderation.errors import BadCredentials, MissingScope
from moderation.storage.accounts import accounts
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.database import Database
from moderation.taxonomy import Scope

KEY_PREFIX = "ibasho_"
CACHE_SECONDS = 5.0
"""A revoked key stops working in every process at the latest after this."""
_CACHE_SIZE = 10_000
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


def new_secret() -> str:
    """A key to hand out once: 256 random bits."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


class KeyRing:
    """Keys of this process, looked up once in a while; the scoring path asks it every time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[float, ApiKey | None]] = {}

    async def find(self, secret: str) -> ApiKey | None:
        """The usable key of a secret, or None."""
        known = self._known.get(secret)
        if known is None or known[0] < monotonic():
            if len(self._known) >= _CACHE_SIZE:
                self._known.clear()
            known = (monotonic() + CACHE_SECONDS, await run_in_threadpool(self._look_up, secret))
            self._known[secret] = known
        key = known[1]
        return key if key is not None and key.usable(datetime.now(UTC)) else None

    def _look_up(self, secret: str) -> ApiKey | None:
        with self._database.read() as connection:
            key = accounts.find_key(connection, secret)
        now = datetime.now(UTC)
        if key is not None and (key.last_used_at is None or now - key.last_used_at >= _USE_IS_NOTED_EVERY):
            with self._database.write() as unit:
                accounts.touch_keys(unit.connection, [key.id], now=now)
        return key


def require_scope(scope: Scope, *, cost: int = 1) -> Callable[[Request], Awaitable[ApiKey]]:
    """A dependency: the caller's key, which has a scope and pays for the request.

    Keys with ``admin`` may do everything. A route that knows better what a request costs asks for
    ``cost=0`` and charges by itself.
    """

    async def caller(request: Request) -> ApiKey:
        """The caller's key.

        Raises:
            BadCredentials: No key, an unknown or an ended one.
            MissingScope: The key may not do this.
            RateLimited: The key has to wait.
        """
        key = await find_caller(request)
        if scope not in key.scopes and Scope.ADMIN not in key.scopes:
            raise MissingScope(scope.value)
        if cost:
            await charge(request, key, cost)
        return key

    return caller


async def find_caller(request: Request) -> ApiKey:
    """The key a request came with. Raises BadCredentials."""
    authorization = request.headers.get("authorization", "")
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        secret = request.headers.get("x-api-key", "")
    if not secret.strip():
        raise BadCredentials(
            "No API key; send `Authorization: Bearer …` (make one with `ibasho keys create`)."
        )
    ring: KeyRing = request.app.state.keys
    key = await ring.find(secret.strip())
    if key is None:
        raise BadCredentials("This API key is unknown, revoked or expired.")
    return key


__all__ = ["KeyRing", "find_caller", "new_secret", "require_scope"]
