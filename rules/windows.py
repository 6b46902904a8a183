"""Windows: the counters over time that a rule set needs, and a slow exact way to keep them.

Counting goes by ``sent_at``: the value at time t is over what was sent in (t - within, t]. The message
itself is counted before it is read. Where values are kept is the caller's affair (Redis in moderation/storage).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Protocol

import msgspec

from rules.vocabulary import KeyPart, Measure, Member

MEMORY = 86_400
"""Seconds for which a newcomer's first message is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSpec:
    """One counter.

    Attributes:
        id: Hash of everything that decides what is counted; equal counters of two rules are one.
        measure: ``count`` messages; ``distinct`` members; ``newcomers``: members whose first message
            under the key (remembered for ``memory``) lies in the window; ``reports``: different reporters.
        member: What is told apart, for distinct and newcomers.
        by: Parts of the key.
        within: Length in seconds.
        memory: Seconds that entries have to be kept, at least ``within``.
    """

    id: str
    measure: Measure
    member: Member | None
    by: tuple[KeyPart, ...]
    within: int
    memory: int


class WindowRequest(msgspec.Struct, frozen=True, gc=False):
    """Read one counter for one message, after adding the message to it if ``add``.

    A struct, since several are made for every message: that costs a tenth of a dataclass.

    Attributes:
        spec: The counter.
        key: Short and of bounded length, whatever the ids are.
        member: For distinct, newcomers and reports; bounded likewise.
        at: ``sent_at`` in Unix seconds.
        add: Whether the message counts.
    """

    spec: WindowSpec
    key: str
    member: str | None
    at: float
    add: bool


class Windows(Protocol):
    """Whoever keeps the counters."""

    def run(self, requests: Sequence[Sequence[WindowRequest]]) -> list[dict[str, int]]:
        """Values by ``WindowSpec.id`` for each message, messages in order, in one round trip."""


_EMPTY: Final = blake2b(digest_size=8)
"""A copy of it takes half the time of a new one, whose size has to be said by keyword."""


def short(name: str) -> str:
    """16 hex digits for a name of any length and content.

    Not remembered: of a large service's authors few come again soon, and then a cache costs more than this does.
    """
    digest = _EMPTY.copy()
    digest.update(name.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def report_requests(
    specs: Iterable[WindowSpec], *, author: str | None, room: str | None, reporter: str, at: float
) -> tuple[WindowRequest, ...]:
    """What a report adds to the windows over reports; ``at`` is its time in Unix seconds."""
    about = {"author": author, "room": room}
    return tuple(
        WindowRequest(spec=spec, key=f"{spec.id}:{short(name)}", member=short(reporter), at=at, add=True)
        for spec in specs
        if spec.measure == "reports" and (name := about.get(spec.by[0])) is not None
    )


class ExactWindows:
    """Counters in memory that keep every entry: exact and slow, for tests and for single commands.

    Entries never leave, so that messages may come in any order.
    """

    def __init__(self) -> None:
        self._entries: defaultdict[str, list[tuple[float, str | None]]] = defaultdict(list)

    def run(self, requests: Sequence[Sequence[WindowRequest]]) -> list[dict[str, int]]:
        """Values for each message, in order."""
        return [{request.spec.id: self._one(request) for request in message} for message in requests]

    def _one(self, request: WindowRequest) -> int:
        entries = self._entries[request.key]
        if request.add:
            entries.append((request.at, request.member))
        spec, now = request.spec, request.at
        if spec.measure == "count":
            return sum(now - spec.within < at <= now for at, _ in entries)
        if spec.measure == "newcomers":
            first: dict[str | None, float] = {}
            for at, member in entries:
                if now - spec.memory < at <= now:
                    first[member] = min(at, first.get(member, at))
            return sum(at > now - spec.within for at in first.values())
        return len({member for at, member in entries if now - spec.within < at <= now})
