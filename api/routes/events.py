"""POST /v1/events: facts of the service about rooms and authors."""

from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, model_validator

from api.auth import require_scope
from api.deps import Now, ProcessParts, Write
from api.openapi import POSTED, problems
from api.routes.shapes import MOST_ITEMS, Body, ExternalId, ShortText, Time, with_example
from moderation.scoring.message import Room
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.chat import people
from moderation.storage.chat.people import Event, EventType
from moderation.taxonomy import Scope, Strictness

router = APIRouter(prefix="/v1", tags=["events"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.SCORE))]
RoomCategory = Annotated[ShortText, Field(max_length=64)]

_NEEDS: dict[EventType, tuple[str, ...]] = {
    EventType.ROOM_STARTED: ("room_id",),
    EventType.ROOM_ENDED: ("room_id",),
    EventType.VIEWERS: ("room_id", "viewers"),
    EventType.BLOCK: ("author_id", "target_id"),
    EventType.MUTE: ("author_id", "target_id"),
    EventType.LEAVE: ("author_id", "room_id"),
}


class RoomFactsIn(Body):
    """A room's facts at its start."""

    id: ExternalId | None = None
    title: ShortText | None = None
    game: ShortText | None = None
    category: RoomCategory | None = None
    strictness: Strictness = Strictness.NORMAL
    streamer_id: ExternalId | None = None


class EventIn(Body):
    """One fact."""

    id: ExternalId
    type: EventType
    at: Time
    room_id: ExternalId | None = None
    author_id: ExternalId | None = Field(None, description="Who blocked, muted or left.")
    target_id: ExternalId | None = Field(None, description="Whom they blocked or muted.")
    room: RoomFactsIn | None = Field(None, description="With room_started.")
    viewers: int | None = Field(None, ge=0, le=1_000_000_000, description="With viewers and room_started.")

    @model_validator(mode="after")
    def has_what_it_needs(self) -> Self:
        """Each type needs its ids."""
        missing = [name for name in _NEEDS[self.type] if getattr(self, name) is None]
        if missing:
            raise ValueError(f"a {self.type} event needs {' and '.join(missing)}")
        return self


class EventsIn(Body):
    """Several facts."""

    model_config = with_example(
        events=[
            {
                "id": "ev-1",
                "type": "room_started",
                "at": "2026-11-22T12:00:00+09:00",
                "room_id": "r-1",
                "room": {"title": "朝活", "game": "ねこ将棋", "category": "board"},
            },
            {
                "id": "ev-2",
                "type": "viewers",
                "at": "2026-11-22T12:05:00+09:00",
                "room_id": "r-1",
                "viewers": 120,
            },
        ]
    )

    events: list[EventIn] = Field(min_length=1, max_length=MOST_ITEMS)


class EventsOut(BaseModel):
    """How many were taken."""

    accepted: int = Field(description="New ones.")
    known: int = Field(description="Ones whose id was taken before.")


@router.post(
    "/events",
    status_code=202,
    operation_id="events",
    summary="Tell of rooms, blocks, mutes and leaves",
    responses=problems(*POSTED),
)
def events(body: EventsIn, key: Caller, unit: Write, parts: ProcessParts, now: Now) -> EventsOut:
    """Facts in the order they happened; an event id is idempotent."""
    new = people.add_events(unit.connection, key.service, [_event(one) for one in body.events], now=now)
    unit.after_commit.append(
        parts.engines.refresh
    )  # this process knows at once, the others within two seconds
    return EventsOut(accepted=new, known=len(body.events) - new)


def _event(given: EventIn) -> Event:
    room = None
    if given.room is not None and given.room_id is not None:
        room = Room(
            id=given.room_id,
            title=given.room.title,
            game=given.room.game,
            category=given.room.category,
            strictness=given.room.strictness,
            streamer_id=given.room.streamer_id,
        )
    return Event(
        id=given.id,
        type=given.type,
        at=given.at,
        room_id=given.room_id,
        author_id=given.author_id,
        target_id=given.target_id,
        room=room,
        viewers=given.viewers,
    )
