"""What people set beside the rules: labels of authors and rooms, how strict a room is, the shield."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from api.deps import Now, Read, Write
from api.openapi import KEYED, POSTED, problems
from api.routes.rules_shapes import Caller, actor_of
from api.routes.shapes import Body, ExternalId, with_example
from moderation.storage.desk import labels
from moderation.storage.desk.labels import Label
from moderation.storage.rules import room_stances
from moderation.storage.rules.room_stances import Stance
from moderation.taxonomy import Strictness
from rules.durations import seconds

router = APIRouter(prefix="/v1", tags=["rules"])

Entity = Literal["author", "room"]
Lasts = Annotated[
    str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}[smhd]$"), Field(description="`30m`, `24h`, `7d`.")
]
MOST = 500


class LabelOut(BaseModel):
    """A mark on an author or a room."""

    entity: str
    entity_id: str
    label: str
    set_by: str = Field(description="`rule:…` or who set it; a person's label beats a rule's.")
    set_at: datetime
    expires_at: datetime | None


class LabelsOut(BaseModel):
    """Marks that are on now."""

    labels: list[LabelOut]


class LabelIn(Body):
    """A mark to put on, or to take off."""

    model_config = with_example(entity="author", entity_id="u-1", label="watched", lasts="7d")

    entity: Entity
    entity_id: ExternalId
    label: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    lasts: Lasts | None = Field(None, description="Null: until somebody takes it off.")
    remove: bool = Field(False, description="Take it off; rules may not put it on again.")


class StanceOut(BaseModel):
    """How a room stands."""

    room_id: str
    strictness: Strictness | None = Field(description="Null: as the service says.")
    shield_until: datetime | None = Field(description="Null: the shield is down.")
    set_by: str
    set_at: datetime


class StancesOut(BaseModel):
    """Rooms that people set something for; `*` is every room."""

    rooms: list[StanceOut]


class ShieldIn(Body):
    """One switch during a raid."""

    model_config = with_example(room_id="r-1", lasts="30m")

    room_id: ExternalId = Field(description="A room, or `*` for every room of the service.")
    lasts: Lasts | None = Field(description="It comes down by itself after this; null takes it down now.")


class StrictnessIn(Body):
    """How strict a room is from now on."""

    model_config = with_example(room_id="r-1", strictness="strict")

    room_id: ExternalId = Field(description="A room, or `*` for every room of the service.")
    strictness: Strictness | None = Field(description="Null leaves it to the service.")


@router.get("/labels", operation_id="listLabels", summary="Marks", responses=problems(*KEYED, 422))
def list_labels(
    key: Caller,
    connection: Read,
    now: Now,
    entity: Entity | None = None,
    entity_id: Annotated[str | None, Query(max_length=128)] = None,
) -> LabelsOut:
    """Marks that are on now, the newest first; at most 500."""
    found = labels.of_service(connection, key.service, entity=entity, entity_id=entity_id, now=now, most=MOST)
    return LabelsOut(labels=[_label(one) for one in found])


@router.post("/labels", operation_id="setLabel", summary="Put a mark on", responses=problems(*POSTED))
def set_label(body: LabelIn, key: Caller, unit: Write, now: Now) -> LabelOut:
    """A person's word: no rule changes it. Scoring knows of it within two seconds."""
    made = labels.set_by_person(
        unit.connection,
        key.service,
        entity=body.entity,
        entity_id=body.entity_id,
        label=body.label,
        lasts=None if body.lasts is None else timedelta(seconds=seconds(body.lasts)),
        remove=body.remove,
        by=actor_of(key),
        now=now,
    )
    return _label(made)


@router.get(
    "/shield",
    operation_id="listStances",
    summary="Shields and strictness of rooms",
    responses=problems(*KEYED),
)
def list_stances(key: Caller, connection: Read, now: Now) -> StancesOut:
    """Rooms that people set something for."""
    found = room_stances.read(connection, now=now).values()
    return StancesOut(rooms=[_stance(one) for one in found if one.service == key.service])


@router.put(
    "/shield", operation_id="setShield", summary="Raise or lower the shield", responses=problems(*POSTED)
)
def set_shield(body: ShieldIn, key: Caller, unit: Write, now: Now) -> StanceOut:
    """Under the shield a room is as strict as can be, and the rules for raids work; within two seconds."""
    by = actor_of(key)
    if body.lasts is None:
        made = room_stances.lower_shield(unit.connection, key.service, body.room_id, by=by, now=now)
    else:
        lasts = timedelta(seconds=seconds(body.lasts))
        made = room_stances.raise_shield(
            unit.connection, key.service, body.room_id, lasts=lasts, by=by, now=now
        )
    return _stance(made)


@router.put(
    "/strictness",
    operation_id="setStrictness",
    summary="Set how strict a room is",
    responses=problems(*POSTED),
)
def set_strictness(body: StrictnessIn, key: Caller, unit: Write, now: Now) -> StanceOut:
    """Goes before what the service says with its messages."""
    return _stance(
        room_stances.set_strictness(
            unit.connection, key.service, body.room_id, body.strictness, by=actor_of(key), now=now
        )
    )


def _label(one: Label) -> LabelOut:
    return LabelOut(
        entity=one.entity,
        entity_id=one.entity_id,
        label=one.label,
        set_by=one.set_by,
        set_at=one.set_at,
        expires_at=one.expires_at,
    )


def _stance(one: Stance) -> StanceOut:
    return StanceOut(
        room_id=one.room_id,
        strictness=one.strictness,
        shield_until=one.shield_until,
        set_by=one.set_by,
        set_at=one.set_at,
    )
