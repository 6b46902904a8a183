"""Cells: where messages count, whatever they say."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from moderation.scoring.record import ScoredRecord
from moderation.trends.days import hour_of, jst_day_of
from moderation.trends.groups import (
    AGE,
    AUTHOR,
    KIND,
    NEW_ACCOUNTS,
    OLD_ACCOUNTS,
    PAIR,
    PART_GROUPS,
    ROOM,
    UNKNOWN_ACCOUNTS,
    group_of,
    number_of,
    pair_group,
)
from moderation.trends.keys import Versions

_NEW_ACCOUNT = timedelta(days=30)

Pseudonym = Callable[[str, str, str], str]
"""(service, ``author`` or ``room``, id) to pseudonym."""


class Place(NamedTuple):
    """What many messages of a chunk share. Compared by identity where it is a part of a key: see ``At``."""

    service: str
    hour: datetime
    day: date
    versions: Versions


class At:
    """A place as a part of a key: hashed as an object, which takes a tenth of the time of its words."""

    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        self.place = place


AuthorCell = tuple[At, str, str, str]
"""Place, author, age band, and the segment of the account's age."""
RoomCell = tuple[At, str, str]
"""Place, room, and its kind."""
GroupCell = tuple[At, str, int]
"""Place, segment, and group."""


Cell = tuple[tuple[At, str], AuthorCell, RoomCell, GroupCell]
"""Where one message counts: its bucket, author, room, and pair of both."""


def cells_of(records: Iterable[ScoredRecord], pseudonym: Pseudonym) -> list[Cell]:
    """Where each of some messages counts."""
    places: dict[tuple[Any, ...], At] = {}
    numbers: dict[str, int] = {}
    cells: list[Cell] = []
    for one in records:
        at = one.counted_at
        shared = (
            one.service,
            int(at.timestamp()) // 3600,
            one.model_version,
            one.lexicon_version,
            one.fold_version,
            one.ruleset_version,
        )
        place = places.get(shared)
        if place is None:
            place = At(Place(one.service, hour_of(at), jst_day_of(at), Versions(*shared[2:])))
            places[shared] = place
        author = pseudonym(one.service, "author", one.author_id)
        room = pseudonym(one.service, "room", one.room_id)
        for who in (author, room):
            if who not in numbers:
                numbers[who] = number_of(who)
        created, kind = one.author_created_at, one.room_category
        account = UNKNOWN_ACCOUNTS
        if created is not None:
            account = NEW_ACCOUNTS if at - created < _NEW_ACCOUNT else OLD_ACCOUNTS
        cells.append(
            (
                (place, kind),
                (place, author, one.age_band, account),
                (place, room, kind),
                (place, PAIR, pair_group(numbers[author], numbers[room])),
            )
        )
    return cells


@dataclass(frozen=True, slots=True)
class Wrote:
    """How many messages fall where, whatever they say: the same for all sources that know them all."""

    buckets: Mapping[tuple[At, str], int]
    authors: Mapping[AuthorCell, int]
    rooms: Mapping[RoomCell, int]
    groups: Mapping[GroupCell, int]


def wrote_of(cells: Sequence[Cell]) -> Wrote:
    """Add up messages."""
    authors = Counter([author for _, author, _, _ in cells])
    rooms = Counter([room for _, _, room, _ in cells])
    groups = Counter([pair for _, _, _, pair in cells])
    alike: Counter[tuple[At, str, str, int]] = Counter()
    for (at, who, age, account), messages in authors.items():
        alike[at, age, account, group_of(number_of(who))] += messages
    for (at, age, account, group), messages in alike.items():
        for segment in _groups_of_authors(at, age, account, group):
            groups[segment] += messages
    for room, messages in rooms.items():
        for segment in groups_of_room(room):
            groups[segment] += messages
    return Wrote(Counter([bucket for bucket, _, _, _ in cells]), authors, rooms, groups)


def groups_of_author(author: AuthorCell) -> tuple[GroupCell, ...]:
    """The groups that an author is in."""
    at, who, age, account = author
    return _groups_of_authors(at, age, account, group_of(number_of(who)))


def _groups_of_authors(at: At, age: str, account: str, group: int) -> tuple[GroupCell, ...]:
    """The same for all authors of a group: those who share one of many groups share one of few."""
    small = group_of(group, PART_GROUPS)
    return (at, AUTHOR, group), (at, account, small), (at, AGE + age, small)


def groups_of_room(room: RoomCell) -> tuple[GroupCell, ...]:
    """The groups that a room is in."""
    at, which, kind = room
    number = number_of(which)
    return (at, ROOM, group_of(number)), (at, KIND + kind, group_of(number, PART_GROUPS))
