"""The scored stream as its recorders read it: a consumer group, and a place for what cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from moderation.storage.live import GAP, STREAM
from moderation.storage.redis import Redis

GROUP = "recorder"
DEAD = "ibasho:scored:dead"
"""Entries that could not be recorded, with the reason; kept for a person to look at."""
_FLUSHING = f"{GAP}:flushing"
_FORGET_CONSUMER_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the stream; ``data`` is None where it does not have our shape."""

    id: bytes
    data: bytes | None


class ScoredStream:
    """One recorder's view of the stream. Every call may raise what ``redis.AWAY`` lists.

    An entry belongs to the consumer that read it until it is done. Only what is done leaves the
    stream, so that nothing is lost however a recorder dies.
    """

    def __init__(self, redis: Redis, *, consumer: str) -> None:
        self._redis = redis
        self._consumer = consumer

    def prepare(self) -> None:
        """Make stream and group where they are missing; what waits already is read too."""
        try:
            self._redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def read(self, most: int, *, wait_ms: int) -> list[Entry]:
        """The next entries that nobody has read yet; waits for the first one."""
        answer: Any = self._redis.xreadgroup(GROUP, self._consumer, {STREAM: ">"}, count=most, block=wait_ms)
        if not answer:
            return []
        streams = answer.values() if isinstance(answer, dict) else [pair[1] for pair in answer]
        return [_entry(item) for batch in streams for item in _flat(batch)]

    def claim_dead(self, most: int, *, idle_ms: int) -> list[Entry]:
        """Take over entries that were read long ago and are still not done: their reader died."""
        answer: Any = self._redis.xautoclaim(STREAM, GROUP, self._consumer, min_idle_time=idle_ms, count=most)
        return [_entry(item) for item in answer[1]]

    def done(self, ids: Sequence[bytes]) -> None:
        """These are safe in the archive: they leave the stream."""
        if ids:
            pipe = self._redis.pipeline(transaction=True)
            pipe.xack(STREAM, GROUP, *ids)
            pipe.xdel(STREAM, *ids)
            pipe.execute()

    def bury(self, entry: Entry, why: str) -> None:
        """Put an entry aside, so that it does not hold up the others."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.xadd(DEAD, {"m": entry.data or b"", "id": entry.id, "why": why})
        pipe.xack(STREAM, GROUP, entry.id)
        pipe.xdel(STREAM, entry.id)
        pipe.execute()

    def forget_consumers(self) -> None:
        """Remove names of recorders that are long gone and left nothing."""
        consumers: Any = self._redis.xinfo_consumers(STREAM, GROUP)
        for one in consumers:
            if one["pending"] == 0 and one["idle"] > _FORGET_CONSUMER_MS:
                self._redis.xgroup_delconsumer(STREAM, GROUP, one["name"])

    def leave(self) -> None:
        """Take this consumer's name out of the group, unless it still holds entries."""
        consumers: Any = self._redis.xinfo_consumers(STREAM, GROUP)
        for one in consumers:
            if one["name"] == self._consumer.encode() and one["pending"] == 0:
                self._redis.xgroup_delconsumer(STREAM, GROUP, self._consumer)


def waiting(redis: Redis) -> int:
    """How many scored messages are not recorded yet."""
    return redis.xlen(STREAM)


def take_left_out(redis: Redis) -> dict[str, int]:
    """Messages left out of a full stream since the last time, by service.

    They stay set aside until ``settle_left_out``: whoever dies in between is asked again.
    """
    if not redis.exists(_FLUSHING):
        if not redis.exists(GAP):
            return {}
        redis.rename(GAP, _FLUSHING)
    found: Any = redis.hgetall(_FLUSHING)
    return {name.decode(): int(count) for name, count in found.items()}


def settle_left_out(redis: Redis) -> None:
    """What was taken stands in the database now."""
    redis.delete(_FLUSHING)


def _flat(batch: Any) -> list[Any]:
    """RESP3 wraps a stream's entries in one list more than RESP2."""
    return batch[0] if batch and isinstance(batch[0], list) and isinstance(batch[0][0], tuple) else batch


def _entry(item: Any) -> Entry:
    entry_id, fields = item
    return Entry(entry_id, None if fields is None else fields.get(b"m"))
