"""Figures of the scoring API (issue 5), beside a bare FastAPI + pydantic echo of the same bodies.

    python -m tests.bench.http [--seconds 8] [--only single,batch,processes,flagged]

Prints a table and writes var/bench/http.json: rows {issue, row, value, unit, baseline, cores}. "A core"
is a second of CPU time of the API processes, as /proc counts it: the load client and Redis share the
machine, and are not what is measured.
"""

# ruff: noqa: T201 - it is a command

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from api.cli.demo.stream import STREAM_FILE
from moderation.bootstrap import embedded_engine, seed
from moderation.settings import PROJECT, Settings
from moderation.storage import migrate, private_redis
from moderation.storage.database import open_database
from tests.bench.load import Load, request_of, run
from tests.support.factories import NOON, message
from tests.support.postgres import running_postgres
from tests.support.servers import ApiServer, free_port, make_key

CORES = os.cpu_count() or 1
MODEL = PROJECT / "var" / "models" / "ja"
FLAGGED = "早く死ねよお前"
rows: list[dict[str, Any]] = []


def note(row: str, value: float, unit: str, baseline: float | None = None) -> None:
    """Keep a figure and print it."""
    value, baseline = round(value, 2), None if baseline is None else round(baseline, 2)
    rows.append({"issue": 5, "row": row, "value": value, "unit": unit, "baseline": baseline, "cores": CORES})
    print(f"{row:58} {value:12,.2f} {unit:16}" + (f" echo {baseline:12,.2f}" if baseline is not None else ""))


def texts(*, flagged: bool) -> list[str]:
    """What chat says: the messages of the sample stream, with those that are flagged (6 %) or without."""
    with STREAM_FILE.open(encoding="utf-8") as lines:
        said = [row["message"]["text"] for row in map(json.loads, lines) if row["kind"] == "message"]
    if flagged:
        return said
    engine = embedded_engine(Settings(model_dir=MODEL))
    verdicts = engine.finish(engine.begin([message(text) for text in said]), [None] * len(said))
    return [text for text, verdict in zip(said, verdicts, strict=True) if not verdict.flagged]


class Bodies:
    """Requests that nobody sent before; authors and rooms as a large service has them."""

    def __init__(self, key: str, said: list[str]) -> None:
        self._key = key
        self._said = said
        self._random = random.Random(1)
        self._ids = count()
        self._run = os.urandom(4).hex()

    def message(self) -> dict[str, Any]:
        pick = self._random
        return {
            "id": f"{self._run}-{next(self._ids)}",
            "text": pick.choice(self._said),
            "author": {
                "id": f"u-{pick.randrange(100_000)}",
                "name": "たろう",
                "created_at": "2025-01-01T00:00:00Z",
            },
            "room": {"id": f"r-{pick.randrange(500)}", "game": "ねこ将棋", "category": "board"},
        }

    def maker(self, size: int) -> Callable[[], bytes]:
        """Makes requests of one message, or of a hundred."""
        return self.single if size == 1 else self.batch

    def single(self) -> bytes:
        return request_of(json.dumps(self.message(), ensure_ascii=False).encode(), self._key)

    def batch(self) -> bytes:
        many = {"messages": [self.message() for _ in range(100)]}
        return request_of(json.dumps(many, ensure_ascii=False).encode(), self._key)


