"""Talk: what was said in a room before a message; rules, targets and cases read it.

Most messages are scored without anybody looking at it, so that lines are decoded when first asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import overload

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


class _RoomTalk:
    """What was said in one room: the lines kept, then those of the batch itself."""

    __slots__ = ("_kept", "_lines", "batch")

    def __init__(self, kept: Sequence[bytes]) -> None:
        self._kept = kept
        self._lines: list[RoomLine] | None = None
        self.batch: list[Message] = []

    def before(self, position: int) -> list[RoomLine]:
        """The lines before a message of the batch, by its position among those of the room."""
        if self._lines is None:
            self._lines = [_DECODER.decode(line) for line in reversed(self._kept)]
        return [*self._lines, *map(line_of, self.batch[:position])]


class Talk(Sequence[RoomLine]):
    """The last lines before one message, oldest first."""

    __slots__ = ("_lines", "_most", "_position", "_room")

    def __init__(self, room: _RoomTalk, most: int) -> None:
        self._room = room
        self._position = len(room.batch)
        self._most = most
        self._lines: list[RoomLine] | None = None

    @property
    def _read(self) -> list[RoomLine]:
        if self._lines is None:
            own = self._room.batch[self._position].id
            lines = [line for line in self._room.before(self._position) if line.message_id != own]
            self._lines = lines[-self._most :]
        return self._lines

    def __len__(self) -> int:
        return len(self._read)

    @overload
    def __getitem__(self, at: int) -> RoomLine: ...
    @overload
    def __getitem__(self, at: slice) -> list[RoomLine]: ...
    def __getitem__(self, at: int | slice) -> RoomLine | list[RoomLine]:
        return self._read[at]


def talk_before(messages: Sequence[Message], kept: Mapping[str, Sequence[bytes]], most: int) -> list[Talk]:
    """The last lines before each message of a batch.

    Args:
        messages: The batch, in the order it was sent; earlier ones are talk for later ones.
        kept: Per room what Redis keeps, newest first.
        most: How many lines a message gets.
    """
    rooms = {room: _RoomTalk(lines) for room, lines in kept.items()}
    talks = []
    for message in messages:
        room = rooms[message.room.id]
        talks.append(Talk(room, most))
        room.batch.append(message)
    return talks
