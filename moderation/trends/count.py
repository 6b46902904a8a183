"""Count scored messages into buckets: pure sums, so that a recount gives the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from moderation.scoring.record import ScoredRecord
from moderation.trends.cells import (
    AuthorCell,
    Cell,
    GroupCell,
    Place,
    Pseudonym,
    RoomCell,
    Wrote,
    cells_of,
    groups_of_author,
    groups_of_room,
    wrote_of,
)
from moderation.trends.groups import NEW_ACCOUNTS
from moderation.trends.keys import BucketKey, DayKey, GroupKey, HourKey, TotalKey, Versions

ALL = "all"
"""Stands in for a category in the rows that hold the denominators."""
LIVE = "live"
"""The source of what the verdicts of the day said."""
NO_RULES = "-"
"""Stands in for the rule set in what a measurement model counts: no rule has a say in it."""

_Key = TypeVar("_Key")


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
        authors: [messages, hits] a day and author; ``author_facts`` has the age band and whether the
            account was younger than 30 days.
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
    cells = cells_of(records, pseudonym)
    everything = wrote_of(cells)
    live = _Source(counts, LIVE, None)
    live.add_messages(everything)
    for cell, one in zip(cells, records, strict=True):
        if one.categories or one.verdict != "allow":
            live.add_hit(cell, one.categories, one.verdict)
    for model in measured:
        found = [model.categories.get((one.service, one.id)) for one in records]
        source = _Source(counts, model.source, model.versions)
        if None in found:
            source.add_messages(
                wrote_of([cell for cell, said in zip(cells, found, strict=True) if said is not None])
            )
        else:
            source.add_messages(everything)
        for cell, said in zip(cells, found, strict=True):
            if said:
                source.add_hit(cell, said, "allow")
    return counts


@dataclass(frozen=True, slots=True)
class _Source:
    """Adds what one source says. ``versions`` are a measurement model's own; None: those of each message."""

    counts: Counts
    name: str
    versions: Versions | None

    def add_messages(self, wrote: Wrote) -> None:
        """The denominators: rows of category ``all``."""
        for (at, kind), messages in wrote.buckets.items():
            self._add_to_buckets(at.place, kind, ALL, (messages, 0, 0, 0))
        for group, messages in wrote.groups.items():
            self._add_to_group(group, ALL, (messages, 0))
        if self.name == LIVE:
            # Most of a chunk's rows: one call for each would take longer than the counting.
            authors, facts, new_key = self.counts.authors, self.counts.author_facts, DayKey._make
            for (at, who, age, account), messages in wrote.authors.items():
                service, _, day, (model, _, fold, _) = at.place
                key = new_key((service, day, who, ALL, LIVE, fold, model))
                facts[key] = (age, account == NEW_ACCOUNTS)
                if (there := authors.get(key)) is None:
                    authors[key] = [messages, 0]
                else:
                    there[0] += messages
            for room, messages in wrote.rooms.items():
                self._add_to_room(room, ALL, (messages, 0))

    def add_hit(self, cell: Cell, categories: Sequence[str], verdict: str) -> None:
        """One message that says more than "one more"."""
        hit, kept = int(bool(categories)), (int(verdict == "hold"), int(verdict == "block"))
        (at, kind), author, room, pair = cell
        groups = (pair, *groups_of_author(author), *groups_of_room(room))
        for category in (ALL, *categories):
            said = (int(category != ALL), hit)  # as a message of category "all" it is counted already
            self._add_to_buckets(at.place, kind, category, (*said, *kept))
            for group in groups:
                self._add_to_group(group, category, said)
            if self.name == LIVE or hit:
                of_day = said if self.name == LIVE else (1, 1)
                self._add_to_author(author, category, of_day)
                self._add_to_room(room, category, of_day)

    def _add_to_buckets(self, place: Place, kind: str, category: str, n: Sequence[int]) -> None:
        service, name, counted = place.service, self.name, self.versions or place.versions
        _add(self.counts.buckets, BucketKey(service, place.hour, category, kind, name, *counted), n)
        _add(self.counts.totals, TotalKey(service, place.day, name, kind, category, *counted), n)
        _add(self.counts.hours, HourKey(service, place.hour, name, category), n[:2])

    def _add_to_group(self, cell: GroupCell, category: str, n: Sequence[int]) -> None:
        at, segment, group = cell
        place = at.place
        _add(self.counts.groups, GroupKey(place.service, place.day, self.name, segment, group, category), n)

    def _add_to_author(self, cell: AuthorCell, category: str, n: Sequence[int]) -> None:
        at, author, age, account = cell
        key = self._day_key(at.place, author, category)
        _add(self.counts.authors, key, n)
        self.counts.author_facts[key] = (age, account == NEW_ACCOUNTS)

    def _add_to_room(self, cell: RoomCell, category: str, n: Sequence[int]) -> None:
        at, room, kind = cell
        key = self._day_key(at.place, room, category)
        _add(self.counts.rooms, key, n)
        self.counts.room_categories[key] = kind

    def _day_key(self, place: Place, who: str, category: str) -> DayKey:
        counted = self.versions or place.versions
        return DayKey(place.service, place.day, who, category, self.name, counted.fold, counted.model)


def _add(sums: dict[_Key, list[int]], key: _Key, more: Sequence[int]) -> None:
    there = sums.get(key)
    if there is None:
        sums[key] = list(more)
    else:
        for at, number in enumerate(more):
            there[at] += number