def prepared(maker: Callable[[], bytes], number: int) -> Callable[[], bytes]:
    """Make requests before the clock runs; make more if they are used up."""
    ready = [maker() for _ in range(number)]
    return lambda: ready.pop() if ready else maker()


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its children's, living and gone."""
    total = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(folder.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


@contextmanager
def api(workers: int = 1, **given: Any) -> Iterator[ApiServer]:
    """`ibasho serve` over new stores, without a rate limit."""
    folder = Path(tempfile.mkdtemp(prefix="ibasho-bench-"))
    settings = Settings(
        data_dir=folder,
        model_dir=MODEL,
        rate_limit=0,
        log_level="warning",
        **given,
    )
    database = open_database(settings)
    migrate.upgrade(database)
    with database.write() as unit:
        seed(unit, settings, now=NOON)
    redis = private_redis.ensure(settings)
    server = ApiServer(
        settings=settings.model_copy(update={"redis_url": redis.url}),
        log=folder / "log",
        key=make_key(database),
    )
    database.dispose()
    try:
        server.start(workers=workers)
        yield server
    finally:
        server.stop()
        redis.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def echo() -> Iterator[tuple[int, int]]:
    """The baseline's port and process id."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", "tests.bench.echo:app", "--port", str(port), "--loop", "uvloop",
        "--http", "httptools", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=PROJECT)
    try:
        for _ in range(200):
            try:
                httpx2.get(f"http://127.0.0.1:{port}/docs")
                break
            except httpx2.TransportError:
                time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def measured(port: int, pid: int, make: Callable[[], bytes], **given: Any) -> tuple[Load, float]:
    """A run, and the CPU seconds that the server spent on it."""
    run(port, make, seconds=1.5, connections=given["connections"])
    before = cpu_seconds(pid)
    load = run(port, make, **given)
    if load.failures:
        raise SystemExit(f"{load.failures} of {load.requests} requests failed")
    return load, cpu_seconds(pid) - before


def bench_rate(name: str, size: int, seconds: float) -> None:
    """Requests a second, a core, and latencies at half of it; beside the echo.

    On chat that nobody objects to; what saving flagged messages adds has rows of its own.
    """
    said = texts(flagged=False)
    with echo() as (port, pid), api() as server:
        assert server.process is not None
        maker = Bodies(server.key, said).maker(size)
        make = prepared(maker, int((seconds + 3) * (3_000 if size == 1 else 150)))
        plain, plain_cpu = measured(port, pid, make, seconds=seconds, connections=16)
        make = prepared(maker, int((seconds + 3) * (2_500 if size == 1 else 150)))
        ours, cpu = measured(server.port, server.process.pid, make, seconds=seconds, connections=16)
        unit = "requests/s" if size == 1 else "messages/s"
        note(f"{name}: {unit}", ours.rate * size, unit, plain.rate * size)
        note(f"{name}: {unit} a core", ours.requests * size / cpu, unit, plain.requests * size / plain_cpu)
        note(
            f"{name}: share of the echo a core",
            100 * (ours.requests / cpu) / (plain.requests / plain_cpu),
            "%",
        )
        half = ours.rate / 2
        calm = run(server.port, make, seconds=seconds, connections=32, rate=half)
        plain = run(
            port, make, seconds=seconds / 2, connections=32, rate=half
        )  # what client and machine take alone
        for share in (0.5, 0.99):
            note(
                f"{name}: p{int(share * 100)} at half load", calm.quantile(share), "ms", plain.quantile(share)
            )
        maker = Bodies(server.key, texts(flagged=True)).maker(size)
        make = prepared(maker, int((seconds + 3) * (1_000 if size == 1 else 60)))
        ours, cpu = measured(server.port, server.process.pid, make, seconds=seconds, connections=16)
        note(f"{name}, 6 % of them flagged: {unit} a core", ours.requests * size / cpu, unit)


def bench_processes(seconds: float) -> None:
    """Messages per CPU second of the API processes: two against one."""
    said = texts(flagged=False)
    found = []
    for workers in (1, 2):
        with api(workers) as server:
            assert server.process is not None
            make = prepared(Bodies(server.key, said).batch, int((seconds + 3) * 150))
            load, cpu = measured(server.port, server.process.pid, make, seconds=seconds, connections=16)
            found.append(load.requests * 100 / cpu)
            note(f"{workers} processes: messages per CPU second", found[-1], "messages/s")
    note("two processes against one: loss", 100 * (1 - found[1] / found[0]), "%")


def bench_flagged(seconds: float) -> None:
    """What saving a flagged message adds at the median, on both stores, one request at a time."""
    with running_postgres() as postgres:
        stores: dict[str, dict[str, Any]] = {"SQLite": {}}
        if postgres is not None:
            stores["PostgreSQL"] = {"database_url": postgres.make_template()}
        for name, given in stores.items():
            with api(**given) as server:
                medians = []
                for said in ("おはようございます", FLAGGED):
                    bodies = Bodies(server.key, [said])
                    run(server.port, bodies.single, seconds=1, connections=1)
                    load = run(server.port, bodies.single, seconds=seconds / 2, connections=1)
                    medians.append(load.quantile(0.5))
                note(f"a flagged message on {name}: adds at the median", medians[1] - medians[0], "ms")
        if postgres is not None:
            postgres.drop_template()


def main() -> None:
    """Run what was asked for."""
    options = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0] if __doc__ else None)
    options.add_argument("--seconds", type=float, default=8.0, help="Length of each run.")
    options.add_argument("--only", default="single,batch,processes,flagged")
    given = options.parse_args()
    benches: dict[str, Callable[[], None]] = {
        "single": lambda: bench_rate("single message", 1, given.seconds),
        "batch": lambda: bench_rate("batch of 100", 100, given.seconds),
        "processes": lambda: bench_processes(given.seconds),
        "flagged": lambda: bench_flagged(given.seconds),
    }
    for name in given.only.split(","):
        benches[name]()
    target = PROJECT / "var" / "bench" / "http.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    new = {row["row"] for row in rows}
    kept = json.loads(target.read_text(encoding="utf-8")) if target.is_file() else []
    rows[:0] = [row for row in kept if row["row"] not in new]
    target.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"written: {target.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
