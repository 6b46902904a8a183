"""Service and period of the pages about trends: read from the query, put right where they cannot be used."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import Request

from api.console.texts import N_
from moderation.errors import Invalid, NotFound
from moderation.storage.accounts import accounts
from moderation.storage.database import Connection
from moderation.trends.asked import DEFAULT_DAYS, asked_period
from moderation.trends.days import Period, jst_day_of, jst_week, last_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page shows.

    Attributes:
        service: The empty name where there is none yet.
        problem: Why the last seven days are shown and not what was asked for.
    """

    service: str
    services: list[str]
    period: Period
    today: date
    problem: Invalid | None

    @property
    def quick(self) -> tuple[tuple[str, Period], ...]:
        """Periods that are asked for often; whole days, except the one that says so."""
        monday, sunday = jst_week(self.today - timedelta(days=7))
        return (
            (N_("直近7日"), last_days(7, today=self.today)),
            (N_("先週"), Period(first=monday, last=sunday)),
            (N_("直近28日"), last_days(28, today=self.today)),
            (N_("今日を含む7日"), Period(first=self.today - timedelta(days=6), last=self.today)),
        )


def asked(request: Request, connection: Connection, now: datetime) -> Asked:
    """What somebody asks for; never raises for a period that cannot be used."""
    query = request.query_params
    today = jst_day_of(now)
    services = accounts.service_ids(connection)
    problem = None
    try:
        period = asked_period(query.get("from"), query.get("to"), today=today)
    except Invalid as error:
        problem, period = error, last_days(DEFAULT_DAYS, today=today)
    return Asked(
        service=chosen_service(query.get("service"), services),
        services=services,
        period=period,
        today=today,
        problem=problem,
    )


def chosen_service(wanted: str | None, services: list[str]) -> str:
    """The service asked for, or the first; the empty name where there is none yet.

    Raises:
        NotFound: There is no such service; another one's figures under its address would mislead.
    """
    if wanted and wanted not in services:
        raise NotFound(f"There is no service {wanted[:64]!r}.")
    return wanted or next(iter(services), "")
