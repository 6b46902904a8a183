"""Harm that nobody reported."""

from datetime import UTC, datetime, timedelta

import pytest

from moderation.trends.quiet import QuietHit, Stream, mantel_haenszel, quiet_harm

START = datetime(2026, 8, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def hit(minute, *, author="a", reported=False, room="r"):
    return QuietHit(author=author, room=room, at=START + minute * MINUTE, reported=reported)


def test_a_block_soon_after_a_hit_is_an_answer():
    hits = [hit(10), hit(30, author="b"), hit(50, author="c", reported=True)]
    reactions = {
        "a": [START + 12 * MINUTE],
        "b": [START + 29 * MINUTE, START + 41 * MINUTE],  # before it, and too late
        "c": [START + 51 * MINUTE],
    }

    found = quiet_harm(hits, reactions, [])

    assert (found.hits, found.answered, found.unreported) == (3, 2, 1)


def test_leaves_after_hits_are_held_against_the_same_rooms_other_minutes():
    leaves = [START + minute * MINUTE for minute in (10.5, 11, 12, 12.5, 30, 40)]
    stream = Stream(room="r", started_at=START, ended_at=START + 63 * MINUTE, leaves=leaves)

    found = quiet_harm([hit(10)], {}, [stream])

    assert (found.leaves_after, found.minutes_after, found.leaves_else, found.minutes_else) == (4, 3, 2, 60)
    assert found.leave_ratio == pytest.approx((4 / 3) / (2 / 60))
    assert found.leave_interval is not None
    assert found.leave_interval.low < found.leave_ratio < found.leave_interval.high


def test_hits_that_follow_each_other_count_their_minutes_once():
    stream = Stream(room="r", started_at=START, ended_at=START + 60 * MINUTE, leaves=[])

    found = quiet_harm([hit(10), hit(11), hit(59)], {}, [stream])

    assert found.minutes_after == 4 + 1
    assert found.leave_ratio is None


def test_one_stratum_is_the_plain_rate_ratio():
    ratio, interval = mantel_haenszel([(20, 100.0, 30, 300.0)])

    assert ratio == pytest.approx(2.0)
    assert interval is not None
    # ln 2 ± 1.96 √(1/20 + 1/30)
    assert (interval.low, interval.high) == (pytest.approx(1.136, abs=0.001), pytest.approx(3.522, abs=0.001))
