"""シールド: one switch for a raid, and how strict rooms are."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.render import render
from api.console.rules_sets import people
from api.console.visitor import Posted, SignedIn, text_of
from api.deps import Now, Read, Write
from moderation.errors import FieldProblem, Invalid
from moderation.storage.accounts import accounts
from moderation.storage.chat import people as rooms
from moderation.storage.rules import room_stances
from moderation.storage.rules.room_stances import EVERY_ROOM
from moderation.taxonomy import Strictness

router = APIRouter()

MINUTES = (15, 30, 60, 180)
_LONGEST_ID = 128


@router.get("/console/shield", name="console_shield", response_class=HTMLResponse)
def shield_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """Which rooms are under the shield, and which are on air."""
    live = rooms.live_rooms(connection, ended_after=now)
    return render(
        request,
        "shield.html",
        visitor=visitor,
        now=now,
        stances=sorted(
            room_stances.read(connection, now=now).values(), key=lambda one: (one.service, one.room_id)
        ),
        services=accounts.service_ids(connection),
        rooms=[(service, room) for (service, _), room in sorted(live.items()) if room.ended_at is None],
        minutes=MINUTES,
        every=EVERY_ROOM,
        people=people(connection),
    )


@router.post("/console/shield", name="console_shield_set")
def set_shield(visitor: SignedIn, form: Posted, unit: Write, now: Now) -> Response:
    """Raise it, lower it, or set a strictness."""
    known = accounts.service_ids(unit.connection)
    service, room = text_of(form, "service"), text_of(form, "room") or EVERY_ROOM
    act, by = text_of(form, "act"), f"user:{visitor.user.id}"
    if service not in known or len(room) > _LONGEST_ID:
        raise Invalid("There is no such room.", [FieldProblem(pointer="/room", detail="Unknown.")])
    if act == "raise":
        minutes = text_of(form, "minutes")
        lasts = timedelta(minutes=int(minutes) if minutes in map(str, MINUTES) else MINUTES[1])
        room_stances.raise_shield(unit.connection, service, room, lasts=lasts, by=by, now=now)
    elif act == "lower":
        room_stances.lower_shield(unit.connection, service, room, by=by, now=now)
    else:
        wanted = text_of(form, "strictness")
        strictness = Strictness(wanted) if wanted in set(Strictness) else None
        room_stances.set_strictness(unit.connection, service, room, strictness, by=by, now=now)
    return RedirectResponse("/console/shield", status_code=303)
