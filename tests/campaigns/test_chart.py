"""The chart around a publication: its marks can be read."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from moderation.campaigns.chart import Mark, lines_of
from moderation.trends.days import Period

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
