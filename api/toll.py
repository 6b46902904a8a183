"""What a request costs its key: tokens of a bucket in Redis, and the headers that tell of them."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import Request

from api.deps import get_parts
from moderation.errors import RateLimited
from moderation.scoring.terms import Payment
from moderation.settings import Settings
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.chat.rate_limit import Bucket, Toll
from moderation.storage.redis import AWAY

log = structlog.get_logger(__name__)


def bucket_of(key: ApiKey, settings: Settings) -> Bucket | None:
    """A key's bucket; None where it has no limit."""
    rate = settings.rate_limit if key.rate_limit is None else key.rate_limit
    if rate == 0:
        return None
    return Bucket(key_id=key.id, rate=rate, size=rate * settings.rate_burst_seconds)


async def charge(request: Request, key: ApiKey, cost: int) -> None:
    """Take a key's tokens. With Redis away there is no limit: chat matters more.

    Raises:
        RateLimited: They are not there now.
    """
    pays = payment(request, key, cost)
    if pays is None:
        return
    try:
        toll = await get_parts(request).limits.take(pays.bucket, cost)
    except AWAY as error:
        log.warning("redis.away", step="rate_limit", why=str(error))
    else:
        pays.settle(toll)


def payment(request: Request, key: ApiKey, cost: int) -> Payment | None:
    """What a key pays for a request; None where it has no limit."""
    parts = get_parts(request)
    bucket = bucket_of(key, parts.settings)

    def settle(toll: Toll) -> None:
        request.state.toll = toll
        if toll.retry_after:
            parts.metrics.limited()
            raise RateLimited(toll.retry_after)

    return None if bucket is None else Payment(bucket=bucket, cost=cost, settle=settle)


def toll_headers(state: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """``RateLimit-*``, and ``Retry-After`` where a request was refused, as ASGI wants headers."""
    toll: Toll | None = state.get("toll")
    if toll is None:
        return []
    headers = [
        (b"ratelimit-limit", b"%d" % toll.limit),
        (b"ratelimit-remaining", b"%d" % toll.remaining),
        (b"ratelimit-reset", b"%d" % toll.reset),
    ]
    if toll.retry_after:
        headers.append((b"retry-after", b"%d" % toll.retry_after))
    return headers
