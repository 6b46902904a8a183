"""The clock of notices: by when the applicant has to hear, and which days lie between.

Days are calendar days from the moment of receipt, as 情報流通プラットフォーム対処法 article 25 is read here: the
earliest reading, so that nothing is late under another one. A deployment may count working days instead;
docs/notices.md says what counsel has to confirm.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import jpholiday

from moderation.trends.days import JST, jst_day_of

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long there is.

    Attributes:
        days: Days until the applicant has to hear.
        working: Only working days count: neither Saturdays, Sundays nor holidays of Japan.
        due_soon: How long before the end the alert leaves.
    """

    days: int = 7
    working: bool = False
    due_soon: timedelta = timedelta(hours=48)


class ClockState(StrEnum):
    """How a notice stands with its clock."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    KEPT = "kept"
    MISSED = "missed"
    STOPPED = "stopped"


CLOCK_JA: dict[ClockState, str] = {
    ClockState.RUNNING: "期限内",
    ClockState.DUE_SOON: "まもなく期限",
    ClockState.OVERDUE: "期限超過",
    ClockState.KEPT: "期限内に通知",
    ClockState.MISSED: "期限後に通知",
    ClockState.STOPPED: "終了",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day on the way to the end.

    Attributes:
        holiday: Its name, where it is a holiday of Japan.
        free: A Saturday, a Sunday or a holiday.
    """

    day: date
    holiday: str | None
    free: bool


def day_of(day: date) -> Day:
    """What kind of day it is in Japan."""
    holiday = jpholiday.is_holiday_name(day)
    return Day(day=day, holiday=holiday, free=holiday is not None or day.weekday() >= _SATURDAY)


def due_at(received_at: datetime, terms: Terms) -> datetime:
    """By when the applicant has to hear, to the minute of receipt.

    >>> from datetime import UTC
    >>> friday = datetime(2026, 4, 24, 3, tzinfo=UTC)
    >>> due_at(friday, Terms()).isoformat()
    '2026-05-01T03:00:00+00:00'
    >>> due_at(friday, Terms(working=True)).date().isoformat()  # 昭和の日 and three days of Golden Week
    '2026-05-11'
    """
    if not terms.working:
        return received_at + timedelta(days=terms.days)
    due, left = received_at, terms.days
    while left:
        due += timedelta(days=1)
        left -= not day_of(jst_day_of(due)).free
    return due


def days_until(received_at: datetime, due: datetime) -> list[Day]:
    """Every day in Japan after that of receipt, up to the one it ends on."""
    first, last = jst_day_of(received_at), jst_day_of(due)
    return [day_of(first + timedelta(days=n)) for n in range(1, (last - first).days + 1)]


def end_of_day(day: date) -> datetime:
    """The last moment of a day in Japan, for a date that a person chose."""
    return datetime.combine(day, datetime.max.time(), JST).replace(microsecond=0)
