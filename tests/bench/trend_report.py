"""`make bench-trend-report`: the report over 90 days of a large service, on SQLite and on PostgreSQL.

    python -m tests.bench.trend_report [--only SQLite,PostgreSQL]

200 million messages, 2,000 rooms and 200,000 authors a day in 30 kinds of rooms; the days before, that it
is compared with, are as large. Rows are made directly: those of the last day as the recorder leaves them; the random
groups of the days before as a closed day keeps them, written by the function that closing writes them with. One
day more is closed by the schedule's own code, and timed.
"""

import argparse
import csv
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, Text, insert, literal, select

from moderation.settings import PROJECT, Settings
from moderation.storage import bulk, migrate
from moderation.storage.database import Database, open_database
from moderation.storage.tables import archive
from moderation.storage.tables.archive import (
    day_authors,
    day_rooms,
    day_totals,
    fact_buckets,
    hour_totals,
)
from moderation.storage.trends import day_groups, sums
from moderation.storage.trends.day_groups import GroupDay
from moderation.taxonomy import Category
from moderation.trends.closing import close_days
from moderation.trends.count import ALL, LIVE
from moderation.trends.days import Period, jst_day
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
)
from moderation.trends.report import report
from tests.support.postgres import running_postgres

OUT = PROJECT / "var" / "bench" / "trend_report.json"
DAYS = 90
QUICK = os.environ.get("QUICK") == "1"
AUTHORS = 20_000 if QUICK else 200_000
ROOMS = 2_000
KINDS = [f"game-{number:02d}" for number in range(30)]
MESSAGES = 200_000_000 // DAYS
LAST = date(2026, 8, 31)
PERIOD = Period(first=LAST - timedelta(days=DAYS - 1), last=LAST)
CATEGORIES = [category.value for category in Category]
VERSIONS = ("model", "lexicon", "fold", "rules")
HIT_SHARE = 0.001
ROUNDS = 5
DICE = np.random.default_rng(20260820)
SERVICE = "stream"
HITS = int(MESSAGES * HIT_SHARE)
COUNTS = [(ALL, MESSAGES, HITS * len(CATEGORIES)), *((name, HITS, HITS) for name in CATEGORIES)]
"""Category, messages and hits of each day."""
HELPERS = MetaData()
people = Table("people", HELPERS, Column("number", BigInteger), Column("name", Text))
chosen = Table("chosen", HELPERS, Column("place", Integer), Column("category", Text))


