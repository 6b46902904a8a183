"""Chat that a backend puts into a Redis stream of its own, and the verdicts that go back the same way."""

from collections.abc import Sequence

from redis.exceptions import ResponseError

from moderation.storage.chat.consumer_group import ConsumerGroup, Entry
from moderation.storage.redis import Redis

VERDICT = "verdict"
"""Field of an entry of the stream of verdicts; ``of`` beside it is the id of the chat's entry."""


class ChatStream(ConsumerGroup):
    """One reader of the chat. The stream is the backend's: nothing is taken out of it here."""

    def __init__(
        self, redis: Redis, *, stream: str, group: str, consumer: str, field: str, to: str | None, most: int
    ) -> None:
        """``to`` is the stream of verdicts, kept at about ``most`` entries; None where they go elsewhere."""
        super().__init__(redis, stream=stream, group=group, consumer=consumer, field=field)
        self._to = to
        self._most = most

    def done(self, entries: Sequence[Entry], rows: Sequence[bytes]) -> None:
        """Hand out the verdicts and mark their entries as done, both or neither."""
        if not entries:
            return
        pipe = self.redis.pipeline(transaction=True)
        if self._to is not None:
            for entry, row in zip(entries, rows, strict=True):
                pipe.xadd(self._to, {"of": entry.id, VERDICT: row}, maxlen=self._most, approximate=True)
        pipe.xack(self.stream, self.group, *[entry.id for entry in entries])
        pipe.execute()

    def waiting(self) -> int:
        """Entries that nobody has finished yet: read and not done, and not read at all (where Redis knows)."""
        try:
            groups = self.redis.xinfo_groups(self.stream)
        except ResponseError:  # no such stream
            return 0
        own = next((one for one in groups if one["name"] == self.group.encode()), None)
        return 0 if own is None else own["pending"] + (own.get("lag") or 0)
