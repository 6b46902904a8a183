"""Save flagged messages as cases, before their answers leave."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from moderation.review.case import CaseKind, live_key
from moderation.scoring.message import Message
from moderation.scoring.talk import RoomLine
from moderation.scoring.verdict import Outcome, Verdict
from moderation.storage import often, outbox
from moderation.storage.chat import hit_rows
from moderation.storage.chat.hit_rows import storable
from moderation.storage.desk import routing, similar
from moderation.storage.desk.live_cases import Arrival, place_all
from moderation.storage.often import Insert, leaving_alone
from moderation.storage.outbox import Event
from moderation.storage.tables.cases import case_context, case_hits, held_messages
from moderation.taxonomy import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """One flagged message with what was said before it in the room, oldest first."""

    message: Message
    verdict: Verdict
    context: Sequence[RoomLine] = ()

    @property
    def kind(self) -> CaseKind:
        """Kind of case it belongs to."""
        return CaseKind(self.verdict.case_kind)

    @property
    def live_key(self) -> str:
        """Key of the case it belongs to; a quarrel without a known other side is the author's."""
        message = self.message
        kind = self.kind
        if kind is CaseKind.QUARREL and not message.target_id:
            kind = CaseKind.AUTHOR_ROOM
        return live_key(
            kind, author_id=message.author.id, room_id=message.room.id, other_id=message.target_id
        )


CaseIds = dict[tuple[str, str], str]
"""The case of each message, by service and message id."""


class SavedBefore(Exception):
    """One of the messages was saved before, perhaps at this very moment; a new transaction sees it."""


def save(
    connection: Connection,
    flagged: Sequence[Flagged],
    *,
    hold_for: timedelta,
    now: datetime,
    look_first: bool = True,
) -> CaseIds:
    """Open or join the cases of a batch, with hits, context and held messages.

    Saving the same message again changes nothing and gives the case it went to.

    Args:
        connection: A unit of work.
        flagged: The messages, in the order they were sent.
        hold_for: How long a held message waits for a decision.
        now: The present.
        look_first: Look which messages were saved before. Without it one of them is a ``SavedBefore``.

    Raises:
        SavedBefore: Nothing was saved; the transaction is of no more use.
    """
    if not flagged:
        return {}
    where = _saved_before(connection, flagged) if look_first else {}
    new: dict[tuple[str, str, CaseKind], Flagged] = {}
    for item in flagged:  # of two tries of one message the first
        new.setdefault((item.message.service, item.message.id, item.kind), item)
    groups: dict[tuple[str, str], list[Flagged]] = defaultdict(list)
    for (service, message_id, _), item in new.items():
        if (service, message_id) not in where:
            groups[service, item.live_key].append(item)
    if not groups:
        return where
    keys = sorted(groups)  # a fixed order: two requests never wait for each other
    arrivals = [_arrival(live_key, groups[service, live_key]) for service, live_key in keys]
    services = sorted({service for service, _ in keys})
    routes, *listening = often.ask(
        connection,
        [(routing.ROUTES, {}), *((outbox.LISTENING, {"service": service}) for service in services)],
    )
    with noticing_saved_before():
        cases = place_all(connection, arrivals, routing.read_routes(routes), now=now)
        placed = [
            _Placed(item, joined.case_id, joined.first_seq + at)
            for key, joined in zip(keys, cases.joined, strict=True)
            for at, item in enumerate(groups[key])
        ]
        held = [one for one in placed if one.item.verdict.verdict is Outcome.HOLD]
        often.run_all(
            connection,
            [
                *cases.writes,
                (_HITS, [_hit(one, now) for one in placed]),
                (_CONTEXT, _context(placed)),
                similar.remembered([(one.case_id, one.item.message.text) for one in placed]),
                (_HELD, [_held(one, until=now + hold_for, now=now) for one in held]),
            ],
        )
        told = [
            *cases.events,
            *map(_scored_event, placed),
            *(_held_event(one, now + hold_for) for one in held),
        ]
        outbox.emit_listening(connection, told, list(chain.from_iterable(listening)), now=now)
    return where | {(one.item.message.service, one.item.message.id): one.case_id for one in placed}


