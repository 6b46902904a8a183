"""Live updates: what happened to cases somebody may see, as server-sent events.

Every stream reads the store itself, with the sight of its reader, whenever another process hints that
something happened, and every ``LOOK_SECONDS`` in any case. A stream ends after ``LASTS_SECONDS``; the
browser comes back with the number of the last event it got, and whoever may not see cases any more
finds the door closed.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from time import monotonic

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.console.visitor import SESSION_COOKIE, SignedIn, Visitor
from api.deps import Parts, get_parts, signal_of
from moderation.errors import StoreUnavailable
from moderation.storage.accounts import accounts, sessions
from moderation.storage.desk import feed
from moderation.storage.desk.feed import FeedEvent

router = APIRouter()

LOOK_SECONDS = 2.0
LASTS_SECONDS = 300.0
_COME_BACK_MILLISECONDS = 2_000


@router.get("/console/events", name="console_events")
async def events(request: Request, visitor: SignedIn) -> EventSourceResponse:
    """What happens from now on, or from the last event on that the browser got."""
    parts = get_parts(request)
    last = request.headers.get("last-event-id", "")
    after = int(last) if last.isdecimal() and len(last) < 19 else None  # noqa: PLR2004 - a bigint's width
    return EventSourceResponse(
        _stream(request, parts, visitor, after), headers={"Cache-Control": "no-store"}, ping=15
    )


async def _stream(
    request: Request, parts: Parts, visitor: Visitor, after: int | None
) -> AsyncIterator[ServerSentEvent]:
    signal = signal_of(request)
    ends = monotonic() + LASTS_SECONDS
    known: set[int] = set()
    place = await run_in_threadpool(_newest, parts) if after is None else after
    yield ServerSentEvent(event="ready", data="{}", id=str(place), retry=_COME_BACK_MILLISECONDS)
    known.update(range(max(0, place - feed.OVERLAP), place + 1))
    while monotonic() < ends and not await request.is_disconnected():
        try:
            found = await run_in_threadpool(_look, parts, visitor, place - feed.OVERLAP)
            if not await run_in_threadpool(_still_there, request, parts):
                return
        except StoreUnavailable:
            found = []
        names = await run_in_threadpool(_names, parts) if found else {}
        for event in found:
            if event.seq not in known:
                place = max(place, event.seq)
                yield ServerSentEvent(event="case", data=_data(event, visitor, names), id=str(place))
        known = {event.seq for event in found} | {seq for seq in known if seq > place - feed.OVERLAP}
        if signal is None:
            await asyncio.sleep(LOOK_SECONDS)
        else:
            await signal.wait(LOOK_SECONDS)


def _newest(parts: Parts) -> int:
    with parts.database.read() as connection:
        return feed.newest(connection)


def _look(parts: Parts, visitor: Visitor, after: int) -> list[FeedEvent]:
    with parts.database.read() as connection:
        return list(feed.since(connection, visitor.sight, after))


def _still_there(request: Request, parts: Parts) -> bool:
    with parts.database.read() as connection:
        token = request.cookies.get(SESSION_COOKIE, "")
        return sessions.find_session(connection, token, now=datetime.now(UTC)) is not None


def _names(parts: Parts) -> dict[str, str]:
    with parts.database.read() as connection:
        return accounts.user_names(connection)


def _data(event: FeedEvent, visitor: Visitor, names: dict[str, str]) -> str:
    return json.dumps(
        {
            "case_id": event.case_id,
            "kind": event.kind,
            "queue": event.queue,
            "by": names.get(event.user_id) if event.user_id else None,
            "mine": event.user_id == visitor.user.id,
        },
        ensure_ascii=False,
    )
