from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import Invalid
from moderation.trends.asked import MOST_DAYS, asked_period, check_known
from moderation.trends.days import Period, hour_of, jst_day, jst_day_of, jst_week, last_days

JST = ZoneInfo("Asia/Tokyo")
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis adds the zone)
DAYS = st.dates(date(2000, 1, 1), date(2099, 1, 1))
TODAY = date(2026, 8, 20)


@given(TIMES)
def test_a_time_lies_in_the_window_of_its_own_day_in_japan(at):
    start, end = jst_day(jst_day_of(at))

    assert start <= at < end
    assert end - start == timedelta(days=1)


@given(TIMES)
def test_the_day_is_the_one_on_a_calendar_in_japan(at):
    assert jst_day_of(at) == at.astimezone(JST).date()


@given(TIMES, st.sampled_from(["Asia/Tokyo", "America/New_York", "Asia/Kolkata"]))
def test_the_zone_a_time_is_written_in_does_not_matter(at, zone):
    written = at.astimezone(ZoneInfo(zone))

    assert jst_day_of(written) == jst_day_of(at)
    assert hour_of(written) == hour_of(at)


@given(TIMES)
def test_an_hour_never_lies_in_two_days(at):
    assert (
        jst_day_of(hour_of(at))
        == jst_day_of(hour_of(at) + timedelta(minutes=59, seconds=59))
        == jst_day_of(at)
    )


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 8, 19, 14, 59, 59, 999_999, tzinfo=UTC), date(2026, 8, 19)),
        (datetime(2026, 8, 19, 15, tzinfo=UTC), date(2026, 8, 20)),
        (datetime(2026, 12, 31, 15, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2024, 2, 28, 15, tzinfo=UTC), date(2024, 2, 29)),
    ],
)
def test_a_day_in_japan_begins_at_15_utc(at, day):
    assert jst_day_of(at) == day


@given(DAYS)
def test_a_week_has_seven_days_from_monday_and_holds_its_day(day):
    monday, sunday = jst_week(day)

    assert monday.weekday() == 0
    assert (sunday - monday).days == 6
    assert monday <= day <= sunday


@given(DAYS, st.integers(0, 400))
def test_the_period_before_is_as_long_and_touches_it(day, more):
    period = Period(first=day, last=day + timedelta(days=more))

    assert period.before.length == period.length == len(list(period.days()))
    assert period.before.end == period.start


def test_a_period_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="ends before"):
        Period(first=date(2026, 8, 2), last=date(2026, 8, 1))


def test_without_days_the_last_seven_whole_days_are_meant():
    expected = Period(first=date(2026, 8, 13), last=date(2026, 8, 19))

    assert asked_period(None, None, today=TODAY) == expected == last_days(7, today=TODAY)


def test_both_days_are_in_the_period_and_today_may_be_asked_for():
    period = asked_period("2026-08-20", "2026-08-20", today=TODAY, tz="Asia/Tokyo")

    assert (period.first, period.last) == (TODAY, TODAY)


@pytest.mark.parametrize(
    ("first", "last", "tz", "pointer", "what"),
    [
        ("2026-08-01", None, None, "/to", "is missing"),
        (None, "2026-08-01", None, "/from", "is missing"),
        ("2026-8-1", "2026-08-02", None, "/from", "not a day"),
        ("2026-02-30", "2026-08-02", None, "/from", "not a day"),
        ("2026-W33-1", "2026-08-02", None, "/from", "not a day"),
        ("2026-08-01T00", "2026-08-02", None, "/from", "not a day"),
        ("2026-08-05", "2026-08-04", None, "/to", "before"),
        ("2026-08-19", "2026-08-21", None, "/to", "future"),
        ("1999-12-31", "2026-08-01", None, "/from", "before 2000"),
        ("2025-01-01", "2026-08-01", None, "/from", f"{MOST_DAYS} days"),
        (None, None, "Europe/London", "/tz", "Asia/Tokyo"),
    ],
)
def test_a_period_that_cannot_be_used_is_refused_at_its_place(first, last, tz, pointer, what):
    with pytest.raises(Invalid) as refused:
        asked_period(first, last, today=TODAY, tz=tz)

    [problem] = refused.value.problems
    assert problem.pointer == pointer
    assert what in problem.detail


def test_an_unknown_parameter_is_refused_by_name():
    with pytest.raises(Invalid) as refused:
        check_known({"form": "2026-08-01"}, frozenset({"from", "to"}))

    assert refused.value.problems[0].pointer == "/form"
