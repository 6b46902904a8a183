"""Count scored messages into buckets: pure sums, so that a recount gives the same."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

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
from moderation.trends.keys import BucketKey, DayKey, GroupKey, HourKey, TotalKey

ALL = "all"
"""Stands in for a category in the rows that hold the denominators."""
LIVE = "live"
"""The source of what the verdicts of the day said."""
NO_RULES = "-"
"""Stands in for the rule set in what a measurement model counts: no rule has a say in it."""
_NEW_ACCOUNT = timedelta(days=30)

_Key = TypeVar("_Key")
_Where = TypeVar("_Where")

Pseudonym = Callable[[str, str, str], str]
"""(service, ``author`` or ``room``, id) to pseudonym."""


class Versions(NamedTuple):
    """What a message was counted with."""

    model: str
    lexicon: str
    fold: str
    ruleset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a measurement model says of some messages.

    Attributes:
        source: The model's name in the buckets.
        categories: The categories each message reached, by (service, id). A message that is not
            there could not be measured.
    """

    source: str
    versions: Versions
    categories: Mapping[tuple[str, str], Sequence[str]]


@dataclass(slots=True)
class Counts:
    """Sums over some messages.

    A row of category ``all`` counts every message, and as hits those that reached any category;
    a category's row counts the messages that reached it, which are its hits.

    Attributes:
        buckets: [messages, hits, holds, blocks] an hour; ``totals`` a day, ``hours`` without holds.
        rooms: [messages, hits] a day and room, with the room's category.
        authors: [messages, hits] a day and author, with age band and whether the account was
            younger than 30 days.
        groups: [messages, hits] a day and random group.

    Of a measurement model, ``rooms`` and ``authors`` hold only who was hit, and their hits: who
    wrote how much stands in the rows of the live verdict.
    """

    buckets: dict[BucketKey, list[int]] = field(default_factory=dict)
    totals: dict[TotalKey, list[int]] = field(default_factory=dict)
    hours: dict[HourKey, list[int]] = field(default_factory=dict)
    rooms: dict[DayKey, list[int]] = field(default_factory=dict)
    room_categories: dict[DayKey, str] = field(default_factory=dict)
    authors: dict[DayKey, list[int]] = field(default_factory=dict)
    author_facts: dict[DayKey, tuple[str, bool]] = field(default_factory=dict)
    groups: dict[GroupKey, list[int]] = field(default_factory=dict)


def count(records: Sequence[ScoredRecord], pseudonym: Pseudonym, measured: Iterable[Measured] = ()) -> Counts:
    """Count messages, each once; the caller sees to it that none comes twice."""
    counts = Counts()
    cells = _cells(records, pseudonym)
    held = [(one.verdict == "hold", one.verdict == "block") for one in records]
    _add_up(counts, cells, [one.categories for one in records], held, LIVE, None)
    for model in measured:
        known = [model.categories.get((one.service, one.id)) for one in records]
        seen = [cell for cell, found in zip(cells, known, strict=True) if found is not None]
        reached = [found for found in known if found is not None]
        _add_up(counts, seen, reached, [(False, False)] * len(seen), model.source, model.versions)
    return counts


class _Place(NamedTuple):
    """What many messages of a chunk share. Compared by identity where it is a part of a key: see ``_At``."""

    service: str
    hour: datetime
    day: date
    versions: Versions


class _At:
    """A place as a part of a key: hashed as an object, which takes a tenth of the time of its words."""

    __slots__ = ("place",)

    def __init__(self, place: _Place) -> None:
        self.place = place


class _Cell(NamedTuple):
    """Where one message counts."""

    bucket: tuple[_At, str]
    author: tuple[_At, str, str, str]
    room: tuple[_At, str, str]
    pair: tuple[_At, int]


def _cells(records: Iterable[ScoredRecord], pseudonym: Pseudonym) -> list[_Cell]:
    places: dict[tuple[Any, ...], _At] = {}
    cells = []
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
            place = _At(_Place(one.service, hour_of(at), jst_day_of(at), Versions(*shared[2:])))
            places[shared] = place
        author = pseudonym(one.service, "author", one.author_id)
        room = pseudonym(one.service, "room", one.room_id)
        created, kind = one.author_created_at, one.room_category
        account = UNKNOWN_ACCOUNTS
        if created is not None:
            account = NEW_ACCOUNTS if at - created < _NEW_ACCOUNT else OLD_ACCOUNTS
        cells.append(
            _Cell(
                (place, kind),
                (place, author, one.age_band, account),
                (place, room, kind),
                (place, pair_group(number_of(author), number_of(room))),
            )
        )
    return cells


