"""The sample stream as requests: a week of an invented service that ends now."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from moderation.errors import Misconfigured

STREAM_FILE = Path(__file__).parent.parent / "sample" / "stream.jsonl"
WEEK = timedelta(days=7)
BATCH = 200
"""Most items in one request."""
PATHS = {"message": "/v1/score", "event": "/v1/events", "report": "/v1/reports", "inquiry": "/v1/inquiries"}
_KEYS = {"message": "messages", "event": "events", "report": "reports", "inquiry": "inquiries"}
_CLOCKS = {"event": "at", "report": "reported_at", "inquiry": "asked_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request of the replay: ``items`` things of one kind that stand together in the stream."""

    kind: str
    body: dict[str, Any]
    items: int

    @property
    def path(self) -> str:
        """Where it goes."""
        return PATHS[self.kind]


def read_stream(path: Path = STREAM_FILE) -> list[dict[str, Any]]:
    """The lines of the stream, in time order.

    Raises:
        Misconfigured: The file is not there or not JSON Lines.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]
    except OSError as error:
        raise Misconfigured(f"{path}: {error.strerror}.") from error
    except ValueError as error:
        raise Misconfigured(f"{path}: not JSON Lines ({error}).") from error


def posts(lines: list[dict[str, Any]], *, now: datetime) -> Iterator[Post]:
    """The stream as requests in its order, shifted so that its week ends now.

    A run of one kind is one request, so that a report never arrives before what it is about.
    """
    start = now.astimezone(UTC) - WEEK
    rooms: dict[str, dict[str, Any]] = {}
    kind, items = "", list[dict[str, Any]]()
    for line in lines:
        if items and (line["kind"] != kind or len(items) == BATCH):
            yield _post(kind, items)
            items = []
        kind = line["kind"]
        items.append(_item(line, start, rooms))
    if items:
        yield _post(kind, items)


def _post(kind: str, items: list[dict[str, Any]]) -> Post:
    body: dict[str, Any] = {_KEYS[kind]: items}
    if kind == "message":
        body["replay"] = True
    return Post(kind=kind, body=body, items=len(items))


def _item(line: dict[str, Any], start: datetime, rooms: dict[str, dict[str, Any]]) -> dict[str, Any]:
    kind = line["kind"]
    at = (start + timedelta(seconds=line["at"])).isoformat()
    given: dict[str, Any] = line[kind]
    if kind == "message":
        return _message(given, at, start, rooms)
    if kind == "event":
        _follow(given, rooms)
    return given | {_CLOCKS[kind]: at}


def _message(
    given: dict[str, Any], at: str, start: datetime, rooms: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    author = dict(given["author"])
    days = author.pop("created_days_ago", None)
    if days is not None:
        author["created_at"] = (start - timedelta(days=days)).isoformat()
    room = rooms.get(given["room_id"], {"id": given["room_id"]})
    return {
        "id": given["id"],
        "text": given["text"],
        "author": author,
        "room": dict(room),
        "sent_at": at,
        "target_id": given.get("target_id"),
    }


def _follow(event: dict[str, Any], rooms: dict[str, dict[str, Any]]) -> None:
    """Know a room as its backend would: the facts of its start, and how many watch."""
    if event["type"] == "room_started":
        rooms[event["room_id"]] = dict(event.get("room") or {}) | {"id": event["room_id"]}
    elif event["type"] == "viewers":
        rooms.setdefault(event["room_id"], {"id": event["room_id"]})["live_viewers"] = event["viewers"]
