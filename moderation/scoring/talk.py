"""Talk: what was said in a room before a message; rules, targets and cases read it.

Most messages are scored without anybody looking at it, so that lines are decoded when first asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import overload

import msgspec

from moderation.scoring.message import Message


class RoomLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One message as the room saw it."""

    message_id: str
    author_id: str
    author_name: str | None
    text: str
    sent_at: datetime


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[RoomLine])


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

    __slots__ = ("_batch", "_first", "_kept", "_lines", "_raw")

    def __init__(self, kept: bytes) -> None:
        self._raw = kept
        self._kept: list[RoomLine] | None = None
        self._batch: list[Message] = []
        self._lines: list[RoomLine] = []
        self._first: dict[str, int] = {}

    def add(self, message: Message) -> int:
        """The next message of the batch; its position."""
        position = len(self._batch)
        self._batch.append(message)
        self._first.setdefault(message.author.id, position)
        return position

    def before(self, position: int, most: int) -> list[RoomLine]:
        """The last lines before a message of the batch, without an earlier try of the same."""
        lines = self._lines
        while len(lines) < position:
            lines.append(line_of(self._batch[len(lines)]))
        said = lines[max(0, position - most) : position]
        if len(said) == most:
            return said
        if self._kept is None:
            self._kept = _DECODER.decode(self._raw)[::-1]
        own = self._batch[position].id
        kept = [line for line in self._kept if line.message_id != own]
        return kept[len(said) - most :] + said

    def author_id(self, position: int) -> str:
        """Who wrote a message of the batch."""
        return self._batch[position].author.id

    def may_hold(self, author_id: str, position: int) -> bool:
        """Whether the author may have spoken before; no is certain, and costs no decoding."""
        return self._first[author_id] < position or author_id.encode("utf-8", "surrogatepass") in self._raw


class Talk(Sequence[RoomLine]):
    """The last lines before one message, oldest first."""

    __slots__ = ("_lines", "_most", "_position", "_room")

    def __init__(self, room: _RoomTalk, position: int, most: int) -> None:
        self._room = room
        self._position = position
        self._most = most
        self._lines: list[RoomLine] | None = None

    @property
    def _read(self) -> list[RoomLine]:
        if self._lines is None:
            self._lines = self._room.before(self._position, self._most)
        return self._lines

    def by_author(self) -> list[RoomLine]:
        """The lines of the message's own author; nothing is decoded for one who certainly did not speak before."""
        author_id = self._room.author_id(self._position)
        if not self._room.may_hold(author_id, self._position):
            return []
        return [line for line in self._read if line.author_id == author_id]

    def __len__(self) -> int:
        return len(self._read)

    def __iter__(self) -> Iterator[RoomLine]:
        return iter(self._read)

    @overload
    def __getitem__(self, at: int) -> RoomLine: ...
    @overload
    def __getitem__(self, at: slice) -> list[RoomLine]: ...
    def __getitem__(self, at: int | slice) -> RoomLine | list[RoomLine]:
        return self._read[at]


def talk_before(messages: Sequence[Message], kept: Mapping[str, bytes], most: int) -> list[Talk]:
    """The last lines before each message of a batch.

    Args:
        messages: The batch, in the order it was sent, each id once; earlier ones are talk for later ones.
        kept: Per room what Redis keeps: encoded lines, newest first, as one array.
        most: How many lines a message gets; at least 1.
    """
    rooms = {room: _RoomTalk(lines) for room, lines in kept.items()}
    talks = []
    for message in messages:
        room = rooms[message.room.id]
        talks.append(Talk(room, room.add(message), most))
    return talks
