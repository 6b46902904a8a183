"""Talk: what was said in a room before a message; rules and cases read it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from moderation.scoring.message import Message


class RoomLine(msgspec.Struct, frozen=True, array_like=True):
    """One message as the room saw it."""

    message_id: str
    author_id: str
    author_name: str | None
    text: str
    sent_at: datetime


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(RoomLine)


def line_of(message: Message) -> RoomLine:
    """A message as others of its room will see it; what cannot be encoded becomes ``?``."""
    return RoomLine(
        message_id=message.id,
        author_id=message.author.id,
        author_name=message.author.name,
        text=message.text.encode("utf-8", "replace").decode("utf-8"),
        sent_at=message.counted_at,
    )


def encode_line(message: Message) -> bytes:
    """A message as the room's talk in Redis keeps it (MessagePack)."""
    return _ENCODER.encode(line_of(message))


def talk_before(
    messages: Sequence[Message], kept: Mapping[str, Sequence[bytes]], most: int
) -> list[list[RoomLine]]:
    """The last lines before each message of a batch, oldest first.

    Args:
        messages: The batch, in the order it was sent; earlier ones are talk for later ones.
        kept: Per room what Redis keeps, newest first.
        most: How many lines a message gets.
    """
    so_far = {room: [_DECODER.decode(line) for line in reversed(lines)] for room, lines in kept.items()}
    talks = []
    for message in messages:
        talk = so_far[message.room.id]
        talks.append([line for line in talk if line.message_id != message.id][-most:])
        talk.append(line_of(message))
    return talks
