"""What goes over the wire, as the client's callers see it."""

from datetime import datetime
from typing import Any

import msgspec

from api.score_document import RefusedMessage
from api.wire import AuthorIn as Author
from api.wire import MessageIn as Message
from api.wire import RoomIn as Room
from moderation.scoring.answer import ScoreAnswer

Refused = RefusedMessage


class Taken(msgspec.Struct, frozen=True):
    """What became of a report or an inquiry."""

    id: str
    status: str
    case_id: str | None


class EventsTaken(msgspec.Struct, frozen=True):
    """How many events were new."""

    accepted: int
    known: int


class HeldMessage(msgspec.Struct, frozen=True):
    """A message that was held back."""

    id: str
    case_id: str
    author_id: str
    author_name: str | None
    room_id: str
    text: str
    severity: str
    category_scores: dict[str, float]
    sent_at: datetime
    held_at: datetime
    expires_at: datetime
    state: str
    settled_at: datetime | None
    settled_by: str | None


class HeldPage(msgspec.Struct, frozen=True):
    """Some held messages, and where the next ones begin."""

    messages: list[HeldMessage]
    next_cursor: str | None


class FeedbackKept(msgspec.Struct, frozen=True):
    """A correction is kept."""

    id: str
    status: str


class Event(msgspec.Struct, frozen=True):
    """One webhook: what happened, when, and to what."""

    type: str
    timestamp: datetime
    data: dict[str, Any]


__all__ = [
    "Author",
    "Event",
    "EventsTaken",
    "FeedbackKept",
    "HeldMessage",
    "HeldPage",
    "Message",
    "Refused",
    "Room",
    "ScoreAnswer",
    "Taken",
]
