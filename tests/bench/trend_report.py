"""`make bench-trend-report`: the report over 90 days of a large service, on SQLite and on PostgreSQL.

200 million messages, 2,000 rooms and 200,000 authors a day in 30 kinds of rooms; the days before, that it
is compared with, are as large. Rows are made directly, as the recorder would have left them.
"""

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
from sqlalchemy import Table

from moderation.settings import PROJECT, Settings
from moderation.storage import bulk, migrate, trends_read
from moderation.storage.database import Database, open_database
from moderation.storage.tables.archive import (
    day_authors,
    day_groups,
    day_rooms,
    day_totals,
    fact_buckets,
    hour_totals,
)
from moderation.taxonomy import Category
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


def rows_of(
    day: date, pseudonyms: Sequence[str]
) -> Iterator[tuple[Table, tuple[str, ...], list[tuple[Any, ...]]]]:
    """All rows of one day."""
    hits = int(MESSAGES * HIT_SHARE)
    counts = [(ALL, MESSAGES, hits * len(CATEGORIES)), *((name, hits, hits) for name in CATEGORIES)]
    yield (
        day_totals,
        tuple(column.name for column in day_totals.columns),
        [
            (SERVICE, day, LIVE, kind, name, *VERSIONS, m // len(KINDS), h // len(KINDS), 0, 0)
            for kind in KINDS
            for name, m, h in counts
        ],
    )
    start = jst_day(day)[0]
    yield (
        hour_totals,
        tuple(column.name for column in hour_totals.columns),
        [
            (SERVICE, start + timedelta(hours=hour), LIVE, name, m // 24, h // 24)
            for hour in range(24)
            for name, m, h in counts
        ],
    )
    segments = [(name, GROUPS) for name in (AUTHOR, ROOM, PAIR)]
    segments += [(name, PART_GROUPS) for name in (NEW_ACCOUNTS, OLD_ACCOUNTS, f"{AGE}adult", f"{AGE}13-15")]
    segments += [(KIND + kind, PART_GROUPS) for kind in KINDS]
    yield (
        day_groups,
        tuple(column.name for column in day_groups.columns),
        [
            (SERVICE, day, LIVE, segment, group, name, m // size, int(DICE.poisson(h / size)))
            for segment, size in segments
            for group in range(size)
            for name, m, h in counts
        ],
    )
    yield (
        day_rooms,
        tuple(column.name for column in day_rooms.columns),
        [
            (
                SERVICE,
                day,
                f"{room:032x}",
                ALL,
                LIVE,
                "fold",
                "model",
                KINDS[room % len(KINDS)],
                MESSAGES // ROOMS,
                0,
            )
            for room in range(ROOMS)
        ],
    )
    names = tuple(column.name for column in day_authors.columns)
    per = max(1, MESSAGES // AUTHORS)
    yield (
        day_authors,
        names,
        [(SERVICE, day, who, ALL, LIVE, "fold", "model", "adult", False, per, 0) for who in pseudonyms],
    )
    hit = DICE.choice(len(pseudonyms), min(len(pseudonyms), hits * len(CATEGORIES) // 2), replace=False)
    yield (
        day_authors,
        names,
        [
            (
                SERVICE,
                day,
                pseudonyms[at],
                CATEGORIES[at % len(CATEGORIES)],
                LIVE,
                "fold",
                "model",
                "adult",
                False,
                1,
                1,
            )
            for at in hit
        ],
    )
    yield (
        fact_buckets,
        tuple(column.name for column in fact_buckets.columns),
        [(SERVICE, start, "report", name, name, "unknown", 40) for name in CATEGORIES],
    )


def fill(database: Database) -> int:
    """Write both periods; how many rows."""
    everybody = np.unique(DICE.integers(0, 2**62, 4 * AUTHORS, dtype=np.int64))
    total = 0
    for day in Period(first=PERIOD.weekdays_before.first, last=PERIOD.last).days():
        chosen = np.sort(DICE.choice(everybody, AUTHORS, replace=False))
        # 62 random bits at the top of 32 hex digits: even, as an HMAC is.
        pseudonyms = [f"{(int(number) << 2):016x}{0:016x}" for number in chosen]
        with database.write_archive() as unit:
            for table, names, rows in rows_of(day, pseudonyms):
                total += len(rows)
                if unit.connection.dialect.name == "postgresql":
                    copy(unit.connection.connection.driver_connection, table, names, rows)
                else:
                    bulk.write_tuples(unit.connection, table, names, rows, lambda statement: statement)
    return total


def copy(connection: Any, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """PostgreSQL's own way to take in many rows."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    with connection.cursor() as cursor:
        into = f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT csv)"
        with cursor.copy(into) as stream:
            stream.write(text.getvalue())


def timed(database: Database) -> tuple[list[float], Any]:
    """Seconds of each report, from opening the snapshot to the finished report."""
    spent = []
    made = None
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        with database.read_archive() as connection:
            figures = trends_read.read(
                connection, service=SERVICE, period=PERIOD, today=LAST + timedelta(days=1)
            )
        made = report(figures)
        spent.append(time.perf_counter() - begun)
    return spent, made


@contextmanager
def stores() -> Iterator[Iterator[tuple[str, Database]]]:
    """SQLite, and PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory(dir=PROJECT / "var") as folder, running_postgres() as server:

        def each() -> Iterator[tuple[str, Database]]:
            yield "SQLite", open_database(Settings(data_dir=Path(folder)))
            if server is not None:
                url = server.make_template()
                yield "PostgreSQL", open_database(Settings(data_dir=Path(folder), database_url=url))
                server.drop_template()

        yield each()


def main() -> None:
    found = []
    with stores() as each:
        for name, database in each:
            migrate.upgrade(database)
            begun = time.perf_counter()
            rows = fill(database)
            if name == "PostgreSQL":
                with database.archive.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM ANALYZE")
            filled = time.perf_counter() - begun
            spent, made = timed(database)
            best = {"SQLite": 5.0, "PostgreSQL": 2.0}[name]
            sys.stdout.write(
                f"{name}: {rows:,} rows made in {filled:.0f} s; report of {made.messages:,} messages, "
                f"{made.viewers:,} authors (±{100 * made.viewers_error:.1f} %), {made.rooms:,} rooms: "
                f"first {spent[0]:.2f} s, median {statistics.median(spent):.2f} s (asked: {best:g} s)\n"
            )
            found += [
                {
                    "issue": 7, "row": f"report over 90 days, 200 million messages, {name} ({what})",
                    "value": round(value, 3), "unit": "s", "baseline": best, "cores": os.cpu_count(),
                }
                for what, value in (("first", spent[0]), ("median", statistics.median(spent)))
            ]  # fmt: skip
            database.dispose()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
