"""Cells: where messages count, whatever they say."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    pair_groups,
)
from moderation.trends.keys import Versions

_NEW_ACCOUNT = timedelta(days=30)
_SHARED = [
    attrgetter(name)
    for name in ("service", "model_version", "lexicon_version", "fold_version", "ruleset_version")
]

Pseudonym = Callable[[str, str, str], str]
"""(service, ``author`` or ``room``, id) to pseudonym."""


class Place(NamedTuple):
    """What many messages of a chunk share."""

    service: str
    hour: datetime
    day: date
    versions: Versions


Author = tuple[str, str, str]
"""Who wrote a message: the pseudonym, the age band, and the segment of the account's age."""
Room = tuple[str, str]
"""Where it was written: the room's pseudonym, and its kind."""
Group = tuple[str, int]
"""Segment and group."""


class Cell(NamedTuple):
    """Where one message counts: its author, its room, and the groups of both and of the pair."""

    author: Author
    room: Room
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Wrote:
    """How many messages of one place fall where: the same for all sources that know them all."""

    kinds: Mapping[str, int]
    authors: Mapping[Author, int]
    rooms: Mapping[Room, int]
    groups: Mapping[Group, int]


class _Known:
    """Authors or rooms that some messages name, by their own ids."""

    def __init__(self, ids: Sequence[str], pseudonym: Callable[[str], str]) -> None:
        self.ids = ids
        self.names = {id_: pseudonym(id_) for id_ in set(ids)}
        self.numbers = {id_: number_of(name) for id_, name in self.names.items()}

    def all_numbers(self) -> NDArray[np.uint64]:
        """The number of each message's."""
        return np.fromiter(map(self.numbers.__getitem__, self.ids), np.uint64, len(self.ids))


class Part:
    """The messages of one place. They are looked at by columns: a call for each takes longer than counting them."""

    def __init__(self, place: Place, records: Sequence[ScoredRecord], pseudonym: Pseudonym) -> None:
        self.place = place
        self.records = records
        self._authors = _Known(
            [one.author_id for one in records], partial(pseudonym, place.service, "author")
        )
        self._rooms = _Known([one.room_id for one in records], partial(pseudonym, place.service, "room"))

    def wrote(self) -> Wrote:
        """Add up messages."""
        kinds: Counter[str] = Counter()
        rooms: dict[Room, int] = {}
        groups: Counter[Group] = Counter()
        in_rooms = zip(self._rooms.ids, [one.room_category for one in self.records], strict=True)
        for (id_, kind), messages in Counter(in_rooms).items():
            rooms[self._rooms.names[id_], kind] = messages
            kinds[kind] += messages
            for group in _groups_of_room(kind, self._rooms.numbers[id_]):
                groups[group] += messages
        ages, accounts = [one.age_band for one in self.records], [_account(one) for one in self.records]
        authors: dict[Author, int] = {}
        alike: Counter[tuple[str, str, int]] = (
            Counter()
        )  # those who share one of many groups share one of few
        by_authors = zip(self._authors.ids, ages, accounts, strict=True)
        for (id_, age, account), messages in Counter(by_authors).items():
            authors[self._authors.names[id_], age, account] = messages
            alike[age, account, group_of(self._authors.numbers[id_])] += messages
        for (age, account, many), messages in alike.items():
            for group in _groups_of_author(age, account, many):
                groups[group] += messages
        pairs = pair_groups(self._authors.all_numbers(), self._rooms.all_numbers())
        groups.update({(PAIR, at): n for at, n in enumerate(np.bincount(pairs).tolist()) if n})
        return Wrote(kinds, authors, rooms, groups)

    def cell_of(self, one: ScoredRecord) -> Cell:
        """Where one of these messages counts."""
        author, room = self._authors.numbers[one.author_id], self._rooms.numbers[one.room_id]
        age, account, kind = one.age_band, _account(one), one.room_category
        return Cell(
            (self._authors.names[one.author_id], age, account),
            (self._rooms.names[one.room_id], kind),
            (
                (PAIR, pair_group(author, room)),
                *_groups_of_author(age, account, group_of(author)),
                *_groups_of_room(kind, room),
            ),
        )


def parts_of(records: Sequence[ScoredRecord], pseudonym: Pseudonym) -> list[Part]:
    """Messages by what they share, which is mostly everything."""
    hours = [int(one.counted_at.timestamp()) // 3600 for one in records]
    keys = list(zip(hours, *(map(get, records) for get in _SHARED), strict=True))
    if len(set(keys)) == 1:
        return [Part(_place(records[0]), records, pseudonym)]
    together: dict[tuple[Any, ...], list[ScoredRecord]] = defaultdict(list)
    for key, one in zip(keys, records, strict=True):
        together[key].append(one)
    return [Part(_place(some[0]), some, pseudonym) for some in together.values()]


def _place(one: ScoredRecord) -> Place:
    versions = Versions(one.model_version, one.lexicon_version, one.fold_version, one.ruleset_version)
    return Place(one.service, hour_of(one.counted_at), jst_day_of(one.counted_at), versions)


def _account(one: ScoredRecord) -> str:
    created = one.author_created_at
    if created is None:
        return UNKNOWN_ACCOUNTS
    return NEW_ACCOUNTS if one.counted_at - created < _NEW_ACCOUNT else OLD_ACCOUNTS


def _groups_of_author(age: str, account: str, group: int) -> tuple[Group, ...]:
    small = group_of(group, PART_GROUPS)
    return (AUTHOR, group), (account, small), (AGE + age, small)


def _groups_of_room(kind: str, number: int) -> tuple[Group, ...]:
    return (ROOM, group_of(number)), (KIND + kind, group_of(number, PART_GROUPS))
