"""Hours, days and weeks: buckets are UTC hours, people's days and weeks are Japan's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
_JST_OFFSET = timedelta(hours=9)
"""Japan has had no summer time since 1952, so a fixed offset is exact, and ten times as fast."""
_DAY = timedelta(days=1)


def hour_of(at: datetime) -> datetime:
    """The UTC hour a time lies in."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def jst_day_of(at: datetime) -> date:
    """The calendar day in Japan a time lies in."""
    return (at.astimezone(UTC) + _JST_OFFSET).date()


def jst_day(day: date) -> tuple[datetime, datetime]:
    """The UTC window of one calendar day in Japan: start in, end out."""
    start = datetime.combine(day, time.min, JST).astimezone(UTC)
    return start, start + _DAY


def jst_week(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week a day lies in."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole days in Japan, from the first to the last, both in.

    Raises:
        ValueError: ``last`` comes before ``first``.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period ends before it starts: {self.first} … {self.last}")

    @property
    def length(self) -> int:
        """Days in it, at least 1."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """Its first moment, in UTC."""
        return jst_day(self.first)[0]

    @property
    def end(self) -> datetime:
        """The first moment after it, in UTC."""
        return jst_day(self.last)[1]

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before this one starts."""
        return Period(first=self.first - timedelta(days=self.length), last=self.first - _DAY)

    @property
    def weekdays_before(self) -> "Period":
        """The nearest period of the same length and the same weekdays that ends before this one starts."""
        back = timedelta(weeks=(self.length + 6) // 7)
        return Period(first=self.first - back, last=self.last - back)

    def days(self) -> Iterator[date]:
        """Each of its days."""
        for offset in range(self.length):
            yield self.first + timedelta(days=offset)


def last_days(days: int, *, today: date) -> Period:
    """The last whole days before today; today itself is not over."""
    return Period(first=today - timedelta(days=days), last=today - _DAY)
