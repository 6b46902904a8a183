"""Windows in Redis: counts over time that rules read, all of a request in one round trip.

Each counter is a sorted set of members by ``sent_at``:

- ``count``: members are message ids, so that a retry counts once;
- ``distinct``: members are the distinct things, scored by when they were last seen;
- ``newcomers``: members are authors, scored by when they were first seen;
- ``reports``: members are reporters; scoring reads what report intake adds.

Exactness: equal to counting by hand (rules.windows.ExactWindows) as long as messages arrive at
most one window late and no counter holds more than ``MOST_MEMBERS`` members; beyond that the
oldest are forgotten, so a count saturates and memory stays bounded. Members that are too old are
swept out at every 64th; until then no count sees them. Keys expire by themselves.

Counters are bounded too, whatever is sent: of one service and one length at most ``MOST_COUNTERS`` live at
once. Beyond that a new one is not kept: each of its messages counts as the first, and is noted (``not_kept``).
Counters that are there go on.
A counter is written down where it begins, and again before it would expire; so those that live were all
written down in this slice of time or the one before, and two numbers say how many there are at most.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from moderation.storage.line import Line, Script
from moderation.storage.redis import Redis
from rules.windows import WindowRequest, WindowSpec

MOST_MEMBERS = 2_000
MOST_COUNTERS = 1_000_000
"""Counters of one service and one length of time that live at once: some 200 MB."""
PREFIX = "ibasho:w"
NOT_KEPT = f"{PREFIX}:not_kept"
"""How many messages began a counter that was not kept: a hash of numbers by service and seconds of keeping."""
_NOTED_FOR = 7 * 86_400
"""Seconds without a further one after which these numbers are forgotten."""

# KEYS: NOT_KEPT. ARGV: MessagePack of {most members, most counters, prefix, specs as {measure, within, keep}, and a message each
# {at, then {spec, key, member, add} …}}. Gives the values, in order, as MessagePack.
_SCRIPT = """
local most, counters, prefix, specs, messages = unpack(cmsgpack.unpack(ARGV[1]))
local values = {}

-- Lets a counter live long enough for what was added just now; false where there are too many.
local function renew(key, keep)
  local left = redis.call('TTL', key)
  if left >= keep then return true end
  local life = math.ceil(1.5 * keep)
  local slice = math.floor(tonumber(redis.call('TIME')[1]) / life)
  local made = prefix .. '#' .. keep .. ':'
  local known = redis.call('MGET', made .. slice, made .. (slice - 1))
  if (tonumber(known[1]) or 0) + (tonumber(known[2]) or 0) >= counters then
    if left >= 0 then return true end
    redis.call('HINCRBY', KEYS[1], prefix .. keep, 1)
    redis.call('EXPIRE', KEYS[1], NOTED_FOR)
    return false
  end
  redis.call('INCR', made .. slice)
  redis.call('EXPIRE', made .. slice, 2 * life)
  redis.call('EXPIRE', key, life)
  return true
end

for _, message in ipairs(messages) do
  local at = message[1]
  for i = 2, #message do
    local request = message[i]
    local spec, key = specs[request[1]], prefix .. request[2]
    local keep = spec[3]
    local value
    if request[4] then
      local newcomers = spec[1] == 'newcomers'
      if newcomers then redis.call('ZREMRANGEBYSCORE', key, '-inf', at - keep) end
      if redis.call('ZADD', key, newcomers and 'LT' or 'GT', 'CH', at, request[3]) == 1 then
        local size = redis.call('ZCARD', key)
        if size > most or size % 64 == 0 then
          redis.call('ZREMRANGEBYSCORE', key, '-inf', at - keep)
          size = redis.call('ZCARD', key)
          if size > most then redis.call('ZREMRANGEBYRANK', key, 0, size - most - 1) end
        end
        if size == 1 then value = 1 end
        if not renew(key, keep) then
          redis.call('DEL', key)
          value = 1
        end
      end
    end
    values[#values + 1] = value or redis.call('ZCOUNT', key, string.format('(%.17g', at - spec[2]), at)
  end
end
return cmsgpack.pack(values)
""".replace("NOTED_FOR", str(_NOTED_FOR))
_WINDOWS = Script(_SCRIPT)
_ENCODER = msgspec.msgpack.Encoder()
_VALUES = msgspec.msgpack.Decoder(list[int])


def window_key(service: str, request: WindowRequest) -> str:
    """The Redis key of one counter of one service."""
    return f"{PREFIX}:{service}:{request.key}"


class RedisWindows:
    """The counters of every service in one Redis."""

    def __init__(self, line: Line, *, most_counters: int = MOST_COUNTERS) -> None:
        self._line = line
        self._most = most_counters

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
        if not any(requests):
            return [{} for _ in requests]
        asked = zip(message_ids, requests, strict=True)
        given = await self._line.run(
            _WINDOWS, (NOT_KEPT,), (_packed(service, asked, self._most, count=count),)
        )
        values = iter(_VALUES.decode(given))
        return [{request.spec.id: next(values) for request in inner} for inner in requests]


def add(redis: Redis, service: str, requests: Sequence[WindowRequest]) -> None:
    """Count outside the scoring path (report intake). Raises RedisError when Redis is away."""
    if requests:
        asked = [(request.member or "", (request,)) for request in requests]
        redis.eval(_SCRIPT, 1, NOT_KEPT, _packed(service, asked, MOST_COUNTERS, count=True))


def kept_for(spec: WindowSpec) -> int:
    """Seconds that a counter's entries are kept: twice the window, so that a message up to one window late is counted right."""
    return max(2 * spec.within, spec.memory) + 1


def not_kept(redis: Redis) -> dict[tuple[str, int], int]:
    """Messages that began a counter which was not kept, by service and ``kept_for``. Raises RedisError when Redis is away."""
    return parse_not_kept(cast("dict[bytes, bytes]", redis.hgetall(NOT_KEPT)))


def parse_not_kept(found: Mapping[bytes, bytes]) -> dict[tuple[str, int], int]:
    """The hash under ``NOT_KEPT``."""
    numbers = {}
    for field, number in found.items():
        service, _, kept = field.decode().removeprefix(f"{PREFIX}:").rpartition(":")
        numbers[service, int(kept)] = int(number)
    return numbers


def _packed(
    service: str, messages: Iterable[tuple[str, Sequence[WindowRequest]]], most: int, *, count: bool
) -> bytes:
    """What the script is asked, as MessagePack: each counter's numbers once, whatever asks for it."""
    specs: dict[str, int] = {}
    numbers: list[tuple[str, int, int]] = []
    asked: list[list[Any]] = []
    for message_id, requests in messages:
        if not requests:
            continue
        row: list[Any] = [requests[0].at]
        for request in requests:
            spec = request.spec
            at = specs.get(spec.id)
            if at is None:
                numbers.append((spec.measure, spec.within, kept_for(spec)))
                at = specs[spec.id] = len(numbers)
            row.append((at, request.key, request.member or message_id, request.add and count))
        asked.append(row)
    return _ENCODER.encode((MOST_MEMBERS, most, f"{PREFIX}:{service}:", numbers, asked))
