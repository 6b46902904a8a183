"""What Redis holds between messages: given answers, the rooms' last messages, the scored stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from moderation.storage.line import Line, Part, Script
from moderation.storage.rate_limit import TAKE_LUA, Bucket, Toll
from moderation.storage.redis import AWAY

STREAM = "ibasho:scored"
"""Scored messages on their way to the recorder."""
GAP = "ibasho:scored:left-out"
"""Hash: service -> messages left out of the full stream since the recorder last looked."""

_ROOM_TALK = 50
"""Messages kept a room; a case shows the last few of them."""

# KEYS: stream, gap hash, then answer key and room key per message.
# ARGV: cap, answer seconds, room seconds, room length, then per message service, answer, room line, entry.
_FINISH = Script("""
local cap, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = redis.call('XLEN', KEYS[1]) >= cap
local left_out = 0
for i = 1, (#KEYS - 2) / 2 do
  local base = 4 + (i - 1) * 4
  if ARGV[base + 2] ~= '' then redis.call('SET', KEYS[1 + 2 * i], ARGV[base + 2], 'EX', keep) end
  local room = KEYS[2 + 2 * i]
  redis.call('LPUSH', room, ARGV[base + 3])
  redis.call('LTRIM', room, 0, tonumber(ARGV[4]) - 1)
  redis.call('EXPIRE', room, tonumber(ARGV[3]))
  if full then
    redis.call('HINCRBY', KEYS[2], ARGV[base + 1], 1)
    left_out = left_out + 1
  else
    redis.call('XADD', KEYS[1], '*', 'm', ARGV[base + 4])
  end
end
return left_out
""")
# KEYS: the bucket of tokens if there is a limit, answer keys, room keys.
# ARGV: rate (0: no limit), size, cost, number of answer keys, lines of a room.
_OPEN = Script(
    TAKE_LUA
    + """
local rate, first = tonumber(ARGV[1]), 1
local left, wait = 0, 0
if rate > 0 then
  left, wait = take(KEYS[1], rate, tonumber(ARGV[2]), tonumber(ARGV[3]))
  first = 2
end
local answers, talks = {}, {}
if wait == 0 then
  local last = first + tonumber(ARGV[4]) - 1
  if last >= first then answers = redis.call('MGET', unpack(KEYS, first, last)) end
  for i = last + 1, #KEYS do talks[#talks + 1] = redis.call('LRANGE', KEYS[i], 0, ARGV[5] - 1) end
end
return {tostring(left), tostring(wait), answers, talks}
"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a request begins with.

    Attributes:
        toll: What was paid; None where nothing was asked for. Unpaid, the rest is empty.
        answers: Answers given before, in the order of the ids; None where a message is new.
        talk: The last messages of each room, newest first.
    """

    toll: Toll | None
    answers: Sequence[bytes | None]
    talk: Sequence[Sequence[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One scored message on its way out.

    Attributes:
        answer: Stored answer with its content hash; None for a partial one, which is not final.
        room_line: The message as other cases of the room will show it.
        entry: The record the archive and buckets are made from.
    """

    message_id: str
    room_id: str
    answer: bytes | None
    room_line: bytes
    entry: bytes


class LiveState:
    """Answers, room talk and stream in one Redis. Every call may raise what ``redis.AWAY`` lists."""

    def __init__(self, line: Line, *, answer_hours: int, room_hours: int, stream_cap: int) -> None:
        self._line = line
        self._answer_seconds = answer_hours * 3600
        self._room_seconds = room_hours * 3600
        self._cap = stream_cap

    async def away(self) -> str | None:
        """Why Redis does not answer; None where it does."""
        try:
            await self._line.call("PING")
        except AWAY as error:
            return str(error)
        return None

    async def stream_depth(self) -> int | None:
        """Scored messages that are not recorded yet; None when Redis is away."""
        try:
            return cast("int", await self._line.call("XLEN", STREAM))
        except AWAY:
            return None

    async def open(
        self,
        service: str,
        message_ids: Sequence[str],
        room_ids: Sequence[str],
        most: int,
        *,
        payment: tuple[Bucket, int] | None = None,
    ) -> Opened:
        """What a request begins with, in one step.

        Args:
            service: Whose messages.
            message_ids: Those that may have been answered before.
            room_ids: Those whose talk is wanted.
            most: Lines of each.
            payment: The bucket that pays, and how much.
        """
        keys: list[Part] = [_answer_key(service, message_id) for message_id in message_ids]
        keys += [_room_key(service, room_id) for room_id in room_ids]
        terms: tuple[int, int, int] = (0, 0, 0)
        if payment is not None:
            bucket, cost = payment
            keys.insert(0, bucket.redis_key)
            terms = (bucket.rate, bucket.size, cost)
        left, wait, answers, talk = await self._line.run(_OPEN, keys, (*terms, len(message_ids), most))
        toll = None if payment is None else Toll.of(payment[0], float(left), float(wait))
        return Opened(toll=toll, answers=answers, talk=talk)

    async def finish(self, service: str, messages: Sequence[Finished]) -> int:
        """Store answers, remember the talk and hand the records on, in one step.

        Returns:
            How many records were left out because the stream is at its cap.
        """
        if not messages:
            return 0
        keys: list[Part] = [STREAM, GAP]
        arguments: list[Part] = [self._cap, self._answer_seconds, self._room_seconds, _ROOM_TALK]
        for message in messages:
            keys += [_answer_key(service, message.message_id), _room_key(service, message.room_id)]
            arguments += [service, message.answer or b"", message.room_line, message.entry]
        return cast("int", await self._line.run(_FINISH, keys, arguments))


def _answer_key(service: str, message_id: str) -> str:
    return f"ibasho:a:{service}:{message_id}"


def _room_key(service: str, room_id: str) -> str:
    return f"ibasho:r:{service}:{room_id}"
