"""Trouble that rises now."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from moderation.storage.trends import alarms
from moderation.taxonomy import Category
from moderation.trends.alarm import QUIET_FOR, Alarm, HourOf, alarm, worth_telling

NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)  # a Thursday evening in Japan
HOUR = timedelta(hours=1)


def past(rate=0.01, *, messages=2000, weeks=4):
    return [
        HourOf(hour=NOW - hour * HOUR, messages=messages, hits=round(messages * rate))
        for hour in range(1, weeks * 7 * 24 + 1)
    ]


def now(hits, messages=2000):
    return HourOf(hour=NOW, messages=messages, hits=hits)


def test_four_times_the_usual_is_called_out():
    found = alarm(Category.INSULT, now(80), past())

    assert found is not None
    assert found.ratio == pytest.approx(4.0, rel=0.05)


@pytest.mark.parametrize(
    ("hour", "before"),
    [
        (now(24), past()),  # a little more
        (now(80, messages=8000), past()),  # more chat, not more harm
        (now(9), past(rate=0.0)),  # too few to trouble anybody
        (now(80), past(weeks=1)[:13]),  # not enough past
        (now(0, messages=0), past()),
    ],
    ids=["a little more", "more chat", "few", "no past", "empty"],
)
def test_the_ordinary_is_not(hour, before):
    assert alarm(Category.INSULT, hour, before) is None


def test_a_service_whose_hits_come_in_bunches_is_given_more_room():
    bunches = [
        HourOf(hour=one.hour, messages=one.messages, hits=80 if number % 5 == 0 else 5)
        for number, one in enumerate(past())
    ]

    assert alarm(Category.INSULT, now(80), bunches) is None


def test_false_alarms_are_rare_where_hits_come_in_bunches():
    draw = random.Random(7)

    def hits():
        rate = draw.gammavariate(2, 0.005)
        return sum(draw.random() < rate for _ in range(1000))

    hours = [HourOf(hour=NOW - at * HOUR, messages=1000, hits=hits()) for at in range(1, 673)]

    false = sum(alarm(Category.INSULT, now(hits(), messages=1000), hours) is not None for _ in range(300))

    assert false <= 1


def test_the_same_trouble_is_not_called_out_every_hour():
    found = Alarm(category=Category.INSULT, hour=NOW, messages=1, hits=80, expected=20.0, p_value=1e-9)

    assert not worth_telling(found, {Category.INSULT: (NOW - HOUR, 60)})
    assert worth_telling(found, {Category.INSULT: (NOW - HOUR, 40)})
    assert worth_telling(found, {Category.INSULT: (NOW - QUIET_FOR, 60)})
    assert worth_telling(found, {})


def test_an_alarm_is_kept_and_sent_once(database):
    found = Alarm(category=Category.INSULT, hour=NOW, messages=900, hits=80, expected=20.0, p_value=1e-9)
    with database.write() as unit:
        first = alarms.raise_(unit.connection, "stream", found, now=NOW)
        second = alarms.raise_(unit.connection, "stream", found, now=NOW)
        kept = alarms.recent(unit.connection, "stream", now=NOW)

    assert (first, second, kept) == (True, False, [found])
