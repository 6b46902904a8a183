"""What rules are asked about in a backtest: archived messages with what is known beside them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from classifiers.views import Views
from moderation.scoring.room_talk import Talk
from rules.subject import AuthorFacts, RoomFacts, Subject, TargetFacts

UNKNOWN: Final = {
    "author.labels": "account labels",
    "room.labels": "room labels",
    "room.live_viewers": "live viewers",
    "reports": "reports",
    "room.shield": "shield",
    "target.age_band": "target age band",
}
"""What the archive does not keep, by fact; a condition on it is unknown, which is neither true nor false."""
_ROOMS = 5_000
"""Rooms whose facts are remembered while they are not live."""
_RESCORED: Final = object()
"""Names what the classifier says of a text in the memory of its views: the same short things are hit again and again."""

Rescore = Callable[[Views], Mapping[str, float]]


class Archived(msgspec.Struct, frozen=True, gc=False):
    """One archived message; a struct, since all of them are made. ``raised``: a live rule had hit it, so that its scores are not the classifier's own."""

    id: str
    text: str
    author_id: str
    author_created_at: datetime | None
    author_role: str | None
    age_band: str
    room_id: str
    room_category: str
    target_id: str | None
    target: str | None
    counted_at: datetime
    scores: Mapping[str, float]
    minors: bool
    raised: bool


class RoomKnown(NamedTuple):
    """What events told of a room."""

    game: str | None
    category: str | None
    strictness: str
    started_at: datetime | None


class Subjects:
    """Makes subjects of archived messages.

    Attributes:
        rescored: Messages whose scores were made anew.
    """

    def __init__(
        self,
        rooms: Mapping[str, RoomKnown],
        strikes: Mapping[str, Sequence[tuple[datetime, datetime]]],
        rescore: Rescore | None,
    ) -> None:
        self._rooms, self._strikes, self._rescore = rooms, strikes, rescore
        self._still: dict[tuple[str, str], RoomFacts] = {}
        self.rescored = 0

    def of(self, message: Archived, views: Views, talk: Talk) -> Subject:
        """One message; ``talk`` is what its room said before."""
        now, created = message.counted_at, message.author_created_at
        strikes = self._strikes.get(message.author_id)
        return Subject(
            views=views,
            sent_at=now,
            author=AuthorFacts(
                id=message.author_id,
                account_age_seconds=(now - created).total_seconds() if created else None,
                age_band=message.age_band,
                role=message.author_role,
                strikes=sum(given <= now < ends for given, ends in strikes) if strikes else 0,
            ),
            room=self._room(message, now),
            target=_target(message.target, message.target_id),
            scores=self._scores(message, views),
            recent_author=talk.of(message.author_id),
            recent_room=talk.lines,
        )

    def _room(self, message: Archived, now: datetime) -> RoomFacts:
        known = self._rooms.get(message.room_id)
        started = known.started_at if known else None
        live = started is not None and started <= now
        kept = None if live else self._still.get((message.room_id, message.room_category))
        if kept is not None:
            return kept
        facts = RoomFacts(
            id=message.room_id,
            game=known.game if known else None,
            category=message.room_category if message.room_category != "unknown" else None,
            strictness=known.strictness if known else "normal",
            live=True if live else None,
            live_seconds=(now - started).total_seconds() if started is not None and live else None,
        )
        if not live and len(self._still) < _ROOMS:
            self._still[message.room_id, message.room_category] = facts
        return facts

    def _scores(self, message: Archived, views: Views) -> Mapping[str, float] | None:
        if not message.raised:
            return message.scores
        if self._rescore is None:
            return None
        self.rescored += 1
        scores = views.memory.get(_RESCORED)
        if scores is None:
            scores = views.memory[_RESCORED] = self._rescore(views)
        return scores


@lru_cache(maxsize=_ROOMS)
def _target(kind: str | None, target_id: str | None) -> TargetFacts:
    return TargetFacts(kind=kind, id=target_id)
