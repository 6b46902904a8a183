from datetime import date, timedelta

import numpy as np
import pytest

from moderation.trends.compare import Change, Why, adjusted, compare
from moderation.trends.days import Period
from moderation.trends.figures import BEFORE, Groups
from moderation.trends.groups import GROUPS
from moderation.trends.intervals import (
    one_way,
    per_author_interval,
    rate_interval,
    rate_ratio,
    ratios,
    wilson,
)


def grouped(of_author):
    """One number an author, shared out to groups of authors; every message is in a room of its own."""
    numbers = np.asarray(of_author, dtype=float)
    return one_way(np.bincount(np.arange(len(numbers)) % GROUPS, weights=numbers, minlength=GROUPS))


def test_wilson_gives_the_textbook_interval():
    found = wilson(3 / 100, 100, 1.959963984540054)

    assert (round(found.low, 4), round(found.high, 4)) == (0.0103, 0.0845)


def test_with_one_message_an_author_the_interval_is_about_that_of_independent_messages():
    dice = np.random.default_rng(1)
    found = rate_interval(grouped(dice.random(40_000) < 0.03), grouped([1] * 40_000), authors=40_000)
    independent = wilson(0.03, 40_000, 1.96)

    assert found.high - found.low == pytest.approx(independent.high - independent.low, rel=0.2)


def test_when_each_author_says_everything_ten_times_the_interval_is_as_if_they_said_it_once():
    dice = np.random.default_rng(2)
    once = dice.random(20_000) < 0.03
    one = rate_interval(grouped(once), grouped([1] * 20_000), authors=20_000)
    ten = rate_interval(grouped(once * 10), grouped([10] * 20_000), authors=20_000)

    assert (ten.low, ten.high) == pytest.approx((one.low, one.high))


def test_messages_of_one_room_are_no_more_independent_than_those_of_one_author():
    dice = np.random.default_rng(3)
    hits, base = np.zeros((3, GROUPS)), np.full((3, GROUPS), 1_000.0)
    hits[0], hits[2] = dice.poisson(30, GROUPS), dice.poisson(30, GROUPS)
    alike = hits.copy()
    alike[1] = dice.poisson(30, GROUPS)
    hits[1] = alike[1] * 0
    hits[1, :4] = alike[0].sum() / 4  # all of it in a few rooms
    for one in (hits, alike):
        one[1] *= one[0].sum() / one[1].sum()

    rooms, nothing = (rate_interval(one, base, authors=5_000) for one in (hits, alike))

    assert rooms.high - rooms.low > 5 * (nothing.high - nothing.low)


def test_where_nothing_was_hit_the_upper_bound_rests_on_authors_not_on_messages():
    found = rate_interval(grouped([0] * 100), grouped([50] * 100), authors=100)

    assert found.low == 0
    assert 0.03 < found.high < 0.04


@pytest.mark.parametrize("authors", [0, 1])
def test_below_two_authors_there_is_no_interval(authors):
    messages = grouped([9] * authors + [0] * (GROUPS - authors))

    assert rate_interval(messages * 0, messages, authors=authors) is None
    assert per_author_interval(messages * 0, authors=authors) is None


def test_per_author_the_interval_is_about_that_of_a_mean():
    of_author = np.random.default_rng(5).poisson(0.4, 50_000)

    found = per_author_interval(grouped(of_author), authors=50_000)
    error = of_author.std() / np.sqrt(50_000)

    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.2)
    assert found.low < of_author.mean() < found.high


def test_what_an_author_always_does_cancels_out_between_two_periods():
    dice = np.random.default_rng(6)
    always = dice.gamma(0.1, 100, 2_000)
    h1, h2 = dice.poisson(always), dice.poisson(always)
    m = grouped([200] * 2_000)

    same, others = (
        rate_ratio(grouped(h1), m, grouped(h2), m),
        rate_ratio(grouped(h1), m, grouped(h2[::-1]), m),
    )

    assert same.interval.low < 1 < same.interval.high
    assert same.interval.high / same.interval.low < (others.interval.high / others.interval.low) ** 0.2


