"""Statements that go straight to the driver read, write and fail as SQLAlchemy's own."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from moderation.storage.often import Insert, Query, Update, ask, leaving_alone, run_all
from moderation.storage.tables.desk import case_sketches, golden_cases

NOON = datetime(2026, 8, 20, 3, 0, 0, 1, tzinfo=UTC)
NAMES = ("case_id", "outcome", "categories", "seen_hit_seq", "set_by", "set_at", "retired_at")
ROWS = [
    ("c-1", "violation", ["insult", "怒り"], 3, "u-1", NOON, None),
    ("c-2", "unsure", [], -1, "u-1", NOON, NOON),
]
ADD = Insert(golden_cases, NAMES, returning=[golden_cases.c[name] for name in NAMES])
PLAIN = Insert(golden_cases, NAMES)
ALONE = Insert(golden_cases, NAMES, conflict=leaving_alone)
OF = Query(select(golden_cases).where(golden_cases.c.set_by == bindparam("who")).order_by("case_id"))


def test_values_come_back_as_they_were_given(database):
    with database.write() as unit:
        given_back = ADD.run(unit.connection, ROWS)
        kept = unit.connection.execute(select(golden_cases).order_by("case_id")).all()
        found = OF.all(unit.connection, who="u-1")

    assert given_back == kept == found == ROWS
    assert found[0].set_at.tzinfo is UTC
    assert [row.case_id for row in given_back] == ["c-1", "c-2"]


def test_yes_and_no_are_no_numbers(database):
    flags = Insert(case_sketches, ("sketch", "case_id", "exact"), returning=[case_sketches.c.exact])

    with database.write() as unit:
        [row] = flags.run(unit.connection, [(-5, "c-1", True)])

    assert row.exact is True


def test_nothing_is_asked_of_the_store_without_rows(database):
    with database.write() as unit:
        assert ADD.run(unit.connection, []) == []


def test_answers_may_be_read_among_statements_that_are_not_waited_for(database):
    with database.write(in_one_go=True) as unit:
        ALONE.run(unit.connection, ROWS[:1])
        before = OF.all(unit.connection, who="u-1")
        ALONE.run(unit.connection, [(*ROWS[0][:3], 9, *ROWS[0][4:]), ROWS[1]])

    with database.read() as connection:
        assert before == ROWS[:1]
        assert OF.all(connection, who="u-1") == ROWS


def write_twice(database, together):
    with database.write(in_one_go=together) as unit:
        PLAIN.run(unit.connection, ROWS)
        PLAIN.run(unit.connection, ROWS[:1])


@pytest.mark.parametrize("together", [True, False])
def test_several_writes_and_several_questions_go_at_once(database, together):
    change = Update(golden_cases, ("case_id", "outcome", "categories", "retired_at"))
    sketches = Insert(case_sketches, ("sketch", "case_id", "exact"))
    marked = Query(select(case_sketches.c.case_id).where(case_sketches.c.sketch == bindparam("sketch")))
    with database.write() as unit:
        PLAIN.run(unit.connection, ROWS)

    with database.write(in_one_go=together) as unit:
        run_all(
            unit.connection,
            [
                (change, [("c-2", "violation", ["threat"], None), ("c-3", "unsure", [], None)]),
                (sketches, [(7, "c-1", True)]),
                (ALONE, []),
            ],
        )
        kept, found = ask(unit.connection, [(OF, {"who": "u-1"}), (marked, {"sketch": 7})])

    assert kept == [ROWS[0], ("c-2", "violation", ["threat"], -1, "u-1", NOON, None)]
    assert [row.case_id for row in found] == ["c-1"]


@pytest.mark.parametrize("together", [True, False])
def test_a_row_that_is_there_fails_as_sqlalchemys_do_and_leaves_nothing(database, together):
    with pytest.raises(IntegrityError):
        write_twice(database, together)

    with database.write() as unit:
        assert OF.all(unit.connection, who="u-1") == []