def _add_up(
    counts: Counts,
    cells: Sequence[_Cell],
    reached: Sequence[Sequence[str]],
    held: Sequence[tuple[bool, bool]],
    source: str,
    versions: Versions | None,
) -> None:
    """Messages by cell first, which is most of the work; then the few that say more than "one more"."""
    hits = [
        (cell, category, (bool(categories), *kept))
        for cell, categories, kept in zip(cells, reached, held, strict=True)
        if categories or True in kept
        for category in (ALL, *categories)
    ]
    for (at, kind), category, n in _sums(
        [cell.bucket for cell in cells], [(cell.bucket, category, said) for cell, category, said in hits]
    ):
        place = at.place
        counted = versions or place.versions
        _add(counts.buckets, BucketKey(place.service, place.hour, category, kind, source, *counted), n)
        _add(counts.totals, TotalKey(place.service, place.day, source, kind, category, *counted), n)
        _add(counts.hours, HourKey(place.service, place.hour, source, category), n[:2])
    for (at, group), category, n in _sums(
        [cell.pair for cell in cells], [(cell.pair, category, said) for cell, category, said in hits]
    ):
        place = at.place
        _add(counts.groups, GroupKey(place.service, place.day, source, PAIR, group, category), n[:2])
    parts: dict[tuple[_At, str, int, str], list[int]] = {}
    for (at, room, kind), category, n in _sums(
        [cell.room for cell in cells], [(cell.room, category, said) for cell, category, said in hits]
    ):
        number = number_of(room)
        _add(parts, (at, ROOM, group_of(number), category), n[:2])
        _add(parts, (at, KIND + kind, group_of(number, PART_GROUPS), category), n[:2])
        if source == LIVE or n[1]:
            key = _day_key(at.place, room, category, source, versions)
            _add(counts.rooms, key, n[:2] if source == LIVE else (n[1], n[1]))
            counts.room_categories[key] = kind
    for (at, author, age, account), category, n in _sums(
        [cell.author for cell in cells], [(cell.author, category, said) for cell, category, said in hits]
    ):
        number = number_of(author)
        small = group_of(number, PART_GROUPS)
        _add(parts, (at, AUTHOR, group_of(number), category), n[:2])
        _add(parts, (at, account, small, category), n[:2])
        _add(parts, (at, AGE + age, small, category), n[:2])
        if source == LIVE or n[1]:
            key = _day_key(at.place, author, category, source, versions)
            _add(counts.authors, key, n[:2] if source == LIVE else (n[1], n[1]))
            counts.author_facts[key] = (age, account == NEW_ACCOUNTS)
    for (at, segment, group, category), n in parts.items():
        place = at.place
        _add(counts.groups, GroupKey(place.service, place.day, source, segment, group, category), n)


def _sums(
    wrote: Sequence[_Where], hits: Sequence[tuple[_Where, str, tuple[bool, bool, bool]]]
) -> Iterable[tuple[_Where, str, list[int]]]:
    """[messages, hits, holds, blocks] for each cell and category."""
    found = {(cell, ALL): [messages, 0, 0, 0] for cell, messages in Counter(wrote).items()}
    for cell, category, said in hits:
        n = found.setdefault((cell, category), [0, 0, 0, 0])
        n[0] += category != ALL
        for at, one in enumerate(said, start=1):
            n[at] += one
    return ((cell, category, n) for (cell, category), n in found.items())


def _day_key(place: _Place, who: str, category: str, source: str, versions: Versions | None) -> DayKey:
    counted = versions or place.versions
    return DayKey(place.service, place.day, who, category, source, counted.fold, counted.model)


def _add(sums: dict[_Key, list[int]], key: _Key, more: Sequence[int]) -> None:
    there = sums.get(key)
    if there is None:
        sums[key] = list(more)
    else:
        for at, number in enumerate(more):
            there[at] += number
