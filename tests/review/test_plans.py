"""The large lists go by an index on PostgreSQL: what it plans on a store of some size is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import event, text

from moderation.review.case import CaseState
from moderation.review.sight import sight_of
from moderation.storage.database import open_database
from moderation.storage.desk import case, claims, next_case, queue, search, similar
from moderation.storage.desk.queue import QueueFilter
from moderation.storage.desk.rows import get_case
from moderation.storage.desk.search import SearchIn
from moderation.taxonomy import Role, Severity
from tests.bench.desk_rows import FILL
from tests.review.desk import LEASE

CASES, HITS = 12_000, 3
NOW = datetime.now(UTC)
MODERATOR = sight_of("aoki", [Role.MODERATOR])
LEAD = sight_of("mori", [Role.LEAD])
A_CASE = f"01FILL{7:020}"


@pytest.fixture
def database(postgres_settings):
    opened = open_database(postgres_settings)
    with opened.write() as unit:
        for statement in FILL:
            unit.connection.execute(text(statement), {"cases": CASES, "hits": HITS, "every": 4})
    with opened.main.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    yield opened
    opened.dispose()


@contextmanager
def statements(database) -> Iterator[list[tuple[str, object]]]:
    """Every statement that is run, with its parameters."""
    seen: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, context, many):
        if statement.lstrip().startswith(("SELECT", "WITH")) and not many:
            seen.append((statement, parameters))

    event.listen(database.main, "before_cursor_execute", note)
    yield seen
    event.remove(database.main, "before_cursor_execute", note)


def scanned(database, run) -> set[str]:
    """Tables of the desk that a step reads from end to end."""
    with statements(database) as seen, database.write() as unit:
        run(unit.connection)
    whole: set[str] = set()
    with database.main.connect() as connection:
        for statement, parameters in seen:
            plan = list(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())
            whole |= {
                line.split("Seq Scan on ")[1].split()[0]
                for above, line in pairwise(["", *plan])
                if "Seq Scan on " in line and "Limit" not in above  # one that stops at its limit is no harm
            }
    return whole & {"cases", "case_hits", "case_events", "decisions", "case_sketches"}


def test_claim_next_steps_over_what_is_held_without_reading_it(database):
    with statements(database) as seen, database.write() as unit:
        next_case.claim_next(unit.connection, MODERATOR, now=NOW, lease=LEASE)
    ((claiming, parameters),) = seen
    with database.main.connect() as connection:
        plan = list(connection.exec_driver_sql(f"EXPLAIN {claiming}", parameters).scalars())
    assert any("Index Cond: (COALESCE(claimed_until" in line for line in plan)


def test_pages_read_no_large_table_from_end_to_end(database):
    steps = {
        "queue": lambda c: queue.list_cases(c, MODERATOR, QueueFilter(), page=1, now=NOW),
        "by severity": lambda c: queue.list_cases(
            c, LEAD, QueueFilter(severity=Severity.HIGH), page=1, now=NOW
        ),
        "queues": lambda c: queue.open_queues(c, MODERATOR),
        "waiting": lambda c: next_case.count_waiting(c, MODERATOR, now=NOW),
        "my own": lambda c: queue.list_cases(c, MODERATOR, QueueFilter(mine=True), page=1, now=NOW),
        "similar": lambda c: similar.find(c, get_case(c, A_CASE, LEAD), LEAD),
        "closed": lambda c: queue.list_cases(
            c, MODERATOR, QueueFilter(state=CaseState.CLOSED), page=1, now=NOW
        ),
        "case": lambda c: case.load(c, A_CASE, LEAD),
        "claim": lambda c: next_case.claim_next(c, MODERATOR, now=NOW, lease=LEASE),
        "held": lambda c: claims.held_by(c, MODERATOR, now=NOW),
        "author": lambda c: search.search(c, LEAD, "u-77", SearchIn.AUTHOR),
        "id": lambda c: search.search(c, LEAD, A_CASE, SearchIn.CASE),
        "room": lambda c: search.search(c, LEAD, "r-77", SearchIn.ROOM),
    }

    assert {name: found for name, run in steps.items() if (found := scanned(database, run))} == {}
