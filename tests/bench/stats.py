"""`make bench-stats`: do the statistics keep their word, on services whose truth is known?

Fixed seeds, and one more from the commit's hash. A figure passes where it lies in its band, widened by
twice its own Monte Carlo error. ``QUICK=1`` makes fewer runs.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any

import numpy as np
from scipy import special

from moderation.campaigns.effect import Series, Verdict, effect
from moderation.campaigns.plan import plan
from moderation.settings import PROJECT
from moderation.trends.compare import Change, compare
from moderation.trends.figures import BEFORE, Groups
from moderation.trends.intervals import rates, ratios
from tests.bench.services import Model, service
from tests.bench.slang import new_phrase_found

OUT = PROJECT / "var" / "bench" / "stats.json"
QUICK = os.environ.get("QUICK") == "1"
RUNS = 200 if QUICK else 2_000
PER_PIECE = 50
SEED = 20260820
MODELS = {
    "as it is": Model(),
    "no raids": Model(raids=0.0),
    "20,000 messages a day": Model(per_day=20_000),
    "very unequal authors": Model(gamma=0.2),
    "30 rooms": Model(rooms=30),
    "rare (0.3 %)": Model(rate=0.003, raids=0.05),
}
PLANNED = Model(per_day=4_000)
FALL = -0.2
LONGEST = 20
"""Weeks that are simulated on either side; a service that is promised more is counted as not found."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was found, and the band it should lie in."""

    name: str
    value: float
    low: float
    high: float
    runs: int

    @property
    def passed(self) -> bool:
        """Whether it lies in its band, widened by twice its Monte Carlo error."""
        if self.high > 1:
            return self.low <= self.value <= self.high
        room = 2 * sqrt(max(self.value * (1 - self.value), 1e-4) / self.runs)
        return self.low - room <= self.value <= self.high + room


def pieces(work: Callable[[int, int], Any], runs: int, seed: int) -> Iterator[Any]:
    """Runs shared out to the cores, the same whatever their number."""
    sizes = [min(PER_PIECE, runs - at) for at in range(0, runs, PER_PIECE)]
    seeds = [int(one.generate_state(1)[0]) for one in np.random.SeedSequence(seed).spawn(len(sizes))]
    with ProcessPoolExecutor() as cores:
        yield from cores.map(work, seeds, sizes)


def rate_and_change(model: Model, seed: int, runs: int) -> tuple[int, int]:
    """How often the interval of a week's rate, and of its change from the week before, held the truth."""
    dice = np.random.default_rng(seed)
    made = [service(dice, model, 14) for _ in range(runs)]
    h1, m1, truth_1 = (np.array(x) for x in zip(*(one.period(7, 14) for one in made), strict=True))
    h2, m2, truth_2 = (np.array(x) for x in zip(*(one.period(0, 7) for one in made), strict=True))
    _, low, high = rates(h1, m1)
    found = ratios(h1, m1, h2, m2)
    held = np.abs(found.log - np.log(truth_1 / truth_2)) <= found.quantile * found.error
    return int(((low <= truth_1) & (truth_1 <= high)).sum()), int(held.sum())


def no_effect(before: int, after: int, seed: int, runs: int) -> tuple[int, int, int]:
    """Without an effect: ITS and DiD intervals that held 1, and verdicts that told something."""
    dice = np.random.default_rng(seed)
    held = control = told = 0
    for _ in range(runs):
        made = service(dice, Model(), before + 1 + after)
        found = effect(Series(days=made.days(before)))
        held += found.level is not None and not found.level.told
        control += found.control is not None and not found.control.told
        told += found.verdict is not Verdict.UNCLEAR
    return held, control, told


def planned(seed: int, runs: int) -> list[tuple[int, bool, bool, float]]:
    """A fall of a fifth: weeks promised from eight weeks before, whether it was then told, held, and the estimate."""
    dice = np.random.default_rng(seed)
    rows = []
    for _ in range(runs):
        days = service(dice, PLANNED, 14 * LONGEST + 1, effect=1 + FALL, since=7 * LONGEST).days(7 * LONGEST)
        before = days.only((days.number < 0) & (days.number >= -56))
        made = plan(before, messages=float(before.expected.sum()))
        weeks = None if made is None else made.weeks_for(FALL)
        if weeks is None or weeks > LONGEST:
            rows.append((LONGEST + 1, False, False, np.nan))
            continue
        found = effect(Series(days=days.only(np.abs(days.number) <= 7 * weeks)))
        assert found.level is not None
        low, high = found.level.interval.low, found.level.interval.high
        rows.append(
            (weeks, found.verdict is Verdict.LESS, low <= 1 + FALL <= high, np.log(found.level.ratio))
        )
    return rows


def spread_of_estimates(weeks: int, seed: int, runs: int) -> list[float]:
    """The plain logarithm of the ratio of both periods' rates, as an oracle would take it."""
    dice = np.random.default_rng(seed)
    found = []
    for _ in range(runs):
        made = service(dice, PLANNED, 14 * weeks, effect=1 + FALL, since=7 * weeks)
        h1, m1, _ = made.period(7 * weeks, 14 * weeks)
        h2, m2, _ = made.period(0, 7 * weeks)
        found.append(float(np.log(h1[0].sum() / m1[0].sum() * m2[0].sum() / h2[0].sum())))
    return found


