"""The scored stream as its recorders read it: a consumer group, and a place for what cannot be read."""

from collections.abc import Sequence
from typing import Any

from moderation.storage.chat.consumer_group import ConsumerGroup, Entry
from moderation.storage.chat.live import GAP, STREAM
from moderation.storage.redis import Redis

GROUP = "recorder"
DEAD = "ibasho:scored:dead"
"""Entries that could not be recorded, with the reason; kept for a person to look at."""
_FLUSHING = f"{GAP}:flushing"


class ScoredStream(ConsumerGroup):
    """One recorder's view of the stream. Only what is done leaves it, so that nothing is lost however a recorder dies."""

    def __init__(self, redis: Redis, *, consumer: str) -> None:
        super().__init__(redis, stream=STREAM, group=GROUP, consumer=consumer, field="m")

    def done(self, ids: Sequence[bytes]) -> None:
        """These are safe in the archive: they leave the stream."""
        if ids:
            pipe = self.redis.pipeline(transaction=True)
            pipe.xack(STREAM, GROUP, *ids)
            pipe.xdel(STREAM, *ids)
            pipe.execute()

    def bury(self, entry: Entry, why: str) -> None:
        """Put an entry aside, so that it does not hold up the others."""
        pipe = self.redis.pipeline(transaction=True)
        pipe.xadd(DEAD, {"m": entry.data or b"", "id": entry.id, "why": why})
        pipe.xack(STREAM, GROUP, entry.id)
        pipe.xdel(STREAM, entry.id)
        pipe.execute()


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
