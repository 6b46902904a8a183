"""Windows in Redis: counts over time that rules read, all of a request in one round trip.

Each counter is a sorted set of members by ``sent_at``:

- ``count``: members are message ids, so that a retry counts once;
- ``distinct``: members are the distinct things, scored by when they were last seen;
- ``newcomers``: members are authors, scored by when they were first seen;
- ``reports``: members are reporters; scoring reads what report intake adds.

Exactness: equal to counting by hand (rules.windows.ExactWindows) as long as messages arrive at
most one window late and no counter holds more than ``MOST_MEMBERS`` members; beyond that the
oldest are forgotten, so a count saturates and memory stays bounded. Keys expire by themselves.
"""

from collections.abc import Sequence
from typing import cast

from moderation.storage.redis import AsyncRedis, Redis
from rules.windows import WindowRequest

MOST_MEMBERS = 2_000
PREFIX = "ibasho:w"

# KEYS: one per request; ARGV: limit, then per request measure, member, at, within, keep, add.
_SCRIPT = """
local most = tonumber(ARGV[1])
local values = {}
for i, key in ipairs(KEYS) do
  local base = (i - 1) * 6 + 1
  local measure, member = ARGV[base + 1], ARGV[base + 2]
  local at, within, keep = tonumber(ARGV[base + 3]), tonumber(ARGV[base + 4]), tonumber(ARGV[base + 5])
  if ARGV[base + 6] == '1' then
    if measure == 'newcomers' then
      redis.call('ZADD', key, 'LT', at, member)
    else
      redis.call('ZADD', key, 'GT', at, member)
    end
    redis.call('ZREMRANGEBYSCORE', key, '-inf', at - keep)
    local size = redis.call('ZCARD', key)
    if size > most then redis.call('ZREMRANGEBYRANK', key, 0, size - most - 1) end
    redis.call('EXPIRE', key, math.ceil(keep))
  end
  values[i] = redis.call('ZCOUNT', key, '(' .. (at - within), at)
end
return values
"""


def window_key(service: str, request: WindowRequest) -> str:
    """The Redis key of one counter of one service."""
    return f"{PREFIX}:{service}:{request.key}"


class RedisWindows:
    """The counters of every service in one Redis."""

    def __init__(self, redis: AsyncRedis) -> None:
        self._script = redis.register_script(_SCRIPT)

    async def run(
        self,
        service: str,
        message_ids: Sequence[str],
        requests: Sequence[Sequence[WindowRequest]],
        *,
        count: bool = True,
    ) -> list[dict[str, int]]:
        """Add and read, in order; one dict of values by window id for each message.

        Args:
            service: Counters of different services never meet.
            message_ids: The messages; one that is sent again is not counted again.
            requests: One inner sequence a message.
            count: False only reads (a dry run).

        Raises:
            redis.exceptions.RedisError: Redis is away; nothing is known then.
        """
        flat = [
            (request, request.member or message_id)
            for message_id, inner in zip(message_ids, requests, strict=True)
            for request in inner
        ]
        if not flat:
            return [{} for _ in requests]
        keys = [window_key(service, request) for request, _ in flat]
        values = iter(cast("list[int]", await self._script(keys=keys, args=_arguments(flat, count=count))))
        return [{request.spec.id: next(values) for request in inner} for inner in requests]


def add(redis: Redis, service: str, requests: Sequence[WindowRequest]) -> None:
    """Count outside the scoring path (report intake). Raises RedisError when Redis is away."""
    if requests:
        keys = [window_key(service, request) for request in requests]
        members = [(request, request.member or "") for request in requests]
        redis.register_script(_SCRIPT)(keys=keys, args=_arguments(members, count=True))


def _arguments(requests: Sequence[tuple[WindowRequest, str]], *, count: bool) -> list[str | float | int]:
    arguments: list[str | float | int] = [MOST_MEMBERS]
    for request, member in requests:
        # Twice the window is kept, so that a message up to one window late is counted right.
        keep = max(2 * request.spec.within, request.spec.memory) + 1
        adds = int(request.add and count)
        arguments += [request.spec.measure, member, repr(request.at), request.spec.within, keep, adds]
    return arguments
