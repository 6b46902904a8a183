"""Cells: where messages count, whatever they say."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moderation.scoring.record import ScoredRecord
from moderation.trends.days import hour_of, jst_day_of
from moderation.trends.groups import (
    AGE,
    AUTHOR,
    GROUPS,
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


Facts = tuple[str | bool, ...]
"""Of an author the age band, and whether the account was younger than 30 days; of a room its kind."""
Group = tuple[str, int]
"""Segment and group."""


class One(NamedTuple):
    """An author or a room, as they are at a message."""

    name: str
    facts: Facts


class Cell(NamedTuple):
    """Where one message counts: its author, its room, the room's kind, and the groups of all of them and of the pair."""

    author: One
    room: One
    kind: str
    groups: tuple[Group, ...]


class Written(NamedTuple):
    """Messages by author or room, and the facts at the last message of each."""

    messages: Mapping[str, int]
    facts: Mapping[str, Facts]


@dataclass(frozen=True, slots=True)
class Wrote:
    """How many messages of one place fall where: the same for all sources that know them all."""

    kinds: Mapping[str, int]
    authors: Written
    rooms: Written
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

    def written(self, facts: Iterable[Facts]) -> Written:
        """Messages of each, and the facts at the last one; ``facts`` are each message's."""
        names = self.names
        return Written(
            {names[id_]: messages for id_, messages in Counter(self.ids).items()},
            {names[id_]: last for id_, last in dict(zip(self.ids, facts, strict=True)).items()},
        )


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
        groups: Counter[Group] = Counter()
        of_rooms = [one.room_category for one in self.records]
        for (id_, kind), messages in Counter(zip(self._rooms.ids, of_rooms, strict=True)).items():
            kinds[kind] += messages
            for group in _groups_of_room(kind, self._rooms.numbers[id_]):
                groups[group] += messages
        ages, accounts = [one.age_band for one in self.records], [_account(one) for one in self.records]
        author_numbers = self._authors.all_numbers()
        in_groups = (author_numbers % np.uint64(GROUPS)).tolist()
        # Those who share one of many groups share one of few.
        for (age, account, many), messages in Counter(zip(ages, accounts, in_groups, strict=True)).items():
            for group in _groups_of_author(age, account, many):
                groups[group] += messages
        pairs = pair_groups(author_numbers, self._rooms.all_numbers())
        groups.update({(PAIR, at): n for at, n in enumerate(np.bincount(pairs).tolist()) if n})
        authors = self._authors.written(zip(ages, [name == NEW_ACCOUNTS for name in accounts], strict=True))
        return Wrote(kinds, authors, self._rooms.written(zip(of_rooms, strict=True)), groups)

    def cell_of(self, one: ScoredRecord) -> Cell:
        """Where one of these messages counts."""
        author, room = self._authors.numbers[one.author_id], self._rooms.numbers[one.room_id]
        age, account, kind = one.age_band, _account(one), one.room_category
        return Cell(
            One(self._authors.names[one.author_id], (age, account == NEW_ACCOUNTS)),
            One(self._rooms.names[one.room_id], (kind,)),
            kind,
            (
                (PAIR, pair_group(author, room)),
                *_groups_of_author(age, account, group_of(author)),
                *_groups_of_room(kind, room),
            ),
        )


def parts_of(records: Sequence[ScoredRecord], pseudonym: Pseudonym) -> list[Part]:
    """Messages by what they share, which is mostly everything."""
    if not records:
        return []
    times = [one.counted_at for one in records]
    if hour_of(min(times)) == hour_of(max(times)) and all(
        len(set(map(get, records))) == 1 for get in _SHARED
    ):
        return [Part(_place(records[0]), records, pseudonym)]
    together: dict[Place, list[ScoredRecord]] = defaultdict(list)
    for one in records:
        together[_place(one)].append(one)
    return [Part(place, some, pseudonym) for place, some in together.items()]


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
