import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from moderation.scoring.drift import BINS, bin_of, drift_of, flag_change, psi
from moderation.scoring.drift_watch import watch
from moderation.storage.chat import archive
from moderation.storage.models import drift
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.taxonomy import Category
from moderation.trends.days import jst_day_of
from tests.support.factories import NOON
from tests.workers.factories import record
from workers.schedule import Schedule

COUNTS = st.lists(st.integers(0, 5000), min_size=BINS, max_size=BINS)
USUAL = [9000, 400, 200, 150, 100, 60, 40, 30, 15, 5]


@pytest.mark.parametrize(
    ("score", "expected"), [(0.0, 0), (0.002, 1), (0.0019, 0), (0.5, 8), (0.8, 9), (1.0, 9)]
)
def test_scores_fall_into_ten_bins(score, expected):
    assert bin_of(score) == expected


@given(COUNTS, COUNTS)
def test_the_index_is_never_negative_and_the_same_both_ways(day, before):
    there, back = psi(day, before), psi(before, day)

    assert there is None or there >= 0
    if there is not None and back is not None:
        assert there == pytest.approx(back)


def test_the_index_of_a_known_case():
    # By hand: shares 0.5/0.5 against 0.9/0.1 in two bins, the others empty: 0.4 ln(5) - 0.4 ln(0.5/0.9).
    day, before = [50_000, 50_000] + [0] * 8, [90_000, 10_000] + [0] * 8

    assert psi(day, before) == pytest.approx(0.8789, abs=1e-3)


def test_too_few_messages_tell_nothing():
    assert psi([199] + [0] * 9, USUAL) is None
    assert psi(USUAL, [999] + [0] * 9) is None
    assert flag_change((5, 1000), [(5, 1000)] * 6) is None
    assert flag_change((1, 1000), [(0, 1000)] * 28) is None


def days_like(rng, rate, *, messages=5000, spread=0.2, days=28):
    drawn = []
    for _ in range(days):
        chance = rate * rng.lognormvariate(0, spread)
        drawn.append((sum(rng.random() < chance for _ in range(messages)), messages))
    return drawn


def test_days_that_only_differ_as_days_do_raise_no_alarm():
    rng = random.Random(7)
    inside = alarms = 0
    for _ in range(60):
        *before, day = days_like(rng, 0.02, messages=1000, days=29)
        ratio, low, high, sure = flag_change(day, before)
        inside += low <= 1 <= high
        alarms += sure and max(ratio, 1 / ratio) >= 1.5
    assert inside >= 53  # 57 expected
    assert alarms == 0


def test_a_day_with_three_times_the_flags_is_an_alarm():
    before = days_like(random.Random(7), 0.02)

    found = drift_of("insult", day=USUAL, before=USUAL, flags=(300, 5000), flags_before=before)

    assert found.psi == pytest.approx(0.0)
    assert found.alarm
    assert found.flag_low > 1.5


def test_a_shifted_distribution_is_an_alarm_unless_it_may_be_chance():
    shifted = USUAL[::-1]
    few = [round(count / 50) for count in USUAL]
    few[5] += 12

    quiet = {"flags": (0, 0), "flags_before": []}
    assert drift_of("insult", day=shifted, before=USUAL, **quiet).alarm
    assert not drift_of("insult", day=few, before=USUAL, **quiet).alarm


class TestWatch:
    YESTERDAY = jst_day_of(NOON) - timedelta(days=1)

    @pytest.fixture
    def fill(self, database):
        """``fill(days_ago, score, flagged)``: 300 messages of one day."""

        def fill(days_ago, score, *, flagged=3, model="model-1"):
            at = NOON - timedelta(days=days_ago)
            records = [
                record(
                    id=f"{days_ago}-{number}", counted_at=at + timedelta(seconds=3 * number), model_version=model,
                    category_scores={"insult": score + number / 1e4},
                    categories=["insult"] if number < flagged else [],
                )
                for number in range(300)
            ]  # fmt: skip
            with database.write_archive() as unit:
                archive.record(unit.connection, records, Pseudonyms(b"k").of)

        return fill

    def finish(self, database):
        rounds = 0
        while not watch(database, self.YESTERDAY):
            rounds += 1
        return rounds

    def figures(self, database):
        with database.read() as connection:
            [found] = drift.latest(connection, now=NOON)
        return found, {one.category: one for one in found.figures}

    def test_a_usual_day_is_stored_without_an_alarm(self, database, fill):
        for days_ago in range(1, 12):
            fill(days_ago, 0.1)

        with capture_logs() as logs:
            rounds = self.finish(database)

        assert rounds == 29 + 1  # each day counted once, then one comparison
        found, by_category = self.figures(database)
        assert (found.day, found.model_version, found.alarms) == (self.YESTERDAY, "model-1", [])
        assert set(by_category) == {"all", *Category}
        assert by_category["insult"].psi < 0.01
        assert by_category["insult"].flag_ratio == pytest.approx(1.0)
        assert by_category["threat"].psi is None
        assert not [entry for entry in logs if entry["event"] == "model.drift"]

    def test_a_day_unlike_the_others_is_told_once(self, database, fill):
        for days_ago in range(2, 12):
            fill(days_ago, 0.01)
        fill(1, 0.4, flagged=60)

        with capture_logs() as logs:
            self.finish(database)
            self.finish(database)

        told = [entry for entry in logs if entry["event"] == "model.drift"]
        assert [entry["category"] for entry in told] == ["all", "insult"]
        assert told[1]["psi"] > 0.2
        assert told[1]["flag_interval"][0] > 1.5

    def test_another_model_is_not_compared_with_the_one_before(self, database, fill):
        for days_ago in range(2, 12):
            fill(days_ago, 0.01)
        fill(1, 0.4, model="model-2")

        self.finish(database)

        _, by_category = self.figures(database)
        assert by_category["insult"].psi is None

    def test_the_schedule_does_a_piece_a_round_until_the_day_is_done(self, database, redis, fill):
        for days_ago in range(1, 12):
            fill(days_ago, 0.1)
        schedule = Schedule(redis=redis, database=database)

        for _ in range(31):
            schedule.once(now=NOON)

        found, _ = self.figures(database)
        assert found.day == self.YESTERDAY

    def test_a_day_without_messages_needs_nothing(self, database):
        assert watch(database, self.YESTERDAY)
