import numpy as np
import pytest

from moderation.trends.compare import Change, Why, adjusted, compare
from moderation.trends.intervals import per_cluster_interval, rate_interval, rate_ratio, wilson
from moderation.trends.moments import NOTHING, Denominators, Hits


def moments(hits_1, messages_1, hits_2, messages_2):
    """The sums that the database makes, from one number an author."""
    h1, m1, h2, m2 = (
        np.asarray(values, dtype=np.int64) for values in (hits_1, messages_1, hits_2, messages_2)
    )

    def total(values):
        return int(values.sum())

    base = Denominators(
        clusters=total((m1 + m2) > 0), clusters_1=total(m1 > 0), clusters_2=total(m2 > 0),
        m1=total(m1), m2=total(m2), m1m1=total(m1 * m1), m2m2=total(m2 * m2), m1m2=total(m1 * m2),
    )  # fmt: skip
    hits = Hits(
        clusters_1=total(h1 > 0), clusters_2=total(h2 > 0), h1=total(h1), h2=total(h2), h1h1=total(h1 * h1),
        h2h2=total(h2 * h2), h1h2=total(h1 * h2), h1m1=total(h1 * m1), h2m2=total(h2 * m2),
        h1m2=total(h1 * m2), h2m1=total(h2 * m1),
    )  # fmt: skip
    return hits, base


def one_period(hits, messages):
    nothing = np.zeros(len(messages), dtype=np.int64)
    return moments(hits, messages, nothing, nothing)


def test_wilson_gives_the_textbook_interval():
    found = wilson(3 / 100, 100, 1.959963984540054)

    assert (round(found.low, 4), round(found.high, 4)) == (0.0103, 0.0845)


def test_with_one_message_an_author_the_interval_is_that_of_independent_messages():
    hits, base = one_period([1] * 300 + [0] * 9_700, [1] * 10_000)

    found = rate_interval(hits, base)
    independent = wilson(0.03, 10_000, 1.96)

    assert found.low == pytest.approx(independent.low, rel=0.01)
    assert found.high == pytest.approx(independent.high, rel=0.01)


def test_when_each_author_says_everything_ten_times_the_interval_is_that_of_a_tenth_of_the_messages():
    hits, base = one_period([10] * 300 + [0] * 9_700, [10] * 10_000)

    found = rate_interval(hits, base)
    independent = wilson(0.03, 10_000, 1.96)

    assert found.low == pytest.approx(independent.low, rel=0.01)
    assert found.high == pytest.approx(independent.high, rel=0.01)


def test_where_nothing_was_hit_the_upper_bound_rests_on_authors_not_on_messages():
    hits, base = one_period([0] * 100, [50] * 100)

    found = rate_interval(hits, base)

    assert found.low == 0
    assert 0.03 < found.high < 0.04


@pytest.mark.parametrize("authors", [0, 1])
def test_below_two_authors_there_is_no_interval(authors):
    hits, base = one_period([1] * authors, [9] * authors)

    assert rate_interval(hits, base) is None
    assert per_cluster_interval(hits, base) is None


def test_per_author_the_interval_is_that_of_a_mean():
    rng = np.random.default_rng(5)
    of_author = rng.poisson(0.4, 5_000)
    hits, base = one_period(of_author, np.full(5_000, 7))

    found = per_cluster_interval(hits, base)
    error = of_author.std(ddof=1) / np.sqrt(5_000)

    assert found.low == pytest.approx(of_author.mean() - 1.96 * error, rel=0.01)
    assert found.high == pytest.approx(of_author.mean() + 1.96 * error, rel=0.01)


def test_the_ratio_equals_its_direct_computation_author_by_author():
    rng = np.random.default_rng(3)
    m1, m2 = rng.poisson(6, 400), rng.poisson(6, 400)
    pi = rng.beta(1, 19, 400)
    h1, h2 = rng.binomial(m1, pi), rng.binomial(m2, pi)
    hits, base = moments(h1, m1, h2, m2)

    rate_1, rate_2 = h1.sum() / m1.sum(), h2.sum() / m2.sum()
    parts = (h1 - rate_1 * m1) / h1.sum() - (h2 - rate_2 * m2) / h2.sum()
    wrote = (m1 + m2) > 0
    error = np.sqrt((parts[wrote] ** 2).sum() * wrote.sum() / (wrote.sum() - 1))
    found = rate_ratio(hits, base)

    assert found.value == pytest.approx(rate_1 / rate_2)
    assert np.log(found.interval.high / found.value) == pytest.approx(1.97 * error, rel=0.02)


