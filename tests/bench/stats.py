"""`make bench-stats`: do the statistics keep their word, on services whose truth is known?

    python -m tests.bench.stats [--only rates,28+28,56+28,84+56,fall,risers,phrases,brigade] [--seed fixed,commit]
                                [--processes 2]

A fixed seed, and one more from the commit's hash. A figure passes where it lies in its band, widened by
twice its own Monte Carlo error. ``QUICK=1`` makes fewer runs. Each part's figures are kept in
``var/bench/stats.json`` as soon as they are there; parts that are not asked for keep those of before. The
processor time that is printed at the end tells how long it would take on cores that do nothing else.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import log, sqrt
from typing import Any

import numpy as np
from scipy import special
from threadpoolctl import threadpool_limits

from moderation.settings import PROJECT
from tests.bench import brigade
from tests.bench.stats_runs import (
    FALL,
    LONGEST,
    MODELS,
    ORACLE_WEEKS,
    PLANNED,
    no_effect,
    phrases,
    planned,
    rate_and_change,
    risers,
    under_effect,
)

OUT = PROJECT / "var" / "bench" / "stats.json"
RUNS = 200 if os.environ.get("QUICK") == "1" else 2_000
PER_PIECE = 50
SEED = 20260820
WINDOWS = ((28, 28), (56, 28), (84, 56))


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was found, and the band it should lie in, if there is one; ``runs`` if it is a share."""

    name: str
    value: float
    band: tuple[float, float] | None
    runs: int | None = None
    unit: str = "share"
    issue: int = 7

    @property
    def passed(self) -> bool:
        """Whether it lies in its band, widened by twice its Monte Carlo error."""
        if self.band is None:
            return True
        share = min(max(self.value, 0.0), 1.0)
        room = 2 * sqrt(max(share * (1 - share), 1e-4) / self.runs) if self.runs else 0.0
        return self.band[0] - room <= self.value <= self.band[1] + room


class Runs:
    """Runs shared out to the cores; the same whatever their number."""

    def __init__(self, cores: ProcessPoolExecutor, seed: int) -> None:
        self._cores = cores
        self._seed = seed

    def pieces(self, work: Callable[[int, int], Any]) -> list[Any]:
        """What each piece of work found: ``work`` takes a seed and a number of runs."""
        sizes = [min(PER_PIECE, RUNS - at) for at in range(0, RUNS, PER_PIECE)]
        seeds = [
            int(one.generate_state(1)[0]) for one in np.random.SeedSequence(self._seed).spawn(len(sizes))
        ]
        return list(self._cores.map(work, seeds, sizes))

    def shares(self, work: Callable[[int, int], Any]) -> list[float]:
        """Of counts, their share of the runs."""
        return [float(one) / RUNS for one in np.sum(self.pieces(work), axis=0)]


HELD = (0.93, 0.97)


def rates(runs: Runs) -> Iterator[Row]:
    """Intervals of a week's rate, and of its change."""
    for name, model in MODELS.items():
        rate, change = runs.shares(partial(rate_and_change, model))
        yield Row(f"interval of a rate holds the truth: {name}", rate, HELD, RUNS)
        yield Row(f"interval of a change holds the truth: {name}", change, HELD, RUNS)


def series(before: int, after: int, runs: Runs) -> Iterator[Row]:
    """Intervals of the estimators, with and without an effect, and verdicts without one."""
    name = f"{before} days before, {after} after"
    its, did, told = runs.shares(partial(no_effect, before, after))
    yield Row(f"ITS interval holds the truth: {name}", its, HELD, RUNS)
    yield Row(f"DiD interval holds the truth: {name}", did, HELD, RUNS)
    yield Row(f"no effect, and 減った or 増えた: {name}", told, (0.0, 0.05), RUNS)
    its, did = runs.shares(partial(under_effect, before, after))
    yield Row(f"ITS interval holds a fall of 20 %: {name}", its, HELD, RUNS)
    yield Row(f"DiD interval holds a fall of 20 %: {name}", did, HELD, RUNS)


def fall(runs: Runs) -> Iterator[Row]:
    """A fall of a fifth at the size that the planning page promised."""
    made = [one for piece in runs.pieces(planned) for one in piece]
    weeks, told, held, plain = zip(*made, strict=True)
    yield Row("a fall of 20 % is told at the promised size", float(np.mean(told)), (0.75, 0.90), RUNS)
    within = [one for one, week in zip(held, weeks, strict=True) if week <= LONGEST]
    yield Row(
        "ITS interval holds a fall of 20 % at the promised size", float(np.mean(within)), HELD, len(within)
    )
    yield Row(f"promised more than {LONGEST} weeks", 1 - len(within) / RUNS, None, RUNS)
    promise = float(np.median(weeks))
    yield Row("promise (median)", promise, None, unit="weeks")
    yield Row(
        "promise (median) over what an oracle needs", promise / oracle_weeks(plain), (0.0, 2.0), unit="ratio"
    )
    messages = promise * 7 * PLANNED.per_day
    yield Row("messages a period that are promised (median)", messages, (35_000.0, 1e9), unit="messages")


