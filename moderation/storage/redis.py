"""Connections to Redis, and the errors that mean it is away."""

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from moderation.errors import Misconfigured
from moderation.storage.line import SECONDS_TO_ANSWER, Line

AWAY = (RedisConnectionError, RedisTimeoutError, ResponseError, OSError)
"""What a call raises when Redis is away, loading, out of memory or read-only."""

__all__ = ["AWAY", "Line", "Redis", "RedisError", "connect", "connect_async"]


def connect_async(url: str) -> Line:
    """The line of the scoring path; connects at first use."""
    try:
        return Line(url)
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
