"""Facts: what people did, as the recorder counts it: decisions, the actions in them, reports, streams.

A fact's data, as ``storage.outbox.record_fact`` takes it:

- ``decision``: outcome, categories, actions, room_category (optional);
- ``report``: reason, room_category (optional);
- ``stream``: started_at, ended_at, room_category (optional): its seconds are shared out to the hours.

Each may hold ``at`` (ISO time with zone; the outbox row's time otherwise) and ``count``: -1 takes
an undone decision back out of the hour it was made in.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import msgspec

from moderation.trends.count import ALL
from moderation.trends.days import hour_of

DECISION = "decision"
ACTION = "action"
REPORT = "report"
STREAM = "stream"
_LONGEST_STREAM = timedelta(days=7)
"""A stream that is told to be longer was not ended when it ended."""


class FactKey(NamedTuple):
    """Where a fact counts. A decision counts once under ``all`` and once under each category."""

    service_id: str
    hour: datetime
    kind: str
    category: str
    value: str
    room_category: str


class UnknownFact(ValueError):
    """The data of a fact is not what this version counts."""


class _Decision(msgspec.Struct):
    outcome: str
    categories: list[str] = []
    actions: list[str] = []
    room_category: str | None = None
    at: datetime | None = None
    count: Literal[1, -1] = 1


class _Report(msgspec.Struct):
    reason: str
    room_category: str | None = None
    at: datetime | None = None
    count: Literal[1, -1] = 1


class _Stream(msgspec.Struct):
    started_at: datetime
    ended_at: datetime
    room_category: str | None = None


def count_fact(service: str, kind: str, data: Mapping[str, Any], *, made_at: datetime) -> Counter[FactKey]:
    """The buckets one fact counts in.

    Raises:
        UnknownFact: The kind or the data is not known.
    """
    try:
        if kind == DECISION:
            return _of_decision(service, msgspec.convert(data, _Decision), made_at)
        if kind == REPORT:
            return _of_report(service, msgspec.convert(data, _Report), made_at)
        if kind == STREAM:
            return _of_stream(service, msgspec.convert(data, _Stream))
    except msgspec.ValidationError as error:
        raise UnknownFact(f"{kind}: {error}") from error
    raise UnknownFact(f"{kind!r} is neither a decision, nor a report, nor a stream")


def _of_decision(service: str, decision: _Decision, made_at: datetime) -> Counter[FactKey]:
    hour = hour_of(decision.at or made_at)
    room = decision.room_category or "unknown"
    counts: Counter[FactKey] = Counter()
    for category in (ALL, *dict.fromkeys(decision.categories)):
        counts[FactKey(service, hour, DECISION, category, decision.outcome, room)] += decision.count
        for action in dict.fromkeys(decision.actions):
            counts[FactKey(service, hour, ACTION, category, action, room)] += decision.count
    return counts


def _of_report(service: str, report: _Report, made_at: datetime) -> Counter[FactKey]:
    hour = hour_of(report.at or made_at)
    key = FactKey(service, hour, REPORT, report.reason, report.reason, report.room_category or "unknown")
    return Counter({key: report.count})


def _of_stream(service: str, stream: _Stream) -> Counter[FactKey]:
    length = stream.ended_at - stream.started_at
    counts: Counter[FactKey] = Counter()
    if not timedelta(0) < length <= _LONGEST_STREAM:
        return counts
    at = stream.started_at
    while at < stream.ended_at:
        hour = hour_of(at)
        until = min(hour + timedelta(hours=1), stream.ended_at)
        key = FactKey(service, hour, STREAM, ALL, "seconds", stream.room_category or "unknown")
        counts[key] += round((until - at).total_seconds())
        at = until
    return counts
