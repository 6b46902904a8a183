"""Count scored messages into buckets: pure sums, so that a recount gives the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from moderation.scoring.record import ScoredRecord
from moderation.trends.days import hour_of, jst_day_of

ALL = "all"
"""Stands in for a category in the rows that hold the denominators."""
LIVE = "live"
"""The source of what the verdicts of the day said."""
_NEW_ACCOUNT = timedelta(days=30)

Pseudonym = Callable[[str, str, str], str]
"""(service, ``author`` or ``room``, id) to pseudonym."""


class BucketKey(NamedTuple):
    """Where a message counts: an hour's bucket."""

    service_id: str
    hour: datetime
    category: str
    room_category: str
    source: str
    model_version: str
    lexicon_version: str
    fold_version: str
    ruleset_version: str


class DayKey(NamedTuple):
    """Where a message counts: the day of one author or room (a pseudonym)."""

    service_id: str
    day: date
    who: str
    category: str
    source: str
    fold_version: str
    model_version: str


@dataclass(slots=True)
class Counts:
    """Sums over some messages.

    A row of category ``all`` counts every message, and as hits those that reached any category;
    a category's row counts the messages that reached it, which are its hits.

    Attributes:
        buckets: [messages, hits, holds, blocks] an hour.
        rooms: [messages, hits] a day and room, with the room's category.
        authors: [messages, hits] a day and author, with age band and whether the account was
            younger than 30 days.
    """

    buckets: dict[BucketKey, list[int]] = field(default_factory=dict)
    rooms: dict[DayKey, list[int]] = field(default_factory=dict)
    room_categories: dict[DayKey, str] = field(default_factory=dict)
    authors: dict[DayKey, list[int]] = field(default_factory=dict)
    author_facts: dict[DayKey, tuple[str, bool]] = field(default_factory=dict)


def count(records: Iterable[ScoredRecord], pseudonym: Pseudonym, *, source: str = LIVE) -> Counts:
    """Count messages, each once; the caller sees to it that none comes twice."""
    counts = Counts()
    for record in records:
        _count_one(counts, record, pseudonym, source)
    return counts


def _count_one(counts: Counts, record: ScoredRecord, pseudonym: Pseudonym, source: str) -> None:
    hour, day = hour_of(record.counted_at), jst_day_of(record.counted_at)
    author = pseudonym(record.service, "author", record.author_id)
    room = pseudonym(record.service, "room", record.room_id)
    hold, block = record.verdict == "hold", record.verdict == "block"
    created = record.author_created_at
    is_new = created is not None and record.counted_at - created < _NEW_ACCOUNT
    for category in (ALL, *record.categories):
        hit = category != ALL or bool(record.categories)
        bucket = counts.buckets.setdefault(
            BucketKey(
                record.service,
                hour,
                category,
                record.room_category,
                source,
                record.model_version,
                record.lexicon_version,
                record.fold_version,
                record.ruleset_version,
            ),
            [0, 0, 0, 0],
        )
        bucket[0] += 1
        bucket[1] += hit
        bucket[2] += hold
        bucket[3] += block
        by_room = DayKey(
            record.service, day, room, category, source, record.fold_version, record.model_version
        )
        in_room = counts.rooms.setdefault(by_room, [0, 0])
        in_room[0] += 1
        in_room[1] += hit
        counts.room_categories[by_room] = record.room_category
        by_author = by_room._replace(who=author)
        of_author = counts.authors.setdefault(by_author, [0, 0])
        of_author[0] += 1
        of_author[1] += hit
        counts.author_facts[by_author] = (record.age_band, is_new)
