"""Rate limits in Redis: one bucket of tokens a key, shared by every process.

A bucket fills at ``rate`` tokens a second up to ``size``. What costs more than a bucket holds is
let through by a full one: a limit slows callers down, it never makes a request impossible.
"""

from dataclasses import dataclass
from math import ceil

from moderation.storage.line import Line, Script

PREFIX = "ibasho:t"

TAKE_LUA = """
local function take(key, rate, size, cost)
  local clock = redis.call('TIME')
  local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
  local held = redis.call('HMGET', key, 'tokens', 'at')
  local tokens = math.min(size, (tonumber(held[1]) or size) + math.max(0, now - (tonumber(held[2]) or now)) * rate)
  local needed = math.min(cost, size)
  local short = needed - tokens
  if short <= 0 then
    tokens = tokens - needed
    redis.call('HSET', key, 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
    redis.call('EXPIRE', key, math.ceil(size / rate) + 1)
  end
  return tokens, math.max(0, short) / rate
end
"""
"""Lua: takes ``cost`` tokens if they are there; gives the tokens left and the seconds to wait."""
_TAKE = Script(
    TAKE_LUA
    + "local left, wait = take(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]))\n"
    + "return {tostring(left), tostring(wait)}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Whose tokens, and how they come: ``rate`` a second, at most ``size``."""

    key_id: str
    rate: int
    size: int

    @property
    def redis_key(self) -> str:
        """Where it stands in Redis."""
        return f"{PREFIX}:{self.key_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """What asking for tokens came to.

    Attributes:
        limit: Tokens the bucket holds.
        remaining: Tokens left.
        reset: Seconds until it is full again, rounded up.
        retry_after: Seconds to wait, rounded up, if the tokens were not there; 0 if they were.
    """

    limit: int
    remaining: int
    reset: int
    retry_after: int

    @classmethod
    def of(cls, bucket: Bucket, tokens: float, wait: float) -> "Toll":
        """What the script said."""
        return cls(
            limit=bucket.size,
            remaining=int(tokens),
            reset=ceil((bucket.size - tokens) / bucket.rate),
            retry_after=ceil(wait),
        )


class RateLimits:
    """The buckets of every key in one Redis."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def take(self, bucket: Bucket, cost: int) -> Toll:
        """Take tokens if they are there. Raises what ``redis.AWAY`` lists."""
        left, wait = await self._line.run(_TAKE, [bucket.redis_key], [bucket.rate, bucket.size, cost])
        return Toll.of(bucket, float(left), float(wait))
