"""Which clock a message is counted by."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from moderation.scoring.message import NEWEST, OLDEST, counted_at

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHIFTS = st.timedeltas(min_value=timedelta(days=-4), max_value=timedelta(days=4))


@given(SHIFTS)
def test_the_senders_time_is_believed_only_within_its_bounds(shift):
    sent = NOON + shift

    believed = counted_at(sent, NOON) == sent

    assert believed == (-OLDEST <= shift <= NEWEST) or shift == timedelta(0)


@given(SHIFTS)
def test_a_replay_is_believed_whatever_its_time(shift):
    assert counted_at(NOON + shift, NOON, replay=True) == NOON + shift
