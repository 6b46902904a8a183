"""How much a reporter counts: from outcomes, with a prior, fading, bounded."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from moderation.reports.weight import HALF_LIFE, LEAST, MOST, Judged, Reporter, ReportOutcome, weight
from tests.support.factories import NOON


def outcomes(agreed=0, disagreed=0, *, age=timedelta()):
    return tuple(
        Judged(outcome=outcome, at=NOON - age)
        for outcome, times in ((ReportOutcome.AGREED, agreed), (ReportOutcome.DISAGREED, disagreed))
        for _ in range(times)
    )


def test_nobody_has_judged_them_yet():
    assert weight((), now=NOON) == 1.0


def test_few_outcomes_are_neither_good_nor_bad():
    assert 0.75 < weight(outcomes(disagreed=1), now=NOON) < 1 < weight(outcomes(agreed=1), now=NOON) < 1.3


def test_outcomes_fade_by_half_every_half_life():
    old = weight(outcomes(disagreed=8, age=HALF_LIFE), now=NOON)

    assert old == weight(outcomes(disagreed=4), now=NOON)


def test_what_was_ignored_changes_nothing():
    ignored = (Judged(outcome=ReportOutcome.IGNORED, at=NOON),) * 50

    assert weight(ignored, now=NOON) == 1.0


def test_trusted_reporters_start_higher_and_can_lose_it():
    fresh = Reporter(trusted=True).weight(NOON)
    wrong = Reporter(trusted=True, judged=outcomes(disagreed=30)).weight(NOON)

    assert (fresh, wrong < 0.5) == (3.0, True)


def test_muted_reporters_weigh_nothing_until_the_mute_ends():
    reporter = Reporter(muted_until=NOON + timedelta(days=1))

    assert reporter.weight(NOON) == 0.0
    assert reporter.weight(NOON + timedelta(days=1)) == 1.0


@given(agreed=st.integers(0, 500), disagreed=st.integers(0, 500), days=st.integers(0, 2_000))
def test_it_is_bounded_and_one_more_agreement_never_lowers_it(agreed, disagreed, days):
    age = timedelta(days=days)
    before = weight(outcomes(agreed, disagreed, age=age), now=NOON)
    after = weight(outcomes(agreed + 1, disagreed, age=age), now=NOON)

    assert LEAST <= before <= after <= MOST
