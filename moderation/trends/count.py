"""Count scored messages into buckets: pure sums, so that a recount gives the same."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from moderation.scoring.record import ScoredRecord
from moderation.trends.cells import Cell, Facts, One, Part, Place, Pseudonym, Written, Wrote, parts_of
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
        hits: The categories that a message reached, by service and id, of those that reached any.
        missed: (service, id) of messages that could not be measured.
    """

    source: str
    versions: Versions
    hits: Mapping[str, Mapping[str, Sequence[str]]]
    missed: frozenset[tuple[str, str]] = frozenset()


@dataclass(slots=True)
class OfDay:
    """One day's rows of authors or rooms, by pseudonym.

    Attributes:
        messages: Of whom something counts here; ``hits`` where there are any.
        facts: At the last message.
    """

    messages: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    facts: dict[str, Facts] = field(default_factory=dict)

    def add_written(self, written: Written) -> None:
        """Add messages."""
        self.messages.update(written.messages)
        self.facts.update(written.facts)

    def add_hit(self, one: One, *, counted: bool) -> None:
        """Add a hit, and its message unless that is ``counted`` already."""
        self.hits[one.name] += 1
        if not counted:
            self.messages[one.name] += 1
            self.facts[one.name] = one.facts


@dataclass(slots=True)
class Counts:
    """Sums over some messages.

    A row of category ``all`` counts every message, and as hits those that reached any category;
    a category's row counts the messages that reached it, which are its hits.

    Attributes:
        buckets: [messages, hits, holds, blocks] an hour; ``totals`` a day, ``hours`` without holds.
        rooms: A day's rooms; ``authors`` its authors.
        groups: [messages, hits] a day and random group.

    Of a measurement model, ``rooms`` and ``authors`` hold only who was hit, and their hits: who
    wrote how much stands in the rows of the live verdict.
    """

    buckets: dict[BucketKey, list[int]] = field(default_factory=dict)
    totals: dict[TotalKey, list[int]] = field(default_factory=dict)
    hours: dict[HourKey, list[int]] = field(default_factory=dict)
    rooms: dict[DayKey, OfDay] = field(default_factory=lambda: defaultdict(OfDay))
    authors: dict[DayKey, OfDay] = field(default_factory=lambda: defaultdict(OfDay))
    groups: dict[GroupKey, list[int]] = field(default_factory=dict)


def count(records: Sequence[ScoredRecord], pseudonym: Pseudonym, measured: Sequence[Measured] = ()) -> Counts:
    """Count messages, each once; the caller sees to it that none comes twice."""
    counts = Counts()
    for part in parts_of(records, pseudonym):
        everything = part.wrote()
        live = _Source(counts, LIVE, part.place, part.place.versions)
        live.add(everything, [(part.cell_of(one), one.categories) for one in part.records if one.categories])
        live.add_kept([one for one in part.records if one.verdict != "allow"])
        for model in measured:
            known, wrote = part.records, everything
            if model.missed:
                known = [one for one in known if (one.service, one.id) not in model.missed]
                wrote = Part(part.place, known, pseudonym).wrote()
            found = model.hits.get(part.place.service, {})
            hits = [(part.cell_of(one), found[one.id]) for one in known if one.id in found]
            _Source(counts, model.source, part.place, model.versions).add(wrote, hits)
    return counts


@dataclass(frozen=True, slots=True)
class _Source:
    """Adds what one source says of one place, counted with the given versions."""

    counts: Counts
    name: str
    place: Place
    versions: Versions

    def add(self, wrote: Wrote, hits: Sequence[tuple[Cell, Sequence[str]]]) -> None:
        """Messages, and which of them reached which categories."""
        said = [(cell, category) for cell, some in hits for category in (ALL, *some)]
        kinds = Counter([(cell.kind, category) for cell, category in said])
        for kind, category, messages, hit in _rows(wrote.kinds, kinds):
            self._add_to_buckets(kind, category, (messages, hit, 0, 0))
        groups = Counter([(group, category) for cell, category in said for group in cell.groups])
        service, day = self.place.service, self.place.day
        for group, category, messages, hit in _rows(wrote.groups, groups):
            _add(self.counts.groups, GroupKey(service, day, self.name, *group, category), (messages, hit))
        live = self.name == LIVE
        if live:
            key = self._day_key(ALL)
            self.counts.authors[key].add_written(wrote.authors)
            self.counts.rooms[key].add_written(wrote.rooms)
        for cell, category in said:
            key = self._day_key(category)
            counted = live and category == ALL
            self.counts.authors[key].add_hit(cell.author, counted=counted)
            self.counts.rooms[key].add_hit(cell.room, counted=counted)

    def add_kept(self, records: Sequence[ScoredRecord]) -> None:
        """Which messages were held or blocked."""
        for one in records:
            kept = (0, 0, int(one.verdict == "hold"), int(one.verdict == "block"))
            for category in (ALL, *one.categories):
                self._add_to_buckets(one.room_category, category, kept)

    def _add_to_buckets(self, kind: str, category: str, n: Sequence[int]) -> None:
        service, hour, day, _ = self.place
        _add(self.counts.buckets, BucketKey(service, hour, category, kind, self.name, *self.versions), n)
        _add(self.counts.totals, TotalKey(service, day, self.name, kind, category, *self.versions), n)
        _add(self.counts.hours, HourKey(service, hour, self.name, category), n[:2])

    def _day_key(self, category: str) -> DayKey:
        service, _, day, _ = self.place
        return DayKey(service, day, category, self.name, self.versions.fold, self.versions.model)


def _rows(
    wrote: Mapping[_Key, int], hits: Mapping[tuple[_Key, str], int]
) -> Iterator[tuple[_Key, str, int, int]]:
    """Where, category, messages and hits: of category "all" whatever was written there, of others what reached them."""
    for where, messages in wrote.items():
        yield where, ALL, messages, hits.get((where, ALL), 0)
    for (where, category), hit in hits.items():
        if category != ALL:
            yield where, category, hit, hit


def _add(sums: dict[_Key, list[int]], key: _Key, more: Sequence[int]) -> None:
    there = sums.get(key)
    if there is None:
        sums[key] = list(more)
    else:
        for at, number in enumerate(more):
            there[at] += number
