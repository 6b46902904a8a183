"""Distinct authors of a period: all of them where they are few, an even sample where they are many.

Pseudonyms are as good as random, so those below a bound are an even sample of all authors, the same on
every day: an author is in it always, or never.
"""

from math import sqrt

from sqlalchemy import ColumnElement, Connection, func, select

from moderation.storage.tables.archive import day_authors
from moderation.trends.count import ALL, LIVE
from moderation.trends.days import Period
from moderation.trends.figures import People

_MOST_ROWS = 300_000
"""Rows that are read for one period; as many take a third of a second."""
_SHARES = ((1, ""), (16, "1"), (256, "01"), (4096, "001"))
"""One in how many authors, and the bound their pseudonyms lie below; all of them without a bound."""


def count_people(connection: Connection, *, service: str, period: Period, source: str = LIVE) -> People:
    """Who wrote, and whose messages reached a category."""
    share, bound = _share(connection, service, period)
    table = day_authors.c
    # Distinct rows first: PostgreSQL hashes those, where it would sort for a count of distinct values.
    writers = (
        select(table.author)
        .where(*_of(service, period, LIVE, bound), table.category == ALL)
        .distinct()
        .subquery()
    )
    wrote = connection.execute(select(func.count()).select_from(writers)).scalar_one()
    those_hit = (
        select(table.category, table.author)
        .where(*_of(service, period, source, bound), table.hits > 0)
        .distinct()
        .subquery()
    )
    hit = connection.execute(select(those_hit.c.category, func.count()).group_by(those_hit.c.category))
    return People(
        wrote=wrote * share,
        hit={category: number * share for category, number in hit},
        error=sqrt((1 - 1 / share) / wrote) if share > 1 and wrote else 0.0,
    )


def _share(connection: Connection, service: str, period: Period) -> tuple[int, str]:
    """The largest sample that is not too many rows to read; probed with the smallest one."""
    smallest, bound = _SHARES[-1]
    probe = connection.execute(
        select(func.count()).where(*_of(service, period, LIVE, bound), day_authors.c.category == ALL)
    ).scalar_one()
    for share, bound in _SHARES:
        if probe * smallest / share <= _MOST_ROWS:
            return share, bound
    return _SHARES[-1]


def _of(service: str, period: Period, source: str, bound: str) -> tuple[ColumnElement[bool], ...]:
    """Days are listed, not ranged over: each is one walk along the beginning of its authors."""
    table = day_authors.c
    found = (table.service_id == service, table.source == source, table.day.in_(list(period.days())))
    return (*found, table.author < bound) if bound else found
