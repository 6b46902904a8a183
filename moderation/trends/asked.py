"""The period someone asks for, checked: API, console and command line share this."""

import re
from collections.abc import Mapping
from datetime import date

from moderation.errors import FieldProblem, Invalid
from moderation.trends.days import Period, last_days

DEFAULT_DAYS = 7
MOST_DAYS = 366
_EARLIEST = date(2000, 1, 1)
_KNOWN_ZONE = "Asia/Tokyo"
_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""Python reads weeks and other forms of ISO 8601 too, which nobody means here."""


def asked_period(first: str | None, last: str | None, *, today: date, tz: str | None = None) -> Period:
    """The period of two days as people write them; the last seven whole days where both are left out.

    Args:
        first: First day, ``YYYY-MM-DD``; its place in a problem is ``/from``.
        last: Last day, in the period; ``/to``.
        today: The day in Japan it is now. It may be asked for, and is not complete.
        tz: Only ``Asia/Tokyo``: the day rows are counted by its calendar.

    Raises:
        Invalid: Naming each place, and how to put it right.
    """
    problems: list[FieldProblem] = []
    if tz not in (None, "", _KNOWN_ZONE):
        problems.append(FieldProblem(pointer="/tz", detail=f"only {_KNOWN_ZONE} is counted; leave it out"))
    if not first and not last:
        if problems:
            raise Invalid("The report cannot be made.", problems)
        return last_days(DEFAULT_DAYS, today=today)
    days = {place: _day(text, place, problems, today) for place, text in (("/from", first), ("/to", last))}
    start, end = days["/from"], days["/to"]
    if start and end and end < start:
        problems.append(FieldProblem(pointer="/to", detail=f"{end} comes before /from, {start}"))
    elif start and end and (end - start).days >= MOST_DAYS:
        problems.append(
            FieldProblem(pointer="/from", detail=f"more than {MOST_DAYS} days before /to; ask in parts")
        )
    if problems or start is None or end is None:
        raise Invalid("The report cannot be made.", problems)
    return Period(first=start, last=end)


def _day(text: str | None, place: str, problems: list[FieldProblem], today: date) -> date | None:
    if not text:
        problems.append(FieldProblem(pointer=place, detail="is missing; give both days as YYYY-MM-DD"))
        return None
    try:
        day = date.fromisoformat(text) if _WRITTEN.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        problems.append(FieldProblem(pointer=place, detail=f"{text[:40]!r} is not a day as YYYY-MM-DD"))
        return None
    if day > today:
        problems.append(FieldProblem(pointer=place, detail=f"{day} lies in the future; today is {today}"))
        return None
    if day < _EARLIEST:
        problems.append(FieldProblem(pointer=place, detail=f"{day} is before {_EARLIEST}"))
        return None
    return day


def check_known(given: Mapping[str, str], known: frozenset[str]) -> None:
    """Refuse query parameters that nobody knows: a mistyped one must not pass as silence.

    Raises:
        Invalid: Naming each of them.
    """
    unknown = sorted(set(given) - known)
    if unknown:
        names = ", ".join(sorted(known))
        raise Invalid(
            "Unknown parameter.",
            [
                FieldProblem(pointer=f"/{name[:40]}", detail=f"is not known; there are {names}")
                for name in unknown
            ],
        )