def simulated(rng, *, authors, rate, same, change=1.0):
    """Two periods of authors who differ in how much and how badly they write; ``same`` high: they differ little."""
    activity = np.minimum(rng.pareto(1.5, authors) * 3 + 1, 300)
    m1, m2 = rng.poisson(activity), rng.poisson(activity)
    pi = rng.beta(rate * same, (1 - rate) * same, authors)
    return moments(rng.binomial(m1, np.minimum(1, pi * change)), m1, rng.binomial(m2, pi), m2)


@pytest.mark.parametrize(("authors", "rate"), [(300, 0.05), (1_000, 0.01), (2_000, 0.003)])
def test_over_many_simulated_services_the_intervals_hold_the_truth_about_as_often_as_they_say(authors, rate):
    rng = np.random.default_rng(20260820)
    covered = ratio_covered = alarms = 0
    runs = 400
    for _ in range(runs):
        hits, base = simulated(rng, authors=authors, rate=rate, same=50)
        interval = rate_interval(hits, base)
        covered += interval.low <= rate <= interval.high
        ratio = rate_ratio(hits, base)
        ratio_covered += ratio.interval is None or ratio.interval.low <= 1 <= ratio.interval.high
        alarms += ratio.p_value is not None and ratio.p_value < 0.05

    assert 0.91 <= covered / runs <= 0.99
    assert 0.92 <= ratio_covered / runs <= 0.995
    assert alarms / runs <= 0.08


def test_a_naive_interval_would_be_wrong_far_more_often():
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(200):
        hits, base = simulated(rng, authors=1_000, rate=0.05, same=5)
        naive = wilson(hits.h1 / base.m1, base.m1, 1.96)
        covered += naive.low <= 0.05 <= naive.high

    assert covered / 200 < 0.7


def test_a_doubling_is_found():
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(100):
        hits, base = simulated(rng, authors=1_000, rate=0.02, same=50, change=2.0)
        found += compare({"insult": hits}, base, versions_changed=False)["insult"].change is Change.UP

    assert found >= 95


def test_benjamini_and_hochberg_s_own_example_rejects_four_of_fifteen():
    # Their 1995 paper, section 3.2.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p_values += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]

    assert sum(q <= 0.05 for q in adjusted(p_values)) == 4
    assert adjusted([]) == []


def test_a_category_that_was_not_there_before_can_rise():
    hits, base = moments([1] * 30 + [0] * 470, [10] * 500, [0] * 500, [10] * 500)

    found = compare({"threat": hits}, base, versions_changed=False)["threat"]

    assert found.change is Change.UP
    assert found.ratio.value is None
    assert found.ratio.interval is None


def why(hits, base, *, changed=False):
    found = compare({"insult": hits}, base, versions_changed=changed)["insult"]
    assert found.change is Change.UNCLEAR
    return found.why


def test_it_says_why_nothing_can_be_told():
    much, base = moments([1] * 50 + [0] * 450, [10] * 500, [1] * 5 + [0] * 495, [10] * 500)
    same, same_base = moments([1] * 50 + [0] * 450, [10] * 500, [1] * 49 + [0] * 451, [10] * 500)
    few, few_base = moments([40, 40] + [0] * 498, [50] * 500, [0] * 500, [10] * 500)
    first, first_base = one_period([1] * 50 + [0] * 450, [10] * 500)

    assert why(much, base, changed=True) is Why.VERSIONS_CHANGED
    assert why(same, same_base) is Why.WITHIN_CHANCE
    assert why(few, few_base) is Why.TOO_FEW_AUTHORS
    assert why(first, first_base) is Why.NOTHING_BEFORE
    assert why(Hits(), NOTHING) is Why.NOTHING_NOW
