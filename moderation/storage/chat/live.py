"""What Redis holds between messages: given answers, the rooms' last messages, the scored stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from moderation.storage.chat.rate_limit import TAKE_LUA, Bucket, Toll
from moderation.storage.chat.windows import NOT_KEPT, parse_not_kept
from moderation.storage.line import Line, Part, Script
from moderation.storage.redis import AWAY

STREAM = "ibasho:scored"
"""Scored messages on their way to the recorder."""
GAP = "ibasho:scored:left-out"
"""Hash: service -> messages left out of the full stream since the recorder last looked."""

_ROOM_TALK = 50
"""Messages kept a room, and for a while some more; a case shows the last few of them."""

# KEYS: stream, gap hash, then answer key and room key per message.
# ARGV: cap, answer seconds, room seconds, room length, then per message service, answer, room line, entry.
_FINISH = Script("""
local cap, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = redis.call('XLEN', KEYS[1]) >= cap
local left_out = 0
local rooms, talks = {}, {}
for i = 1, (#KEYS - 2) / 2 do
  local base = 4 + (i - 1) * 4
  if ARGV[base + 2] ~= '' then redis.call('SET', KEYS[1 + 2 * i], ARGV[base + 2], 'EX', keep) end
  local room = KEYS[2 + 2 * i]
  local talk = talks[room]
  if not talk then
    talk = {}
    talks[room], rooms[#rooms + 1] = talk, room
  end
  talk[#talk + 1] = ARGV[base + 3]
  if full then
    redis.call('HINCRBY', KEYS[2], ARGV[base + 1], 1)
    left_out = left_out + 1
  else
    redis.call('XADD', KEYS[1], '*', 'm', ARGV[base + 4])
  end
end
for _, room in ipairs(rooms) do
  local length = redis.call('LPUSH', room, unpack(talks[room]))
  if length > 1.2 * ARGV[4] then redis.call('LTRIM', room, 0, ARGV[4] - 1) end
  redis.call('EXPIRE', room, ARGV[3])
end
return left_out
""")
# KEYS: a bucket of tokens per payment, answer keys, room keys.
# ARGV: number of answer keys, lines of a room, then per payment rate, size, cost.
# A room's lines come back as one array of MessagePack, as which each of them is kept: one text for twenty.
_OPEN = Script(
    TAKE_LUA
    + """
local tolls, answers, talks = {}, {}, {}
local first = (#ARGV - 2) / 3 + 1
for i = 1, first - 1 do
  local left, wait = take(KEYS[i], tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2]))
  tolls[i] = {tostring(left), tostring(wait)}
end
local last = first + tonumber(ARGV[1]) - 1
if last >= first then answers = redis.call('MGET', unpack(KEYS, first, last)) end
for i = last + 1, #KEYS do
  local lines = redis.call('LRANGE', KEYS[i], 0, ARGV[2] - 1)
  local head = #lines < 16 and string.char(144 + #lines) or string.char(220, math.floor(#lines / 256), #lines % 256)
  talks[#talks + 1] = head .. table.concat(lines)
end
return {tolls, answers, talks}
"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a request begins with.

    Attributes:
        tolls: What the payments came to, in their order.
        answers: Answers given before, in the order of the ids; None where a message is new.
        talk: The last messages of each room, newest first: an array of MessagePack.
    """

    tolls: Sequence[Toll]
    answers: Sequence[bytes | None]
    talk: Sequence[bytes]


class Finished(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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

    async def counters_not_kept(self) -> Mapping[tuple[str, int], int]:
        """Messages that began a window's counter which was not kept, by service and seconds of keeping; none when Redis is away."""
        try:
            found = cast("list[bytes]", await self._line.call("HGETALL", NOT_KEPT))
        except AWAY:
            return {}
        return parse_not_kept(dict(zip(found[::2], found[1::2], strict=True)))

    async def open(
        self,
        service: str,
        message_ids: Sequence[str],
        room_ids: Sequence[str],
        most: int,
        *,
        payments: Sequence[tuple[Bucket, int]] = (),
    ) -> Opened:
        """What requests begin with, in one step.

        Args:
            service: Whose messages.
            message_ids: Those that may have been answered before.
            room_ids: Those whose talk is wanted.
            most: Lines of each.
            payments: The buckets that pay, and how much.
        """
        keys: list[Part] = [bucket.redis_key for bucket, _ in payments]
        keys += [_answer_key(service, message_id) for message_id in message_ids]
        keys += [_room_key(service, room_id) for room_id in room_ids]
        arguments: list[Part] = [len(message_ids), most]
        for bucket, cost in payments:
            arguments += (bucket.rate, bucket.size, cost)
        tolls, answers, talk = await self._line.run(_OPEN, keys, arguments)
        return Opened(
            tolls=[
                Toll.of(bucket, float(left), float(wait))
                for (bucket, _), (left, wait) in zip(payments, tolls, strict=True)
            ],
            answers=answers,
            talk=talk,
        )

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
