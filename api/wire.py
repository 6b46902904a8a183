"""Bodies of the scoring path as they come in, checked by msgspec; unknown keys are errors."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from moderation.errors import FieldProblem, Invalid
from moderation.scoring.message import Author, Message, Room, counted_at
from moderation.taxonomy import AgeBand, AuthorRole, Strictness

LONGEST_TEXT = 10_000
"""Longest text accepted, in code points (also the default of IBASHO_MAX_TEXT_CHARS)."""

# Patterns are only told here and held by ``_check_controls``: trying each of them takes as long as decoding.
_NO_CONTROL = {"pattern": r"^[^\x00-\x1f]*$"}
_NO_NUL = {"pattern": r"^[^\x00]*$"}
ExternalId = Annotated[
    str,
    Meta(min_length=1, max_length=128, description="Id the service gave.", extra_json_schema=_NO_CONTROL),
]
Name = Annotated[str, Meta(max_length=200, extra_json_schema=_NO_NUL)]
Time = Annotated[datetime, Meta(tz=True, description="RFC 3339, with its zone.")]


class AuthorIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """Who wrote it; only ``id`` is needed."""

    id: ExternalId
    name: Name | None = None
    created_at: Time | None = None
    age_band: AgeBand = AgeBand.UNKNOWN
    role: AuthorRole = AuthorRole.VIEWER


class RoomIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """The stream; what is left out is taken from the room's events."""

    id: ExternalId
    game: Name | None = None
    category: Annotated[str, Meta(max_length=64, extra_json_schema=_NO_NUL)] | None = None
    title: Annotated[str, Meta(max_length=500, extra_json_schema=_NO_NUL)] | None = None
    strictness: Strictness | None = None
    live_viewers: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    streamer_id: ExternalId | None = None


class MessageIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """One chat message. ``sent_at`` is RFC 3339; without it the time of arrival counts."""

    id: ExternalId
    text: str
    author: AuthorIn
    room: RoomIn
    sent_at: Time | None = None
    target_id: ExternalId | None = None
    target_age_band: AgeBand = AgeBand.UNKNOWN


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How to score; in NDJSON they stand in the address."""

    timeout_ms: Annotated[int, Meta(ge=1, le=60_000)] | None = None
    dry_run: bool = False
    replay: bool = False


class ScoreOneIn(MessageIn, forbid_unknown_fields=True, frozen=True):
    """A request to score one message."""

    timeout_ms: Annotated[int, Meta(ge=1, le=60_000)] | None = None
    dry_run: bool = False
    replay: bool = False


class ScoreBatchIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A request to score several messages, in the order they were sent."""

    messages: Annotated[list[MessageIn], Meta(min_length=1)]
    timeout_ms: Annotated[int, Meta(ge=1, le=60_000)] | None = None
    dry_run: bool = False
    replay: bool = False


AnyOptions = Options | ScoreOneIn | ScoreBatchIn
"""Whatever says how to score."""

_ONE = msgspec.json.Decoder(ScoreOneIn)
_BATCH = msgspec.json.Decoder(ScoreBatchIn)
_LINE = msgspec.json.Decoder(MessageIn)
_ANY = msgspec.json.Decoder()
_ESCAPED_CONTROL = re.compile(rb"\\(?:u00[01]|[bfnrt])")
"""The only ways in which a control character can stand in a text of JSON."""
_UNUSABLE = "The request cannot be used; `errors` names the place."
_PLACE = re.compile(r" - at `(?:key in )?\$?([^`]*)`$")


def read_score_request(body: bytes) -> ScoreOneIn | ScoreBatchIn:
    """A scoring request: a batch where the object has ``messages``, else one message.

    Raises:
        Invalid: The body is not JSON in UTF-8, or a value is wrong; the problem has its place.
    """
    with _problems_named():
        # Batches are told apart by their first key, and by a second look only where that fails.
        given = _BATCH.decode(body) if body.lstrip()[:12].startswith(b'{"messages"') else _one_or_batch(body)
    if _ESCAPED_CONTROL.search(body):
        if isinstance(given, ScoreBatchIn):
            _check_controls((f"/messages/{at}", one) for at, one in enumerate(given.messages))
        else:
            _check_controls([("", given)])
    return given


