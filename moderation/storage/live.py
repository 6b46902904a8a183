"""What Redis holds between messages: given answers, the rooms' last messages, the scored stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from moderation.storage.redis import AWAY, AsyncRedis

STREAM = "ibasho:scored"
"""Scored messages on their way to the recorder."""
GAP = "ibasho:scored:left-out"
"""Hash: service -> messages left out of the full stream since the recorder last looked."""

_ROOM_TALK = 50
"""Messages kept a room; a case shows the last few of them."""

# KEYS: stream, gap hash, then answer key and room key per message.
# ARGV: cap, answer seconds, room seconds, room length, then per message service, answer, room line, entry.
_FINISH = """
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
"""


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

    def __init__(self, redis: AsyncRedis, *, answer_hours: int, room_hours: int, stream_cap: int) -> None:
        self._redis = redis
        self._finish = redis.register_script(_FINISH)
        self._answer_seconds = answer_hours * 3600
        self._room_seconds = room_hours * 3600
        self._cap = stream_cap

    async def away(self) -> str | None:
        """Why Redis does not answer; None where it does."""
        try:
            await self._redis.ping()
        except AWAY as error:
            return str(error)
        return None

    async def stream_depth(self) -> int | None:
        """Scored messages that are not recorded yet; None when Redis is away."""
        try:
            return await self._redis.xlen(STREAM)
        except AWAY:
            return None

    async def answers(self, service: str, message_ids: Sequence[str]) -> list[bytes | None]:
        """Answers given before, in order; None where the message is new."""
        found = await self._redis.mget([_answer_key(service, message_id) for message_id in message_ids])
        return cast("list[bytes | None]", found)

    async def room_talk(self, service: str, room_ids: Sequence[str], most: int) -> list[list[bytes]]:
        """The last messages of each room, newest first."""
        pipe = self._redis.pipeline(transaction=False)
        for room_id in room_ids:
            pipe.lrange(_room_key(service, room_id), 0, most - 1)
        return cast("list[list[bytes]]", await pipe.execute())

    async def finish(self, service: str, messages: Sequence[Finished]) -> int:
        """Store answers, remember the talk and hand the records on, in one step.

        Returns:
            How many records were left out because the stream is at its cap.
        """
        if not messages:
            return 0
        keys = [STREAM, GAP]
        arguments: list[Any] = [self._cap, self._answer_seconds, self._room_seconds, _ROOM_TALK]
        for message in messages:
            keys += [_answer_key(service, message.message_id), _room_key(service, message.room_id)]
            arguments += [service, message.answer or b"", message.room_line, message.entry]
        return int(cast("int", await self._finish(keys=keys, args=arguments)))


def _answer_key(service: str, message_id: str) -> str:
    return f"ibasho:a:{service}:{message_id}"


def _room_key(service: str, room_id: str) -> str:
    return f"ibasho:r:{service}:{room_id}"
