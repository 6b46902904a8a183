"""Connections to Redis, and the errors that mean it is away."""

from redis import Redis
from redis import asyncio as redis_asyncio
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from moderation.errors import Misconfigured

AWAY = (RedisConnectionError, RedisTimeoutError, ResponseError, OSError)
"""What a call raises when Redis is away, loading, out of memory or read-only."""

SECONDS_TO_ANSWER = 2.0
"""A call on the scoring path gives up after this; the verdict then says ``degraded``."""

AsyncRedis = redis_asyncio.Redis
__all__ = ["AWAY", "AsyncRedis", "Redis", "RedisError", "connect", "connect_async"]


def connect_async(url: str) -> AsyncRedis:
    """A pooled asyncio connection for the scoring path; connects at first use."""
    try:
        return AsyncRedis.from_url(
            url,
            socket_timeout=SECONDS_TO_ANSWER,
            socket_connect_timeout=SECONDS_TO_ANSWER,
            retry=_retry(),
        )
    except ValueError as error:
        raise _unusable(url, error) from error


def connect(url: str) -> Redis:
    """A pooled blocking connection for workers; connects at first use."""
    try:
        return Redis.from_url(url, socket_connect_timeout=SECONDS_TO_ANSWER, retry=_retry())
    except ValueError as error:
        raise _unusable(url, error) from error


def _retry() -> Retry:
    """One more try for a connection that went stale; more would only keep the caller waiting."""
    return Retry(ExponentialBackoff(cap=0.05, base=0.01), 1)


def _unusable(url: str, error: ValueError) -> Misconfigured:
    return Misconfigured(f"IBASHO_REDIS_URL: {url!r} cannot be used ({error}); try redis://127.0.0.1:6379/0.")
