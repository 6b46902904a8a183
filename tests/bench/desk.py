"""Figures of the review desk (issue 6) on PostgreSQL: claims at once, and pages over a large store.

    python -m tests.bench.desk [--cases 200000] [--hits 10] [--only claims,pages]

Prints a table and writes var/bench/desk.json: rows {issue, row, value, unit, baseline, cores}. Claims are
made by 20 threads in one process, each with a connection of its own. Pages are the console's, asked for
in the same process: what is measured is the server's work, template and queries, without the network.
The load of the machine is a row of its own: figures taken beside other work are ratios at best.
"""

# ruff: noqa: T201 - it is a command

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from time import perf_counter, process_time, sleep
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from api import console, errors
from api.console.visitor import SESSION_COOKIE
from moderation.bootstrap import seed
from moderation.review.sight import Sight
from moderation.settings import PROJECT, Settings
from moderation.storage import migrate
from moderation.storage.accounts import accounts, sessions
from moderation.storage.database import Database, open_database
from moderation.storage.desk import next_case
from moderation.taxonomy import Role, Severity
from tests.bench.desk_rows import FILL
from tests.review.desk import LEASE, Desk
from tests.support.factories import NOON
from tests.support.postgres import running_postgres

CORES = os.cpu_count() or 1
MODERATORS = 20
CLAIMED = 2_000
OPEN_EVERY = 4
"""One of so many cases is open."""
ROUNDS = 60
SECONDS = 20
"""How long the calm claims go on."""
rows: list[dict[str, Any]] = []


def note(row: str, value: float, unit: str) -> None:
    """Keep a figure and print it."""
    value = round(value, 2)
    rows.append({"issue": 6, "row": row, "value": value, "unit": unit, "baseline": None, "cores": CORES})
    print(f"{row:72} {value:12,.2f} {unit}")


def p95(seconds: list[float]) -> float:
    """95th percentile, in milliseconds."""
    return statistics.quantiles(seconds, n=20)[18] * 1000


def bench_claims(database: Database) -> None:
    """20 moderators claim at once until nothing is left."""
    desk = Desk(database)
    sights = [desk.sight(f"moderator{number}") for number in range(MODERATORS)]
    severities = tuple(Severity)[1:]
    for number in range(CLAIMED):
        desk.case(
            author=f"u-{number}",
            severity=severities[number % 4],
            at=NOON + timedelta(milliseconds=number),
        )
    with database.read() as connection:
        connection.exec_driver_sql("ANALYZE")  # as the server does by itself within a minute
        order = list(
            connection.execute(text("SELECT id FROM cases ORDER BY priority DESC, opened_at, id")).scalars()
        )
    started = Barrier(MODERATORS)

    def work(sight: Sight) -> list[tuple[float, float, str]]:
        got = []
        started.wait()
        while True:
            before = perf_counter()
            with database.write() as unit:
                case = next_case.claim_next(unit.connection, sight, now=NOON, lease=LEASE)
            after = perf_counter()
            if case is None:
                return got
            got.append((before, after - before, case.id))

    with ThreadPoolExecutor(MODERATORS) as pool:
        claims = sorted(claim for got in pool.map(work, sights) for claim in got)
    with database.write() as unit:
        unit.connection.exec_driver_sql("UPDATE cases SET claimed_by = NULL, claimed_until = NULL")
    bursts = _bursts(database, sights)
    with database.write() as unit:
        unit.connection.exec_driver_sql("UPDATE cases SET claimed_by = NULL, claimed_until = NULL")
    rounds = _rounds(database, sights)
    ids = [case_id for _, _, case_id in claims]
    note("20 moderators at once: cases claimed twice", len(ids) - len(set(ids)), "cases")
    note("20 moderators at once: cases lost", len(set(order) - set(ids)), "cases")
    note("20 moderators at once: cases passed over", passed_over(claims, order), "cases")
    note(
        "20 moderators at once, each pressing again at once: claim p95",
        p95([took for _, took, _ in claims]),
        "ms",
    )
    note("20 moderators pressing at the same moment, 100 times: claim p95", p95(rounds), "ms")
    note("20 moderators, each pressing once a second: claim p95", p95(bursts), "ms")
    note("20 moderators at once: claims", len(ids) / (claims[-1][0] - claims[0][0]), "claims/s")


def passed_over(claims: Sequence[tuple[float, float, str]], order: Sequence[str]) -> int:
    """How many cases somebody asked for only after a less urgent one had been given away.

    Args:
        claims: When each was asked for, how long that took, and the case.
        order: The cases, the most urgent first.
    """
    asked = {case_id: (began, began + took) for began, took, case_id in claims}
    given, passed = float("inf"), 0
    for case_id in reversed([one for one in order if one in asked]):
        began, ended = asked[case_id]
        passed += began > given
        given = min(given, ended)
    return passed


