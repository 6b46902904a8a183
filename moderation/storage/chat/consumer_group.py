"""A consumer group on a Redis stream: entries belong to who read them until they are done."""

from typing import Any, NamedTuple

from redis.exceptions import ResponseError

from moderation.storage.redis import Redis

_FORGET_CONSUMER_MS = 3_600_000


class Entry(NamedTuple):
    """One entry of a stream; ``data`` is None where it lacks the field that is read."""

    id: bytes
    data: bytes | None


class ConsumerGroup:
    """One consumer's view of a stream. Every call may raise what ``redis.AWAY`` lists."""

    def __init__(self, redis: Redis, *, stream: str, group: str, consumer: str, field: str) -> None:
        self.redis = redis
        self.stream = stream
        self.group = group
        self._consumer = consumer
        self._field = field.encode()

    def prepare(self) -> None:
        """Make stream and group where they are missing; what waits already is read too."""
        try:
            self.redis.xgroup_create(self.stream, self.group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    def read(self, most: int, *, wait_ms: int) -> list[Entry]:
        """The next entries that nobody has read yet; waits for the first one."""
        answer: Any = self.redis.xreadgroup(
            self.group, self._consumer, {self.stream: ">"}, count=most, block=wait_ms
        )
        if not answer:
            return []
        streams = answer.values() if isinstance(answer, dict) else [pair[1] for pair in answer]
        return [self._entry(item) for batch in streams for item in _flat(batch)]

    def claim_dead(self, most: int, *, idle_ms: int) -> list[Entry]:
        """Take over entries that were read long ago and are still not done: their reader died."""
        answer: Any = self.redis.xautoclaim(
            self.stream, self.group, self._consumer, min_idle_time=idle_ms, count=most
        )
        return [self._entry(item) for item in answer[1]]

    def forget_consumers(self) -> None:
        """Remove names of consumers that are long gone and left nothing."""
        consumers: Any = self.redis.xinfo_consumers(self.stream, self.group)
        for one in consumers:
            if one["pending"] == 0 and one["idle"] > _FORGET_CONSUMER_MS:
                self.redis.xgroup_delconsumer(self.stream, self.group, one["name"])

    def leave(self) -> None:
        """Take this consumer's name out of the group, unless it still holds entries."""
        consumers: Any = self.redis.xinfo_consumers(self.stream, self.group)
        for one in consumers:
            if one["name"] == self._consumer.encode() and one["pending"] == 0:
                self.redis.xgroup_delconsumer(self.stream, self.group, self._consumer)

    def _entry(self, item: Any) -> Entry:
        entry_id, fields = item
        return Entry(entry_id, None if fields is None else fields.get(self._field))


def _flat(batch: Any) -> list[Any]:
    """RESP3 wraps a stream's entries in one list more than RESP2."""
    return batch[0] if batch and isinstance(batch[0], list) and isinstance(batch[0][0], tuple) else batch
