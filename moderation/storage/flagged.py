"""Save flagged messages as cases, before their answers leave."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from moderation.review.case import CaseKind, live_key
from moderation.scoring.message import Message
from moderation.scoring.signal import Signal
from moderation.scoring.talk import RoomLine
from moderation.scoring.verdict import Outcome, Verdict
from moderation.storage import desk_similar, outbox
from moderation.storage.ids import new_id
from moderation.storage.live_cases import Arrival, Joined, join
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


def save(
    connection: Connection, flagged: Sequence[Flagged], *, hold_for: timedelta, now: datetime
) -> dict[str, str]:
    """Open or join the cases of a batch, with hits, context and held messages.

    Saving the same message again changes nothing and gives the case it went to.

    Returns:
        Case id by message id.
    """
    where = _saved_before(connection, flagged)
    groups: dict[tuple[str, str], list[Flagged]] = defaultdict(list)
    for item in flagged:
        if item.message.id not in where:
            groups[item.message.service, item.live_key].append(item)
    for key in sorted(groups):  # a fixed order: two requests never wait for each other
        items = groups[key]
        joined = join(connection, _arrival(key[1], items), now=now)
        where |= dict.fromkeys((item.message.id for item in items), joined.case_id)
        _insert_hits(connection, items, joined, now=now)
        _insert_context(connection, items, joined.case_id)
        desk_similar.remember(connection, joined.case_id, [item.message.text for item in items])
        _hold(connection, items, joined.case_id, hold_for=hold_for, now=now)
    return where


def _saved_before(connection: Connection, flagged: Sequence[Flagged]) -> dict[str, str]:
    keys = [(item.message.service, item.message.id, item.kind.value) for item in flagged]
    known = tuple_(case_hits.c.service_id, case_hits.c.message_id, case_hits.c.kind).in_(keys)
    rows = connection.execute(select(case_hits.c.message_id, case_hits.c.case_id).where(known))
    return {row.message_id: row.case_id for row in rows}


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
        other_id=first.target_id if kind is CaseKind.QUARREL else None,
    )


def _insert_hits(connection: Connection, items: Sequence[Flagged], joined: Joined, *, now: datetime) -> None:
    connection.execute(
        insert(case_hits),
        [_hit(item, joined.case_id, joined.first_seq + at, now) for at, item in enumerate(items)],
    )


def _hit(item: Flagged, case_id: str, seq: int, now: datetime) -> dict[str, Any]:
    message, verdict = item.message, item.verdict
    return {
        "id": new_id(),
        "case_id": case_id,
        "seq": seq,
        "service_id": message.service,
        "message_id": message.id,
        "kind": item.kind.value,
        "author_id": message.author.id,
        "author_name": message.author.name,
        "room_id": message.room.id,
        "target_id": message.target_id,
        "text": storable(message.text),
        "sent_at": message.sent_at,
        "verdict": verdict.verdict.value,
        "severity": verdict.severity.rank,
        "minors": verdict.minors,
        "category_scores": {
            category.value: round(score, 4) for category, score in verdict.category_scores.items()
        },
        "signals": [_signal(signal) for signal in verdict.signals],
        "target": verdict.target.value,
        "model_version": verdict.versions.model,
        "lexicon_version": verdict.versions.lexicon,
        "fold_version": verdict.versions.fold,
        "ruleset_version": verdict.versions.ruleset,
        "created_at": now,
    }


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "source": signal.source,
        "category": signal.category.value,
        "score": round(signal.score, 4),
        "reason": signal.reason,
        "spans": [list(span) for span in signal.spans],
        "minors": signal.minors,
        "severity": signal.severity.value if signal.severity else None,
        "mode": signal.mode,
        "policy": signal.policy,
    }


def _insert_context(connection: Connection, items: Sequence[Flagged], case_id: str) -> None:
    rows = {
        line.message_id: {
            "case_id": case_id,
            "message_id": line.message_id,
            "author_id": line.author_id,
            "author_name": line.author_name,
            "text": storable(line.text),
            "sent_at": line.sent_at,
        }
        for item in items
        for line in item.context
    }
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(case_context).on_conflict_do_nothing(), list(rows.values()))


def _hold(
    connection: Connection, items: Sequence[Flagged], case_id: str, *, hold_for: timedelta, now: datetime
) -> None:
    for item in items:
        if item.verdict.verdict is not Outcome.HOLD:
            continue
        message = item.message
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(
            dialect.insert(held_messages)
            .values(
                service_id=message.service,
                message_id=message.id,
                case_id=case_id,
                state="held",
                held_at=now,
                expires_at=now + hold_for,
            )
            .on_conflict_do_nothing()
        )
        outbox.emit(
            connection,
            service=message.service,
            type_="message.held",
            subject=message.id,
            data={
                "message_id": message.id,
                "case_id": case_id,
                "author_id": message.author.id,
                "room_id": message.room.id,
                "expires_at": (now + hold_for).isoformat(),
            },
            now=now,
            minors=item.verdict.minors,
        )


def storable(text: str) -> str:
    """Text as both databases can keep it, of the same length in code points.

    PostgreSQL refuses NUL, and neither store can encode a lone surrogate; both become U+FFFD,
    so that spans still fit.
    """
    return "".join("\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in text)