def oracle_weeks(plain: Any) -> float:
    """Weeks that one needs who knows the true spread of the plain estimate: a z-test, four times in five."""
    least = float(special.ndtri(0.975) + special.ndtri(0.8)) * np.std(np.array(plain), axis=0)
    return float(np.interp(log(1 + FALL), -least, ORACLE_WEEKS))


def rising(runs: Runs) -> Iterator[Row]:
    """Risers and fallers among eleven categories, three of which moved."""
    false, true = runs.shares(risers)
    yield Row("risers and fallers: false discoveries", false, (0.0, 0.10), RUNS)
    yield Row("risers and fallers: true ones that are told", true, None, RUNS)


def fresh(runs: Runs) -> Iterator[Row]:
    """A new phrase on its first day."""
    found = sum(runs.pieces(phrases)) / RUNS
    yield Row(
        "a new phrase in 0.05 % of messages among the first five within a day", found, (0.90, 1.0), RUNS
    )


def colluding(runs: Runs) -> Iterator[Row]:
    """Thirty accounts against one author, on the real intake and desk; the same every time."""
    del runs
    for one in brigade.rows():
        wanted = (0.0, 0.0) if one.name.startswith("brigade:") else None
        yield Row(one.name.strip(), one.value, wanted, unit=one.unit, issue=8)


PARTS: dict[str, Callable[[Runs], Iterator[Row]]] = {
    "rates": rates,
    **{f"{before}+{after}": partial(series, before, after) for before, after in WINDOWS},
    "fall": fall,
    "risers": rising,
    "phrases": fresh,
    "brigade": colluding,
}


def commit_seed() -> int:
    """A seed that nobody chose: from the commit's hash."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    return int(done.stdout.strip()[:8] or "1", 16)


def keep(found: list[dict[str, Any]]) -> None:
    """Write figures down, in the place of those of the same name."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(OUT.read_text("utf-8")) if OUT.exists() else []
    names = {one["row"] for one in found}
    rows = [one for one in before if one["row"] not in names] + found
    OUT.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


def show(row: Row, label: str) -> dict[str, Any]:
    """Print a row, and give it as it is kept."""
    band = "" if row.band is None else f"{row.band[0]:g} to {row.band[1]:g}"
    sys.stdout.write(f"{'  ' if row.passed else '✗ '}{row.name:76s}{row.value:10,.3f} {row.unit:8s} {band}\n")
    sys.stdout.flush()
    return {
        "issue": row.issue, "row": f"{row.name} ({label})", "value": round(row.value, 4), "unit": row.unit,
        "baseline": row.band, "cores": os.cpu_count(), "runs": row.runs,
    }  # fmt: skip


def processor_time() -> float:
    """Seconds of processor time of this process and of those that it started and that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def asked() -> tuple[list[str], list[str], int]:
    """Parts, seeds and the number of processes, as the command line has them."""
    parser = argparse.ArgumentParser(description="Statistics on simulated services whose truth is known.")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts: {', '.join(PARTS)}")
    parser.add_argument("--seed", default="fixed,commit", help="seeds: fixed, commit, or a number")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many work at once")
    given = parser.parse_args()
    parts = given.only.split(",")
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    seeds = given.seed.split(",")
    if unknown := [seed for seed in seeds if seed not in {"fixed", "commit"} and not seed.isdecimal()]:
        parser.error(f"--seed {', '.join(unknown)}: give fixed, commit or a number")
    return parts, seeds, max(given.processes, 1)


def main() -> None:
    parts, seeds, processes = asked()
    known = {"fixed": SEED, "commit": commit_seed()}
    failed = 0
    begun = time.perf_counter()
    for at, label in enumerate(seeds):
        seed = known[label] if label in known else int(label)
        sys.stdout.write(f"\nseed {seed} ({label}), {RUNS:,} runs a figure\n")
        for part in parts:
            if part == "brigade" and at > 0:
                continue
            part_begun, used = time.perf_counter(), processor_time()
            with ProcessPoolExecutor(processes, initializer=threadpool_limits, initargs=(1,)) as cores:
                rows = list(PARTS[part](Runs(cores, seed)))
            keep([show(row, f"{RUNS:,} runs, seed {label}") for row in rows])
            failed += sum(not row.passed for row in rows)
            took, used = time.perf_counter() - part_begun, processor_time() - used
            sys.stdout.write(f"    {part}: {took:.0f} s, processor time {used:.0f} s\n")
    took = time.perf_counter() - begun
    sys.stdout.write(
        f"whole: {took / 60:.1f} min with {processes} processes, processor time {processor_time() / 60:.1f} min\n"
    )
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
