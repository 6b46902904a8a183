"""The chart around a publication: its marks can be read."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from moderation.campaigns.chart import Mark, Picture, alternative_text, lines_of, marks, svg
from moderation.campaigns.variance import Days
from moderation.trends.days import Period
from moderation.trends.figures import Gap
from tests.campaigns import world

FIRST = date(2026, 8, 1)
PERIOD = Period(first=FIRST, last=FIRST + timedelta(days=84))
A_DAY = 820 / 85
"""Points of the picture; a character of a label takes 11."""


@given(st.lists(st.tuples(st.integers(0, 84), st.integers(1, 20)), max_size=12).map(sorted))
def test_no_label_is_written_over_another(marks):
    told = [Mark(day=FIRST + timedelta(days=day), label="あ" * length) for day, length in marks]

    lines = lines_of(told, PERIOD)

    ends = {}
    for (day, length), line in zip(marks, lines, strict=True):
        assert ends.get(line, 0.0) <= day * A_DAY
        ends[line] = day * A_DAY + 11 * length


def test_labels_that_are_apart_share_the_first_line():
    told = [Mark(day=FIRST + timedelta(days=day), label="公開") for day in (0, 20, 40)]
    assert lines_of(told, PERIOD) == [0, 0, 0]


def picture(hits, **given):
    numbers = np.arange(len(hits))
    days = Days(number=numbers, weekday=numbers % 7, hits=np.array(hits), expected=np.full(len(hits), 10.0))
    last = FIRST + timedelta(days=len(hits) - 1)
    fields = {"marks": (), "published": FIRST - timedelta(days=1)} | given
    return Picture(days=days, origin=FIRST, period=Period(first=FIRST, last=last), **fields)


def test_one_extreme_day_does_not_flatten_the_others_and_says_how_much_it_was():
    ordinary, raid = [10.0, 12.0] * 14, [10.0, 12.0] * 13 + [10.0, 100.0]

    assert "倍" not in svg(picture(ordinary))
    drawn = svg(picture(raid))
    assert ">7.07倍<" in drawn
    assert ">7<" not in drawn  # the scale ends at the ordinary days
    assert "8月28日はふだんの7.07倍。" in alternative_text(picture(raid))


def test_a_week_of_trouble_is_no_outlier():
    assert "倍" not in svg(picture([10.0, 12.0] * 14 + [60.0] * 7))


def test_days_of_an_outage_are_one_mark(sqlite_database):
    campaign = world.article(sqlite_database, None, published_at=world.PUBLISHED)
    lost = [
        Gap(started_at=at, ended_at=at, why="redis_away", messages=5)
        for day in (4, 5, 5, 8)
        for at in [world.PUBLISHED + timedelta(days=day)]
    ]

    told = marks(campaign, (), (), lost, {date(2026, 8, 11)}, PERIOD)

    assert [(mark.day.day, mark.label) for mark in told if "欠測" in mark.label] == [
        (7, "欠測（2日間）"),
        (11, "一部欠測"),
    ]
