"""Domain objects for tests: each test states only what matters to it."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from moderation.scoring.message import Author, Message, Room

NOON = datetime(2026, 8, 20, 3, tzinfo=UTC)
"""Noon in Japan of a Thursday."""

_numbers = count(1)


def message(text: str = "こんにちは", **given: Any) -> Message:
    """A chat message sent at NOON; ``author`` and ``room`` may be ids."""
    author, room = given.pop("author", "u-1"), given.pop("room", "r-1")
    sent_at = given.pop("sent_at", NOON)
    fields: dict[str, Any] = {
        "service": "test",
        "id": f"m-{next(_numbers)}",
        "text": text,
        "author": Author(id=author) if isinstance(author, str) else author,
        "room": Room(id=room) if isinstance(room, str) else room,
        "sent_at": sent_at,
        "received_at": sent_at,
        "counted_at": sent_at,
    }
    return Message(**(fields | given))


def body(text: str = "こんにちは", **given: Any) -> dict[str, Any]:
    """A message as it goes over the wire to POST /v1/score."""
    fields: dict[str, Any] = {
        "id": f"m-{next(_numbers)}",
        "text": text,
        "author": {"id": "u-1"},
        "room": {"id": "r-1"},
    }
    return fields | given