def oracle_weeks(seed: int, runs: int) -> float:
    """Weeks that one needs who knows the true spread of the estimate: a z-test, four times in five."""
    needed = float(special.ndtri(0.975) + special.ndtri(0.8))
    known = {}
    for weeks in (2, 3, 4, 6, 8, 12):
        values = [x for piece in pieces(partial(spread_of_estimates, weeks), runs, seed) for x in piece]
        known[weeks] = needed * np.std(values)
        if known[weeks] <= abs(np.log(1 + FALL)):
            break
    return float(np.interp(-abs(np.log(1 + FALL)), [-x for x in known.values()], list(known)))


def risers(seed: int, runs: int) -> tuple[float, float]:
    """Sum of the shares of false ones among what was told, and share of true ones that were told."""
    dice = np.random.default_rng(seed)
    others = (
        [(0.002, 1.0)] * 3 + [(0.005, 1.0)] * 3 + [(0.01, 1.0)] * 2 + [(0.005, 1.5), (0.01, 1.4), (0.01, 0.7)]
    )
    names = [str(at) for at in range(len(others))]
    true = {name for name, (_, factor) in zip(names, others, strict=True) if factor != 1}
    false_share = power = 0.0
    for _ in range(runs):
        made = service(dice, Model(per_day=10_000, raids=0.0), 14, since=7, others=others)
        two = [made.messages[..., 7:].sum(-1), made.messages[..., :7].sum(-1)]
        nothing = np.zeros_like(two[0])
        hits = {
            name: np.stack([one[..., 7:].sum(-1), one[..., :7].sum(-1), nothing])
            for name, one in zip(names, made.others, strict=True)
        }
        groups = Groups(messages=np.stack([*two, nothing]), hits=hits)
        found = compare(groups, dict.fromkeys(names, 99), names, to=BEFORE, versions_changed=False)
        told = {name for name, one in found.items() if one.change is not Change.UNCLEAR}
        false_share += len(told - true) / max(len(told), 1)
        power += len(told & true) / len(true)
    return false_share, power


def phrases(seed: int, runs: int) -> int:
    """How often a phrase that was put in 0.05 % of a day's messages came among the first five."""
    dice = np.random.default_rng(seed)
    return sum(new_phrase_found(dice) for _ in range(runs))


def rows(seed: int) -> Iterator[Row]:
    """Every figure."""
    for name, model in MODELS.items():
        found = np.sum(list(pieces(partial(rate_and_change, model), RUNS, seed)), axis=0) / RUNS
        yield Row(f"interval of a rate holds the truth: {name}", found[0], 0.93, 0.97, RUNS)
        yield Row(f"interval of a change holds the truth: {name}", found[1], 0.93, 0.97, RUNS)
    for before, after in ((28, 28), (56, 28)):
        found = np.sum(list(pieces(partial(no_effect, before, after), RUNS, seed)), axis=0) / RUNS
        name = f"{before} days before, {after} after"
        yield Row(f"ITS interval holds the truth: {name}", found[0], 0.93, 0.97, RUNS)
        yield Row(f"DiD interval holds the truth: {name}", found[1], 0.93, 0.97, RUNS)
        yield Row(f"no effect, and 減った or 増えた: {name}", found[2], 0.0, 0.05, RUNS)
    made = [one for piece in pieces(planned, RUNS, seed) for one in piece]
    yield Row(
        "a fall of 20 % is told at the promised size",
        float(np.mean([one[1] for one in made])),
        0.75,
        0.90,
        RUNS,
    )
    yield Row(
        "ITS interval holds a true fall of 20 %",
        float(np.mean([one[2] for one in made if one[0] <= LONGEST])), 0.93, 0.97, RUNS,
    )  # fmt: skip
    promise = float(np.median([one[0] for one in made]))
    yield Row(
        "promise (median) over what an oracle needs", promise / oracle_weeks(seed, RUNS // 2), 0.0, 2.0, RUNS
    )
    messages = promise * 7 * PLANNED.per_day
    yield Row("messages a period that are promised (median), thousands", messages / 1000, 35.0, 1e9, RUNS)
    found = np.sum(list(pieces(risers, RUNS, seed)), axis=0) / RUNS
    yield Row("risers and fallers: false discoveries", float(found[0]), 0.0, 0.10, RUNS)
    yield Row("risers and fallers: true ones that are told", float(found[1]), 0.0, 1.0, RUNS)
    fresh = sum(pieces(phrases, RUNS, seed)) / RUNS
    yield Row("a new phrase in 0.05 % of messages among the first five within a day", fresh, 0.90, 1.0, RUNS)


def commit_seed() -> int:
    """A seed that nobody chose: from the commit's hash."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    return int(done.stdout.strip()[:8] or "1", 16)


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    found: list[dict[str, Any]] = []
    failed = 0
    for label, seed in (("fixed", SEED), ("commit", commit_seed())):
        begun = time.perf_counter()
        sys.stdout.write(f"\nseed {seed} ({label}), {RUNS:,} runs a figure\n")
        for row in rows(seed):
            if wanted not in row.name:
                continue
            failed += not row.passed
            mark = "  " if row.passed else "✗ "
            sys.stdout.write(f"{mark}{row.name:72s}{row.value:9.3f}   {row.low:g} to {row.high:g}\n")
            sys.stdout.flush()
            found.append(
                {"issue": 7, "row": f"{row.name} (seed {label})", "value": round(row.value, 4), "unit": "share",
                 "baseline": [row.low, row.high], "cores": os.cpu_count()}
            )  # fmt: skip
        sys.stdout.write(f"{time.perf_counter() - begun:.0f} s\n")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
