"""Rows that are written in bulk read as if SQLAlchemy had written them."""

from datetime import UTC, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from moderation.storage import bulk
from moderation.storage.tables.base import UtcDateTime

SQLITE = sqlite.dialect()
WRITTEN = UtcDateTime().dialect_impl(SQLITE).bind_processor(SQLITE)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=ZONES) | st.datetimes(timezones=st.just(UTC)))
def test_a_time_is_the_same_text_in_every_zone(value):
    try:
        expected = WRITTEN(value)
    except OverflowError:  # the wall clock of UTC would lie before the year 1, or after 9999
        return
    assert bulk._times([value, None]) == [expected, None]
