"""Count again, slowly and by other means, what the recorder should have counted."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from moderation.scoring.record import ScoredRecord
from moderation.storage.database import Database
from moderation.storage.tables.archive import day_authors, day_rooms, messages, trend_buckets
from moderation.trends.count import LIVE


def recount(records: Iterable[ScoredRecord]) -> dict[str, Counter[Any]]:
    """Sums by hour, room and author of the records, each id once."""
    first: dict[tuple[str, str], ScoredRecord] = {}
    for one in records:
        if (one.service, one.id) not in first:
            first[one.service, one.id] = one
    buckets: Counter[Any] = Counter()
    days: Counter[Any] = Counter()
    for one in first.values():
        hour = one.counted_at.strftime("%Y-%m-%d %H")
        day = (one.counted_at + timedelta(hours=9)).strftime("%Y-%m-%d")
        for category in ["all", *one.categories]:
            hit = category != "all" or one.categories != []
            for name, more in (
                ("messages", 1),
                ("hits", int(hit)),
                ("holds", int(one.verdict == "hold")),
                ("blocks", int(one.verdict == "block")),
            ):
                buckets[one.service, hour, category, one.room_category, name] += more
            days[one.service, day, category, "messages"] += 1
            days[one.service, day, category, "hits"] += int(hit)
    return {"buckets": +buckets, "days": +days, "ids": Counter(list(first))}


def stored(database: Database) -> dict[str, Any]:
    """The same sums as they stand in the database, by the live verdict; rooms and authors each have to give the days."""
    with database.read_archive() as connection:
        buckets: Counter[Any] = Counter()
        for row in connection.execute(select(trend_buckets).where(trend_buckets.c.source == LIVE)):
            hour = row.hour.strftime("%Y-%m-%d %H")
            for name in ("messages", "hits", "holds", "blocks"):
                key = (row.service_id, hour, row.category, row.room_category, name)
                buckets[key] += row._mapping[name]
        by_day: list[Counter[Any]] = []
        for table in (day_rooms, day_authors):
            days: Counter[Any] = Counter()
            for row in connection.execute(select(table).where(table.c.source == LIVE)):
                for name in ("messages", "hits"):
                    days[row.service_id, row.day.isoformat(), row.category, name] += row._mapping[name]
            by_day.append(+days)
        ids = Counter((row.service_id, row.id) for row in connection.execute(select(messages)))
    return {"buckets": +buckets, "rooms": by_day[0], "authors": by_day[1], "ids": ids}


def assert_same(database: Database, records: Iterable[ScoredRecord]) -> None:
    """What is stored equals the slow recount."""
    expected, found = recount(records), stored(database)
    assert found["ids"] == expected["ids"]
    assert found["buckets"] == expected["buckets"]
    assert found["rooms"] == expected["days"]
    assert found["authors"] == expected["days"]
