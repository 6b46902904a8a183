"""What the planning page promises."""

import numpy as np
import pytest

from moderation.campaigns.plan import LEAST_WEEKS, MOST_WEEKS, plan
from tests.bench.services import Model, service


@pytest.fixture(scope="module")
def promised():
    """A plan from eight weeks of a service with 5,000 messages a day, one in a hundred hit."""
    days = service(np.random.default_rng(5), Model(), 57).days(56)
    return plan(days, messages=float(days.expected.sum()))


def test_the_smallest_change_of_some_weeks_is_what_these_weeks_are_promised_for(promised):
    for weeks in (4, 6, 12):
        assert promised.weeks_for(promised.least_change(weeks)) in {weeks, weeks + 1}


def test_a_larger_change_needs_fewer_weeks_and_a_tiny_one_is_never_told(promised):
    weeks = [promised.weeks_for(change) for change in (-0.5, -0.3, -0.2, -0.15)]
    assert weeks == sorted(weeks)
    assert LEAST_WEEKS == weeks[0] < weeks[-1] <= MOST_WEEKS
    assert promised.weeks_for(-0.001) is None
    with pytest.raises(ValueError, match="above -1"):
        promised.weeks_for(-1)


def test_it_says_how_much_is_said(promised):
    assert promised.messages_a_day == pytest.approx(5_500, rel=0.15)
    assert promised.hits_a_day == pytest.approx(0.0108 * promised.messages_a_day, rel=0.25)
    assert promised.messages_for(2) == round(14 * promised.messages_a_day)


def test_three_weeks_are_too_few_to_plan_from():
    days = service(np.random.default_rng(5), Model(), 22).days(21)
    assert plan(days, messages=1.0) is None
