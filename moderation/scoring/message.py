"""Message: one chat message with what the service knows of its author and room.

Structs of msgspec and no dataclasses: three of them are made for every message that is scored.
"""

from datetime import datetime, timedelta

import msgspec

from moderation.taxonomy import AgeBand, AuthorRole, Strictness

OLDEST = timedelta(hours=48)
"""A ``sent_at`` further back than this is not believed; arrival time is used instead."""
NEWEST = timedelta(minutes=5)
"""How far ahead of our clock a ``sent_at`` may run."""


class Author(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who wrote it, as the service knows them."""

    id: str
    name: str | None = None
    created_at: datetime | None = None
    age_band: AgeBand = AgeBand.UNKNOWN
    role: AuthorRole = AuthorRole.VIEWER


class Room(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The stream it was written in. ``category`` is the room's own, e.g. ``fps``; not a harm."""

    id: str
    game: str | None = None
    category: str | None = None
    title: str | None = None
    strictness: Strictness = Strictness.NORMAL
    live_viewers: int | None = None
    streamer_id: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One chat message.

    Attributes:
        service: Id of the streaming service (of the API key).
        id: The service's id of the message; unique in the service.
        text: As typed, any code points.
        sent_at: When it was sent, as the service says; aware UTC.
        received_at: When we got it; aware UTC.
        counted_at: The time windows and buckets use: ``sent_at`` where it can be believed,
            else ``received_at``.
        target_id: The author it is addressed to, where the service knows (a reply, a mention).
        target_age_band: What the service knows of that author's age.
    """

    service: str
    id: str
    text: str
    author: Author
    room: Room
    sent_at: datetime
    received_at: datetime
    counted_at: datetime
    target_id: str | None = None
    target_age_band: AgeBand = AgeBand.UNKNOWN

    @property
    def clock(self) -> str:
        """``sent`` where the service's time is used, ``arrival`` where it was not believed."""
        return "sent" if self.counted_at == self.sent_at else "arrival"


def counted_at(sent_at: datetime, received_at: datetime, *, replay: bool = False) -> datetime:
    """The time a message is counted at.

    Args:
        sent_at: The service's word.
        received_at: Our clock.
        replay: The sender may bring in old messages (admin scope): ``sent_at`` is believed.
    """
    if replay or received_at - OLDEST <= sent_at <= received_at + NEWEST:
        return sent_at
    return received_at
