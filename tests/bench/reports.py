"""Figures of report intake (issue 8): a burst of 10,000 reports, kill -9 in the middle, grouping, the console.

    python -m tests.bench.reports [--reports 10000] [--only burst,batch,console,brigade]

Prints a table and writes var/bench/reports.json: rows {issue, row, value, unit, baseline, cores}. The truth is
known: who reports whom is drawn here, and the database is compared with it afterwards.
"""

# ruff: noqa: T201 - it is a command

import argparse
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from sqlalchemy import func, select

from api.console.visitor import SESSION_COOKIE
from moderation.settings import PROJECT
from moderation.storage.accounts import accounts, sessions
from moderation.storage.tables.cases import cases
from moderation.storage.tables.voices import reports
from moderation.taxonomy import Role
from tests.bench import brigade
from tests.bench.http import api, cpu_seconds
from tests.bench.load import request_of, send_all
from tests.support.servers import ApiServer

CORES = os.cpu_count() or 1
CONNECTIONS = 64
SUBJECTS = 400
REPORTERS = 6_000
SAID = (
    "この人に暴言を吐かれました",
    "配信中ずっと荒らしています",
    "見た目を馬鹿にしていました",
    "",
    "しつこく連絡先を聞いてきます",
    "ほかの視聴者にも絡んでいて困ります",
)
rows: list[dict[str, Any]] = []


def note(row: str, value: float, unit: str, baseline: float | None = None) -> None:
    """Keep a figure and print it."""
    value = round(value, 2)
    rows.append({"issue": 8, "row": row, "value": value, "unit": unit, "baseline": baseline, "cores": CORES})
    print(f"{row:66} {value:12,.2f} {unit:12}" + ("" if baseline is None else f" (target {baseline:,.0f})"))


def drawn(count: int, seed: int = 8) -> list[dict[str, Any]]:
    """Reports by people on people, some of them saying the same of the same person again."""
    pick = random.Random(seed)
    return [
        {
            "id": f"b{seed}-{n}",
            "reporter_id": f"v-{pick.randrange(REPORTERS)}",
            "subject": {"kind": "author", "id": f"u-{pick.randrange(SUBJECTS)}", "room_id": "r-1"},
            "reason": pick.choice(("insult", "disruption", "spam_scam", "sexual_harassment", "other")),
            "text": pick.choice(SAID),
        }
        for n in range(count)
    ]


