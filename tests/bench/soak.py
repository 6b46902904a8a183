"""Half load for a while (issue 5): does the server's memory grow, does anything fail?

    python -m tests.bench.soak [--minutes 30]

A server with its worker beside it gets half of what it can do, as single messages of the sample stream. Its memory is
looked at every few seconds; growth is that of the last tenth's median over the first tenth's, after a warm-up.
Prints a table and writes var/bench/soak.json.
"""

# ruff: noqa: T201 - it is a command

import argparse
import json
import threading
import time
from pathlib import Path
from statistics import median

from api.cli.processes import spawn, stop
from moderation.settings import PROJECT
from tests.bench.http import CORES, Bodies, api, texts
from tests.bench.load import run

WARM_UP_SECONDS = 20.0
LOOK_SECONDS = 2.0
CONNECTIONS = 32


def resident_mb(pid: int) -> float:
    """Memory that a process holds, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


class Watch(threading.Thread):
    """Looks at a process's memory until it is told to end."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.seen: list[float] = []
        self._pid = pid
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(LOOK_SECONDS):
            self.seen.append(resident_mb(self._pid))

    def end(self) -> None:
        self._end.set()
        self.join()


def main() -> None:
    """Run for so long."""
    options = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0] if __doc__ else None)
    options.add_argument("--minutes", type=float, default=30.0)
    seconds = options.parse_args().minutes * 60
    with api() as server:
        assert server.process is not None
        worker = spawn(("worker",), server.settings, server.settings.data_dir / "worker.log")
        try:
            make = Bodies(server.key, texts(flagged=True)).single
            rate = run(server.port, make, seconds=WARM_UP_SECONDS, connections=CONNECTIONS).rate / 2
            print(f"half load: {rate:,.0f} requests/s for {seconds / 60:g} minutes", flush=True)
            run(server.port, make, seconds=WARM_UP_SECONDS, connections=CONNECTIONS, rate=rate)
            watch = Watch(server.process.pid)
            watch.start()
            began = time.monotonic()
            load = run(server.port, make, seconds=seconds, connections=CONNECTIONS, rate=rate)
            minutes = (time.monotonic() - began) / 60
            watch.end()
        finally:
            stop(worker)
    tenth = max(1, len(watch.seen) // 10)
    first, last = median(watch.seen[:tenth]), median(watch.seen[-tenth:])
    rows = [
        ("memory at first", first, "MB"),
        ("memory at last", last, "MB"),
        ("memory grew", 100 * (last / first - 1), "%"),
        ("requests", load.requests, ""),
        ("failed requests", load.failures, ""),
        ("p50", load.quantile(0.5), "ms"),
        ("p99", load.quantile(0.99), "ms"),
    ]
    target = PROJECT / "var" / "bench" / "soak.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    made = [
        {
            "issue": 5, "row": f"soak of {minutes:.0f} minutes: {row}", "value": round(value, 2), "unit": unit,
            "baseline": None, "cores": CORES,
        }
        for row, value, unit in rows
    ]  # fmt: skip
    for one in made:
        print(f"{one['row']:50} {one['value']:12,.2f} {one['unit']}")
    target.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"written: {target.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
