"""Windows in Redis: counts over time that rules read, those of a request, or of a batch's next messages, in one step.

Each counter is a set of members with a ``sent_at`` each (``windows_script`` says how Redis keeps it):

- ``count``: members are message ids, so that a retry counts once;
- ``distinct``: members are the distinct things, scored by when they were last seen;
- ``newcomers``: members are authors, scored by when they were first seen;
- ``reports``: members are reporters; scoring reads what report intake adds.

Exactness: equal to counting by hand (rules.windows.ExactWindows) as long as messages arrive at
most one window late and no counter holds more than ``MOST_MEMBERS`` members; beyond that the
oldest are forgotten, so a count saturates and memory stays bounded. Members that are too old are
swept out now and then; until then no count sees them. Keys expire by themselves.

Counters are bounded too, whatever is sent: of one service and one length at most ``MOST_COUNTERS`` live at
once. Beyond that a new one is not kept: each of its messages counts as the first, and is noted (``not_kept``).
Counters that are there go on.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from moderation.storage.chat.windows_script import WINDOWS
from moderation.storage.line import Line
from moderation.storage.redis import Redis
from rules.windows import WindowRequest, WindowSpec

MOST_MEMBERS = 2_000
MOST_COUNTERS = 1_000_000
"""Counters of one service and one length of time that live at once: some 110 MB of small ones."""
PREFIX = "ibasho:w"
NOT_KEPT = f"{PREFIX}:not_kept"
"""How many messages began a counter that was not kept: a hash of numbers by service and seconds of keeping."""
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
            WINDOWS, (NOT_KEPT,), (_packed(service, asked, self._most, count=count),)
        )
        values = iter(_VALUES.decode(given))
        return [{request.spec.id: next(values) for request in inner} for inner in requests]


def add(redis: Redis, service: str, requests: Sequence[WindowRequest]) -> None:
    """Count outside the scoring path (report intake). Raises RedisError when Redis is away."""
    if requests:
        asked = [(request.member or "", (request,)) for request in requests]
        redis.eval(WINDOWS.source, 1, NOT_KEPT, _packed(service, asked, MOST_COUNTERS, count=True))


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