def truth(given: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Different reporters of each person."""
    of: dict[str, set[str]] = defaultdict(set)
    for one in given:
        of[one["subject"]["id"]].add(one["reporter_id"])
    return {subject: len(people) for subject, people in of.items()}


def grouped(server: ApiServer) -> dict[str, int]:
    """Counted reports of each person's one open case."""
    database = server.database()
    try:
        with database.read() as connection:
            found = connection.execute(
                select(cases.c.author_id, cases.c.reports).where(cases.c.state != "closed")
            ).all()
    finally:
        database.dispose()
    assert len({row.author_id for row in found}) == len(found), "two open cases of one person"
    return {row.author_id: row.reports for row in found}


def kept(server: ApiServer) -> set[str]:
    """Ids of the reports in the database."""
    database = server.database()
    try:
        with database.read() as connection:
            return set(connection.execute(select(reports.c.external_id)).scalars())
    finally:
        database.dispose()


def singles(given: Sequence[Mapping[str, Any]], key: str) -> list[bytes]:
    """A request a report."""
    return [request_of(json.dumps(one, ensure_ascii=False).encode(), key, "/v1/reports") for one in given]


def burst(count: int) -> None:
    """One report a request: the rate, then a second server that is killed in the middle of it."""
    given = drawn(count)
    with api() as server:
        requests = singles(given, server.key)
        send_all(server.port, singles(drawn(200, seed=1), server.key), connections=CONNECTIONS)
        before = _cpu(server)
        taken, load = send_all(server.port, requests, connections=CONNECTIONS)
        spent = _cpu(server) - before
        assert all(taken)
        note(f"{count:,} reports, one a request, {CONNECTIONS} connections", load.rate, "reports/s", 500)
        note("  a core of the API process", count / spent, "reports/s", 500)
        note("  p99 of an answer", load.quantile(0.99), "ms")
    with api() as server:
        requests = singles(given, server.key)
        with ThreadPoolExecutor(1) as killer:
            killer.submit(_kill_when_some_are_in, server, count // 2)
            taken, _ = send_all(server.port, requests, connections=CONNECTIONS)
        answered = {one["id"] for one, good in zip(given, taken, strict=True) if good}
        server.start()
        note("  answered before kill -9", len(answered), "reports")
        note("  of these lost", len(answered - kept(server)), "reports", 0)
        send_all(server.port, requests, connections=CONNECTIONS)  # what a client does: send again
        wanted, found = truth(given), grouped(server)
        wrong = sum(found.get(subject) != people for subject, people in wanted.items())
        note("  people whose case counts wrongly after sending again", wrong, "people", 0)
        note("  cases", len(found), "cases", len(wanted))


def _cpu(server: ApiServer) -> float:
    assert server.process is not None
    return cpu_seconds(server.process.pid)


def _kill_when_some_are_in(server: ApiServer, count: int) -> None:
    database = server.database()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with database.read() as connection:
            there = connection.execute(select(func.count()).select_from(reports)).scalar_one()
        if there >= count:
            break
        time.sleep(0.02)
    server.kill()
    database.dispose()


def batch(count: int, size: int = 500) -> None:
    """Several hundred reports a request, as imports send them."""
    given = drawn(count, seed=2)
    with api() as server:
        bodies = [
            json.dumps({"reports": given[at : at + size]}, ensure_ascii=False).encode()
            for at in range(0, count, size)
        ]
        requests = [request_of(body, server.key, "/v1/reports") for body in bodies]
        before = _cpu(server)
        taken, load = send_all(server.port, requests, connections=2)
        spent = _cpu(server) - before
        assert all(taken)
        note(f"{count:,} reports, {size} a request", count / load.seconds, "reports/s", 500)
        note("  a core of the API process", count / spent, "reports/s", 500)
        wanted, found = truth(given), grouped(server)
        note(
            "  people whose case counts wrongly",
            sum(found.get(s) != n for s, n in wanted.items()),
            "people",
            0,
        )


def console(samples: int = 10) -> None:
    """From sending a report to seeing it on the console's page, calm and within a burst."""
    with api() as server:
        cookies = {SESSION_COOKIE: _log_in(server)}
        with (
            httpx2.Client(base_url=server.url, cookies=cookies, timeout=30) as page,
            server.client() as sender,
        ):
            calm = [_seconds_to_see(page, sender, f"calm-{n}") for n in range(samples)]
            with ThreadPoolExecutor(1) as pool:
                crowd = pool.submit(
                    send_all, server.port, singles(drawn(6_000, seed=3), server.key), connections=16
                )
                busy: list[float] = []
                while not crowd.done():
                    busy.append(_seconds_to_see(page, sender, f"busy-{len(busy)}"))
        note("report to console, calm, worst", max(calm), "s", 2)
        note("report to console, within a burst, worst", max(busy), "s", 2)


def _seconds_to_see(page: httpx2.Client, sender: httpx2.Client, mark: str) -> float:
    began = time.perf_counter()
    body = {
        "id": mark,
        "reporter_id": mark,
        "subject": {"kind": "author", "id": f"seen-{mark}", "room_id": "r-1"},
        "reason": "insult",
        "text": f"見えますか {mark}",
    }
    sender.post("/v1/reports", json=body).raise_for_status()
    while f"/console/reporters/test/{mark}" not in page.get(f"/console/search?q=seen-{mark}").text:
        if f"seen-{mark}" in page.get("/console/queue").text or mark in page.get("/console/reports").text:
            break
        if time.perf_counter() - began > 30:
            raise TimeoutError(mark)
    return time.perf_counter() - began


def _log_in(server: ApiServer) -> str:
    token, now = f"session-{os.urandom(8).hex()}", datetime.now(UTC)
    database = server.database()
    with database.write() as unit:
        user = accounts.put_user(
            unit.connection,
            login="bench",
            display_name="Bench",
            pseudonym="担当",
            password_hash="unusable",
            roles=(Role.ADMIN,),
            now=now,
        )
        sessions.open_session(
            unit.connection,
            user_id=user.id,
            token=token,
            csrf_token="x",
            expires_at=now + timedelta(hours=1),
            now=now,
        )
    database.dispose()
    return token


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--only", default="burst,batch,console,brigade")
    given = parser.parse_args()
    wanted = given.only.split(",")
    if "burst" in wanted:
        burst(given.reports)
    if "batch" in wanted:
        batch(given.reports)
    if "console" in wanted:
        console()
    if "brigade" in wanted:
        for row in brigade.rows():
            note(row.name, row.value, row.unit, row.target)
    folder = PROJECT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "reports.json"
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"written to {path.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
