"""Keys: in which row a message counts."""

from datetime import date, datetime
from typing import NamedTuple


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


class TotalKey(NamedTuple):
    """The same by day in Japan."""

    service_id: str
    day: date
    source: str
    room_category: str
    category: str
    model_version: str
    lexicon_version: str
    fold_version: str
    ruleset_version: str


class HourKey(NamedTuple):
    """The same by hour, over all kinds of rooms and versions."""

    service_id: str
    hour: datetime
    source: str
    category: str


class DayKey(NamedTuple):
    """What the rows of all authors, or of all rooms, of a day share."""

    service_id: str
    day: date
    category: str
    source: str
    fold_version: str
    model_version: str


class GroupKey(NamedTuple):
    """Where a message counts: the day of a random group."""

    service_id: str
    day: date
    source: str
    segment: str
    grp: int
    category: str


class Versions(NamedTuple):
    """What a message was counted with."""

    model: str
    lexicon: str
    fold: str
    ruleset: str