@contextmanager
def noticing_saved_before() -> Iterator[None]:
    """For whoever commits in one go, too: only the commit may tell that a message was there. Raises SavedBefore."""
    try:
        yield
    except IntegrityError as error:
        raise SavedBefore from error


class _Placed(NamedTuple):
    """A flagged message with its case and its number there."""

    item: Flagged
    case_id: str
    seq: int


_KNOWN = select(case_hits.c.service_id, case_hits.c.message_id, case_hits.c.kind, case_hits.c.case_id).where(
    case_hits.c.service_id.in_(bindparam("services", expanding=True)),
    case_hits.c.message_id.in_(bindparam("ids", expanding=True)),
)


def _saved_before(connection: Connection, flagged: Sequence[Flagged]) -> CaseIds:
    keys = {(item.message.service, item.message.id, item.kind) for item in flagged}
    asked = {"services": sorted({key[0] for key in keys}), "ids": sorted({key[1] for key in keys})}
    rows = connection.execute(_KNOWN, asked)
    return {
        (row.service_id, row.message_id): row.case_id
        for row in rows
        if (row.service_id, row.message_id, row.kind) in keys
    }


def _arrival(key: str, items: Sequence[Flagged]) -> Arrival:
    first = items[0].message
    categories: dict[Category, float] = {}
    for item in items:
        for category in item.verdict.categories:
            categories[category] = max(categories.get(category, 0.0), item.verdict.category_scores[category])
    kind = CaseKind(key.partition(":")[0])
    about_room = kind in (CaseKind.RAID, CaseKind.ROOM)
    viewers = [item.message.room.live_viewers for item in items if item.message.room.live_viewers is not None]
    return Arrival(
        service=first.service,
        kind=kind,
        live_key=key,
        author_id=None if about_room else first.author.id,
        room_id=first.room.id,
        severity=max((item.verdict.severity for item in items), key=lambda level: level.rank),
        categories=categories,
        minors=any(item.verdict.minors for item in items),
        hits=len(items),
        reports=0,
        report_weight=0.0,
        live_viewers=max(viewers, default=None),
        queue=next((item.verdict.queue for item in items if item.verdict.queue), None),
        asked_priority=max(item.verdict.asked_priority for item in items),
        other_id=first.target_id if kind is CaseKind.QUARREL else None,
    )


_HITS = Insert(case_hits, hit_rows.COLUMNS)


def _hit(placed: _Placed, now: datetime) -> tuple[Any, ...]:
    item = placed.item
    return hit_rows.row(
        item.message, item.verdict, item.kind, case_id=placed.case_id, seq=placed.seq, now=now
    )


_CONTEXT = Insert(
    case_context,
    ("case_id", "message_id", "author_id", "author_name", "text", "sent_at"),
    conflict=leaving_alone,
)


def _context(placed: Sequence[_Placed]) -> list[tuple[Any, ...]]:
    rows = {
        (case_id, line.message_id): (
            case_id,
            line.message_id,
            line.author_id,
            line.author_name,
            storable(line.text),
            line.sent_at,
        )
        for item, case_id, _ in placed
        for line in item.context
    }
    return list(rows.values())


_HELD = Insert(
    held_messages,
    ("service_id", "message_id", "case_id", "state", "held_at", "expires_at"),
    conflict=leaving_alone,
)


def _held(one: _Placed, *, until: datetime, now: datetime) -> tuple[Any, ...]:
    return one.item.message.service, one.item.message.id, one.case_id, "held", now, until


def _scored_event(placed: _Placed) -> Event:
    message, verdict = placed.item.message, placed.item.verdict
    return Event(
        service=message.service,
        type="score.completed",
        subject=message.id,
        data={
            "message_id": message.id,
            "case_id": placed.case_id,
            "author_id": message.author.id,
            "room_id": message.room.id,
            "verdict": verdict.verdict.value,
            "severity": verdict.severity.value,
            "categories": [category.value for category in verdict.categories],
        },
        minors=verdict.minors,
    )


def _held_event(placed: _Placed, until: datetime) -> Event:
    message = placed.item.message
    return Event(
        service=message.service,
        type="message.held",
        subject=message.id,
        data={
            "message_id": message.id,
            "case_id": placed.case_id,
            "author_id": message.author.id,
            "room_id": message.room.id,
            "expires_at": until.isoformat(),
        },
        minors=placed.item.verdict.minors,
    )
