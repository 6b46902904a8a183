"""What one process works out for `make bench-stats`: some runs on simulated services, counted up.

Whatever is asked goes through the product's own functions; only the services are made up.
"""

from collections.abc import Sequence

import numpy as np

from moderation.campaigns.effect import Series, Verdict, effect
from moderation.campaigns.plan import plan
from moderation.campaigns.timeseries import Estimate, against_control, level
from moderation.trends.compare import Change, compare
from moderation.trends.figures import BEFORE, Groups
from moderation.trends.intervals import rates, ratios
from tests.bench.services import Model, Service, service
from tests.bench.slang import new_phrase_found

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
ORACLE_WEEKS = (2, 3, 4, 6, 8, 10, 12)
_PLANNED_FROM = 56
"""Days before, which the planning page looks at."""


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
    its = did = told = 0
    for _ in range(runs):
        found = effect(Series(days=service(dice, Model(), before + 1 + after).days(before)))
        its += _holds(found.level, 1.0)
        did += _holds(found.control, 1.0)
        told += found.verdict is not Verdict.UNCLEAR
    return its, did, told


def under_effect(before: int, after: int, seed: int, runs: int) -> tuple[int, int]:
    """With a fall of a fifth: ITS and DiD intervals that held it."""
    dice = np.random.default_rng(seed)
    its = did = 0
    for _ in range(runs):
        made = service(dice, PLANNED, before + 1 + after, effect=1 + FALL, since=before)
        its += _holds(level(made.days(before)), 1 + FALL)
        did += _holds(against_control(made.days(before)), 1 + FALL)
    return its, did


def _holds(estimate: Estimate | None, truth: float) -> bool:
    return estimate is not None and estimate.interval.low <= truth <= estimate.interval.high


def planned(seed: int, runs: int) -> list[tuple[int, bool, bool, tuple[float, ...]]]:
    """A fall of a fifth, with as many weeks on both sides as eight weeks before promise.

    Returns:
        Weeks promised; whether the fall was then told; whether its interval held it; and the logarithms of
        the plain ratio of both sides' rates after ``ORACLE_WEEKS``, for the oracle.
    """
    dice = np.random.default_rng(seed)
    published = 7 * LONGEST
    rows = []
    for _ in range(runs):
        made = service(dice, PLANNED, 2 * published + 1, effect=1 + FALL, since=published)
        days = made.days(published)
        before = days.only((days.number < 0) & (days.number >= -_PLANNED_FROM))
        told = plan(before, messages=float(before.expected.sum()))
        weeks = None if told is None else told.weeks_for(FALL)
        plain = _plain_ratios(made, published)
        if weeks is None or weeks > LONGEST:
            rows.append((LONGEST + 1, False, False, plain))
            continue
        found = effect(Series(days=days.only(np.abs(days.number) <= 7 * weeks)))
        rows.append((weeks, found.verdict is Verdict.LESS, _holds(found.level, 1 + FALL), plain))
    return rows


def _plain_ratios(made: Service, published: int) -> tuple[float, ...]:
    found = []
    for weeks in ORACLE_WEEKS:
        h1, m1, _ = made.period(published + 1, published + 1 + 7 * weeks)
        h2, m2, _ = made.period(published - 7 * weeks, published)
        found.append(float(np.log(h1[0].sum() / m1[0].sum() * m2[0].sum() / h2[0].sum())))
    return tuple(found)


def risers(seed: int, runs: int) -> tuple[float, float]:
    """Sum of the shares of false ones among what was told, and of true ones that were told."""
    dice = np.random.default_rng(seed)
    others: Sequence[tuple[float, float]] = (
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
