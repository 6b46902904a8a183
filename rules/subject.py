"""Subject: what rules are asked about, one message with everything known beside it.

A value of None is not known: a condition on it is then unknown, which is neither true nor false.
Structs, since all of them are made for every message.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

import msgspec


class ViewsLike(Protocol):
    """The spellings of one text. Views that cost something are worked out when first asked for."""

    @property
    def raw(self) -> str:
        """As typed."""

    @property
    def folded(self) -> str:
        """One spelling for many."""

    @property
    def reading(self) -> str:
        """Hiragana as spoken."""

    def raw_span(self, view: str, start: int, end: int) -> tuple[int, int]:
        """Offsets into ``raw`` of a non-empty slice of a view."""

    def token_bounds(self, view: str) -> AbstractSet[int]:
        """Offsets of a view where a word begins or ends."""


class AuthorFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of the author. ``age_band`` is ``minor``, ``adult`` or ``unknown``."""

    id: str | None = None
    account_age_seconds: float | None = None
    age_band: str | None = None
    role: str | None = None
    strikes: int | None = None
    labels: frozenset[str] | None = None


class RoomFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of the room. ``category`` is the room's own, e.g. ``fps``; not a harm."""

    id: str | None = None
    game: str | None = None
    category: str | None = None
    strictness: str | None = None
    live_viewers: int | None = None
    live: bool | None = None
    live_seconds: float | None = None
    labels: frozenset[str] | None = None
    shield: bool | None = None


class TargetFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Whom the message is aimed at: ``kind`` as the classifier says, ``id`` as the service says."""

    kind: str | None = None
    id: str | None = None
    age_band: str | None = None


class Recent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An earlier message: its folded text and when it was sent."""

    folded: str
    sent_at: datetime


class Subject(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message and what is known beside it.

    Attributes:
        views: The text's spellings.
        sent_at: When it was sent; aware UTC. Windows and the time of day go by it.
        scores: Calibrated probabilities by category, 0 to 1.
        windows: Values of the rule set's windows by ``WindowSpec.id``.
        recent_author: The author's last messages in this room, newest last, without this one.
        recent_room: The room's last messages, newest last, without this one.
    """

    views: ViewsLike
    sent_at: datetime
    author: AuthorFacts = AuthorFacts()
    room: RoomFacts = RoomFacts()
    target: TargetFacts = TargetFacts()
    scores: Mapping[str, float] | None = None
    windows: Mapping[str, int] | None = None
    recent_author: Sequence[Recent] | None = None
    recent_room: Sequence[Recent] | None = None
