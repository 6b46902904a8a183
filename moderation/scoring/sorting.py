"""Sorting: which messages of some requests are new, and where each answer belongs."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from typing import NamedTuple

from moderation.errors import MessageConflict
from moderation.scoring.message import Message
from moderation.scoring.together import Asked, Result

HASH_BYTES = 16
"""A stored answer begins with the hash of the content it was given for."""
_EMPTY = blake2b(digest_size=HASH_BYTES)
"""A copy of it takes half the time of a new one, whose size has to be said by keyword."""


class Fresh(NamedTuple):
    """A message that was not answered before, with the hash of its content."""

    message: Message
    digest: bytes


class Sorted:
    """Requests with what is known of them, and the messages that are left to score."""

    def __init__(self, asked: Sequence[Asked], known: Mapping[str, bytes]) -> None:
        self.asked = asked
        fresh: dict[str, Fresh] = {}
        self._rows = [[_place(message, known, fresh) for message in one.messages] for one in asked]
        self.fresh = list(fresh.values())

    def waiting_for(self, ids: AbstractSet[str]) -> tuple[list[Asked], set[str]]:
        """The requests that cannot be answered before some messages are, and all their fresh messages' ids."""
        wanted = [{row for row in rows if isinstance(row, str)} for rows in self._rows]
        ids = set(ids)
        while True:
            touched = [names for names in wanted if names & ids]
            grown = ids.union(*touched)
            if grown == ids:
                return [one for one, names in zip(self.asked, wanted, strict=True) if names & ids], ids
            ids = grown

    def answer(self, asked: Iterable[Asked], answers: Mapping[str, bytes]) -> None:
        """Answer requests, now that each of their fresh messages has its answer."""
        chosen = set(asked)
        for one, rows in zip(self.asked, self._rows, strict=True):
            if one in chosen:
                one.answer([answers[row] if isinstance(row, str) else row for row in rows])


def _place(message: Message, known: Mapping[str, bytes], fresh: dict[str, Fresh]) -> Result | str:
    """A message's answer where there is one already; else its id, under which it stands in ``fresh``."""
    digest = _digest(message)
    given = known.get(message.id)
    if given is not None:
        return given[HASH_BYTES:] if given[:HASH_BYTES] == digest else MessageConflict(message.id)
    seen = fresh.setdefault(message.id, Fresh(message, digest))
    return message.id if seen.digest == digest else MessageConflict(message.id)


def _digest(message: Message) -> bytes:
    """What "the same content" means for a message id: text, author, room and target."""
    parts = (message.text, message.author.id, message.room.id, message.target_id or "")
    digest = _EMPTY.copy()
    digest.update("\0".join(parts).encode("utf-8", "surrogatepass"))
    return digest.digest()