def simulated(rng, runs, *, authors, rate, same, change=1.0):
    """Many services, two periods each; ``same`` high: authors differ little in how badly they write."""
    shape = (runs, authors)
    activity = np.minimum(rng.pareto(1.5, shape) * 3 + 1, 300)
    m1, m2 = rng.poisson(activity), rng.poisson(activity)
    pi = rng.beta(rate * same, (1 - rate) * same, shape)
    h1, h2 = rng.binomial(m1, np.minimum(1, pi * change)), rng.binomial(m2, pi)
    return [np.stack([grouped(row) for row in one]) for one in (h1, m1, h2, m2)]


def test_over_many_simulated_services_a_change_is_found_about_as_often_as_it_should_be():
    found = ratios(*simulated(np.random.default_rng(20260820), 300, authors=1_000, rate=0.02, same=50))

    assert np.mean(np.abs(found.log) <= found.quantile * found.error) == pytest.approx(0.955, abs=0.03)

    doubled = ratios(*simulated(np.random.default_rng(6), 100, authors=1_000, rate=0.02, same=50, change=2.0))
    assert np.mean(doubled.log > doubled.quantile * doubled.error) >= 0.95


def test_a_naive_interval_would_be_wrong_far_more_often():
    h, m, _, _ = simulated(np.random.default_rng(4), 200, authors=1_000, rate=0.05, same=5)
    hits, messages = h[:, 0].sum(-1), m[:, 0].sum(-1)
    naive = [wilson(p, n, 1.96) for p, n in zip(hits / messages, messages, strict=True)]

    assert np.mean([one.low <= 0.05 <= one.high for one in naive]) < 0.7


def test_benjamini_and_hochberg_s_own_example_rejects_four_of_fifteen():
    # Their 1995 paper, section 3.2.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p_values += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]

    assert sum(q <= 0.05 for q in adjusted(p_values)) == 4
    assert adjusted([]) == []


def compared(h1, m1, h2, m2, *, authors=50, changed=False):
    """One category in the period and the one before it, one number an author."""
    h1, m1, h2, m2 = (grouped(values) for values in (h1, m1, h2, m2))
    nothing = np.zeros_like(h1)
    groups = Groups(messages=np.stack([m1, m2, nothing]), hits={"threat": np.stack([h1, h2, nothing])})
    found = compare(groups, {"threat": authors}, ["threat"], to=BEFORE, versions_changed=changed)
    return found["threat"]


def test_a_category_that_was_not_there_before_can_rise():
    found = compared([1] * 30 + [0] * 470, [10] * 500, [0] * 500, [10] * 500)

    assert found.change is Change.UP
    assert found.ratio.value is None
    assert found.ratio.interval is None


def test_it_says_why_nothing_can_be_told():
    much, few, wrote, nobody = [1] * 50 + [0] * 450, [1] * 5 + [0] * 495, [10] * 500, [0] * 500
    for found, why in (
        (compared(much, wrote, few, wrote, changed=True), Why.VERSIONS_CHANGED),
        (compared(much, wrote, [1] * 49 + [0] * 451, wrote), Why.WITHIN_CHANCE),
        (compared([40, 40] + [0] * 498, wrote, nobody, wrote, authors=2), Why.TOO_FEW_AUTHORS),
        (compared(much, wrote, nobody, nobody), Why.NOTHING_BEFORE),
        (compared(nobody, nobody, much, wrote), Why.NOTHING_NOW),
    ):
        assert (found.change, found.why) == (Change.UNCLEAR, why)


def test_the_same_weekdays_earlier_are_whole_weeks_back_and_end_before_the_period():
    for days in (1, 7, 8, 30, 90):
        period = Period(first=date(2026, 8, 17), last=date(2026, 8, 17) + timedelta(days - 1))
        earlier = period.weekdays_before
        assert earlier.last < period.first
        assert earlier.length == days
        assert (period.first - earlier.first).days % 7 == 0
        assert (period.first - earlier.last).days <= 7