def read_line(line: bytes) -> MessageIn:
    """One message of an NDJSON request. Raises Invalid."""
    with _problems_named():
        given = _LINE.decode(line)
    if _ESCAPED_CONTROL.search(line):
        _check_controls([("", given)])
    return given


def read_options(query: Mapping[str, str]) -> Options:
    """How to score, from the address. Raises Invalid, also for names that are not known."""
    with _problems_named():
        return msgspec.convert(dict(query), Options, strict=False)


def _check_controls(placed: Iterable[tuple[str, MessageIn]]) -> None:
    """Refuse control characters in ids, and NUL in names. Raises Invalid."""
    problems = []
    for place, one in placed:
        author, room = one.author, one.room
        ids = {
            "id": one.id,
            "target_id": one.target_id,
            "author/id": author.id,
            "room/id": room.id,
            "room/streamer_id": room.streamer_id,
        }
        names = {
            "author/name": author.name,
            "room/game": room.game,
            "room/category": room.category,
            "room/title": room.title,
        }
        problems += [
            FieldProblem(pointer=f"{place}/{name}", detail="an id holds no control characters")
            for name, value in ids.items()
            if value and min(value) < " "
        ]
        problems += [
            FieldProblem(pointer=f"{place}/{name}", detail="U+0000 cannot be kept")
            for name, value in names.items()
            if value and "\0" in value
        ]
    if problems:
        raise Invalid(_UNUSABLE, problems)


@contextmanager
def _problems_named() -> Iterator[None]:
    try:
        yield
    except msgspec.ValidationError as error:
        raise Invalid(_UNUSABLE, [field_problem(error)]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The body is not JSON in UTF-8: {error}.") from error


def _one_or_batch(body: bytes) -> ScoreOneIn | ScoreBatchIn:
    try:
        return _ONE.decode(body)
    except msgspec.ValidationError:
        anything = _ANY.decode(body)
        if isinstance(anything, dict) and "messages" in anything:
            return msgspec.convert(anything, ScoreBatchIn)
        raise


def field_problem(error: msgspec.ValidationError) -> FieldProblem:
    """Msgspec's word on what is wrong, with its path as a JSON pointer."""
    text = str(error)
    found = _PLACE.search(text)
    path = found.group(1) if found else ""
    pointer = "".join("/" + part for part in re.findall(r"[^.\[\]]+", path))
    return FieldProblem(pointer=pointer or "/", detail=text[: found.start()] if found else text)


def to_message(
    given: MessageIn, *, service: str, known_room: Room | None, received_at: datetime, replay: bool
) -> Message:
    """The domain's message; what the request says of the room wins over what events said."""
    sent_at = received_at if given.sent_at is None else _utc(given.sent_at)
    author = given.author
    return Message(
        service=service,
        id=given.id,
        text=given.text,
        author=Author(
            id=author.id,
            name=author.name,
            created_at=None if author.created_at is None else _utc(author.created_at),
            age_band=author.age_band,
            role=author.role,
        ),
        room=_room(given.room, known_room),
        sent_at=sent_at,
        received_at=received_at,
        counted_at=counted_at(sent_at, received_at, replay=replay),
        target_id=given.target_id,
        target_age_band=given.target_age_band,
    )


def _room(given: RoomIn, known: Room | None) -> Room:
    if known is None:
        return Room(
            id=given.id,
            game=given.game,
            category=given.category,
            title=given.title,
            strictness=given.strictness or Strictness.NORMAL,
            live_viewers=given.live_viewers,
            streamer_id=given.streamer_id,
        )
    return Room(
        id=given.id,
        game=given.game or known.game,
        category=given.category or known.category,
        title=given.title or known.title,
        strictness=given.strictness or known.strictness,
        live_viewers=known.live_viewers if given.live_viewers is None else given.live_viewers,
        streamer_id=given.streamer_id or known.streamer_id,
        started_at=known.started_at,
        ended_at=known.ended_at,
    )


def _utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise Invalid(f"The time {time} lies outside the calendar.") from error


def schema_of(*kinds: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """JSON Schemas of wire types for the OpenAPI document, and the components they refer to."""
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    return list(schemas), dict(components)