def _bursts(database: Database, sights: list[Sight]) -> list[float]:
    """Times of claims where everybody takes a second for a case: far faster than a person decides."""

    def work(place_and_sight: tuple[int, Sight]) -> list[float]:
        place, sight = place_and_sight
        sleep(place / MODERATORS)
        taken = []
        for _ in range(SECONDS):
            before = perf_counter()
            with database.write() as unit:
                next_case.claim_next(unit.connection, sight, now=NOON, lease=LEASE)
            taken.append(perf_counter() - before)
            sleep(max(0.0, 1.0 - taken[-1]))
        return taken

    with ThreadPoolExecutor(MODERATORS) as pool:
        return [took for taken in pool.map(work, enumerate(sights)) for took in taken]


def _rounds(database: Database, sights: list[Sight]) -> list[float]:
    """How long each claim takes where all press at the same moment, and again once everybody has theirs."""
    together = Barrier(MODERATORS)

    def work(sight: Sight) -> list[float]:
        took = []
        for _ in range(CLAIMED // MODERATORS):
            together.wait()
            before = perf_counter()
            with database.write() as unit:
                next_case.claim_next(unit.connection, sight, now=NOON, lease=LEASE)
            took.append(perf_counter() - before)
        return took

    with ThreadPoolExecutor(MODERATORS) as pool:
        return [one for took in pool.map(work, sights) for one in took]


def fill(database: Database, cases: int, hits: int) -> None:
    """A large store, made by the database itself."""
    with database.write() as unit:
        unit.connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        for statement in FILL:
            unit.connection.execute(text(statement), {"cases": cases, "hits": hits, "every": OPEN_EVERY})
    with database.main.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def bench_pages(database: Database, settings: Settings) -> None:
    """Queue and case pages as a moderator and a lead ask for them."""
    application = FastAPI()
    errors.install(application)
    application.state.parts = SimpleNamespace(settings=settings, database=database)
    application.include_router(console.router)
    desk = Desk(database)
    with database.read() as connection:
        open_ids = list(
            connection.execute(
                text("SELECT id FROM cases WHERE state <> 'closed' AND NOT minors ORDER BY id LIMIT 60")
            ).scalars()
        )
    addresses: dict[str, Callable[[int], str]] = {
        "queue page": lambda at: "/console/queue",
        "queue page, filtered by severity": lambda at: "/console/queue?severity=high",
        "queue page, filtered by category": lambda at: "/console/queue?category=threat",
        "queue page, filtered by a category no case has": lambda at: "/console/queue?category=privacy",
        "queue page, closed cases": lambda at: "/console/queue?state=closed",
        "queue page, 100th page": lambda at: "/console/queue?page=100",
        "case page": lambda at: f"/console/cases/{open_ids[at % len(open_ids)]}",
        "search for an author": lambda at: f"/console/search?in=author&q=u-{at * 97}",
        "search for a text": lambda at: "/console/search?in=text&q=消えろ",
        "author page": lambda at: f"/console/authors/test/u-{at * 97}",
    }
    for login, role in (("aoki", Role.MODERATOR), ("mori", Role.LEAD)):
        user = desk.person(login, role)
        now = datetime.now(UTC)
        with database.write() as unit:
            sessions.open_session(
                unit.connection,
                user_id=user.id,
                token=f"session-{login}",
                csrf_token="-",
                expires_at=now + timedelta(hours=1),
                now=now,
            )
        cookies = {SESSION_COOKIE: f"session-{login}"}
        with TestClient(application, follow_redirects=False, cookies=cookies) as client:
            for name, address in addresses.items():
                client.get(address(0))
                taken, worked = [], []
                for at in range(ROUNDS):
                    before, cpu = perf_counter(), process_time()
                    answer = client.get(address(at))
                    taken.append(perf_counter() - before)
                    worked.append(process_time() - cpu)
                    assert answer.status_code in (200, 404), (address(at), answer.status_code)
                note(f"{name}, {role}: p95", p95(taken), "ms")
                note(f"{name}, {role}: CPU of this process, median", statistics.median(worked) * 1000, "ms")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--hits", type=int, default=10, help="Hits a case.")
    parser.add_argument("--only", default="claims,pages")
    given = parser.parse_args()
    with running_postgres() as server, tempfile.TemporaryDirectory() as folder:
        if server is None:
            raise SystemExit("PostgreSQL is not there; `make test` installs it.")
        url = server.make_template()
        settings = Settings(data_dir=Path(folder), database_url=url, log_level="warning")
        database = open_database(settings)
        migrate.upgrade(database)
        with database.write() as unit:
            seed(unit, settings, now=NOON)
            accounts.add_service(unit.connection, "test", name="test", now=NOON)
        note("load of the machine when the bench began", os.getloadavg()[0], "processes")
        if "claims" in given.only:
            bench_claims(database)
        if "pages" in given.only:
            print(f"filling {given.cases:,} cases and {given.cases * given.hits:,} hits ...")
            fill(database, given.cases, given.hits)
            bench_pages(database, settings)
        database.dispose()
        server.drop_template()
    path = PROJECT / "var" / "bench" / "desk.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