def sums_of(day: date) -> Iterator[tuple[Table, list[tuple[Any, ...]]]]:
    """Rows of one day that are sums of many messages."""
    yield (
        day_totals,
        [
            (SERVICE, day, LIVE, kind, name, *VERSIONS, messages // len(KINDS), hits // len(KINDS), 0, 0)
            for kind in KINDS
            for name, messages, hits in COUNTS
        ],
    )
    start = jst_day(day)[0]
    yield (
        hour_totals,
        [
            (SERVICE, start + timedelta(hours=hour), LIVE, name, messages // 24, hits // 24)
            for hour in range(24)
            for name, messages, hits in COUNTS
        ],
    )
    wrote = (ALL, LIVE, "fold", "model")
    yield (
        day_rooms,
        [
            (SERVICE, day, f"{room:032x}", *wrote, KINDS[room % len(KINDS)], MESSAGES // ROOMS, 0)
            for room in range(ROOMS)
        ],
    )
    yield fact_buckets, [(SERVICE, start, "report", name, name, "unknown", 40) for name in CATEGORIES]


def groups_of(day: date) -> list[GroupDay]:
    """Random groups of one day, as a closed day keeps them."""
    segments = [(name, GROUPS) for name in (AUTHOR, ROOM, PAIR)]
    segments += [(name, PART_GROUPS) for name in (NEW_ACCOUNTS, OLD_ACCOUNTS, f"{AGE}adult", f"{AGE}13-15")]
    segments += [(KIND + kind, PART_GROUPS) for kind in KINDS]
    names, messages, hits = zip(*COUNTS, strict=True)
    return [
        GroupDay(
            day,
            segment,
            names,
            np.stack(
                [
                    np.tile(np.array(messages)[:, None] // size, size),
                    DICE.poisson(np.array(hits)[:, None] / size, (len(names), size)),
                ]
            ),
        )
        for segment, size in segments
    ]


def open_rows(days: Iterable[GroupDay]) -> list[tuple[Any, ...]]:
    """The same as the recorder leaves it."""
    return [
        (SERVICE, one.day, LIVE, one.segment, group, name, *(int(n) for n in one.counts[:, at, group]))
        for one in days
        for group in range(one.counts.shape[-1])
        for at, name in enumerate(one.categories)
    ]


def authors_of(connection: Connection, day: date) -> int:
    """Rows of the authors of one day: one in four of everybody, and one in sixteen of those is hit. How many."""
    drawn = (people.c.number * 48_271 + day.toordinal() * 69_621) % 2_147_483_647
    names = [column.name for column in day_authors.columns]
    given = [literal("fold"), literal("model"), literal("adult"), literal(False)]
    start = [literal(SERVICE), literal(day), people.c.name]
    wrote = select(
        *start, literal(ALL), literal(LIVE), *given, literal(MESSAGES // AUTHORS), literal(0)
    ).where(drawn % 4 == 0)
    hit = (
        select(*start, chosen.c.category, literal(LIVE), *given, literal(1), literal(1))
        .join(chosen, chosen.c.place == people.c.number % len(CATEGORIES))
        .where(drawn % 64 == 0)
    )
    # In the order of the key, as a day's authors lie in the end.
    return sum(
        connection.execute(
            insert(day_authors).from_select(names, rows.order_by(people.c.name)),
            execution_options={"preserve_rowcount": True},
        ).rowcount
        for rows in (wrote, hit)
    )


def fill(database: Database) -> tuple[int, float]:
    """Write both periods; how many rows, and the seconds that closing one day took.

    The first day is closed by the schedule's own code, the last one is still open.
    """
    everybody = np.unique(DICE.integers(0, 2**62, 4 * AUTHORS, dtype=np.int64))
    days = list(Period(first=PERIOD.weekdays_before.first, last=PERIOD.last).days())
    total, closing = 0, 0.0
    with database.write_archive() as unit:
        HELPERS.create_all(unit.connection)
        # 62 random bits at the top of 32 hex digits: even, as an HMAC is.
        names = [(number, f"{int(who) << 2:016x}{0:016x}") for number, who in enumerate(everybody)]
        put(unit.connection, people, names)
        put(unit.connection, chosen, list(enumerate(CATEGORIES)))
    for day in days:
        with database.write_archive() as unit:
            for table, rows in sums_of(day):
                put(unit.connection, table, rows)
                total += len(rows)
            total += authors_of(unit.connection, day)
            groups = groups_of(day)
            total += sum(one.counts[0].size for one in groups)
            if day in (days[0], days[-1]):
                put(unit.connection, archive.day_groups, open_rows(groups))
            else:
                day_groups.keep(unit.connection, ((SERVICE, LIVE, one) for one in groups))
        if day == days[0]:
            begun = time.perf_counter()
            assert close_days(database, last=day, most=1) == 1
            closing = time.perf_counter() - begun
    with database.write_archive() as unit:
        HELPERS.drop_all(unit.connection)
    return total, closing


def put(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows that have a value for each column, the quick way of each store."""
    names = tuple(column.name for column in table.columns)
    if connection.dialect.name != "postgresql":
        bulk.write_tuples(connection, table, names, rows, lambda statement: statement)
        return
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN (FORMAT csv)") as stream:
        stream.write(text.getvalue())


def timed(database: Database) -> tuple[list[float], float, Any]:
    """Seconds of each report, from opening the snapshot to the finished report; this process's own of one; the last.

    The first one finds nothing of the store in this process's memory, though the system may have it in its own.
    """
    spent = []
    made = None
    worked = time.process_time()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        with database.read_archive() as connection:
            figures = sums.read(connection, service=SERVICE, period=PERIOD, today=LAST + timedelta(days=1))
        made = report(figures)
        spent.append(time.perf_counter() - begun)
    return spent, (time.process_time() - worked) / ROUNDS, made


@contextmanager
def stores(asked: Sequence[str]) -> Iterator[Iterator[tuple[str, Database]]]:
    """Those that are asked for, PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory(dir=PROJECT / "var") as folder, running_postgres() as server:

        def each() -> Iterator[tuple[str, Database]]:
            if "SQLite" in asked:
                yield "SQLite", open_database(Settings(data_dir=Path(folder)))
                for file in Path(folder).iterdir():
                    file.unlink()  # some gigabytes, which the next store may need
            if server is not None and "PostgreSQL" in asked:
                url = server.make_template()
                yield "PostgreSQL", open_database(Settings(data_dir=Path(folder), database_url=url))
                server.drop_template()

        yield each()


def size_of(database: Database) -> float:
    """Gigabytes of the archive."""
    with database.read_archive() as connection:
        if connection.dialect.name == "postgresql":
            return (
                int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
                / 1e9
            )
    return Path(str(database.archive.url.database)).stat().st_size / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description="The report over 90 days of a large service.")
    parser.add_argument("--only", default="SQLite,PostgreSQL", help="stores, as in: SQLite,PostgreSQL")
    found = []
    with stores(parser.parse_args().only.split(",")) as each:
        for name, database in each:
            migrate.upgrade(database)
            begun = time.perf_counter()
            rows, closing = fill(database)
            if name == "PostgreSQL":
                with database.archive.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM ANALYZE")
            filled = time.perf_counter() - begun
            spent, own, made = timed(database)
            best = {"SQLite": 5.0, "PostgreSQL": 2.0}[name]
            sys.stdout.write(
                f"{name}: {rows:,} counts made in {filled:.0f} s, {size_of(database):.1f} GB; a day closed in {closing:.2f} s; "
                f"report of {made.messages:,} messages, {made.viewers:,} authors (±{100 * made.viewers_error:.1f} %), "
                f"{made.rooms:,} rooms: first {spent[0]:.2f} s, median {statistics.median(spent):.2f} s, "
                f"quickest {min(spent):.2f} s (asked: {best:g} s), "
                f"{own:.2f} s of them this process's own\n"
            )
            found += [
                {
                    "issue": 7, "row": f"report over 90 days, 200 million messages, {AUTHORS:,} authors a day, {name} ({what})",
                    "value": round(value, 3), "unit": "s", "baseline": best, "cores": os.cpu_count(),
                }
                for what, value in (("first", spent[0]), ("median", statistics.median(spent)))
            ]  # fmt: skip
            database.dispose()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
