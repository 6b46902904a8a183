from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.storage import outbox
from moderation.storage.accounts import accounts
from moderation.storage.outbox import WEBHOOK
from moderation.storage.tables.delivery import outbox as outbox_table
from moderation.storage.webhooks import endpoints as webhooks
from moderation.storage.webhooks import log
from tests.workers.factories import NOON

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def endpoints(database):
    with database.write() as unit:
        accounts.add_service(unit.connection, "stream", name="Stream", now=NOON)
        return [
            webhooks.add(unit.connection, service="stream", url=f"https://{name}.example.jp/", now=NOON).id
            for name in ("a", "b")
        ]


def emit(database, *subjects):
    with database.write() as unit:
        for subject in subjects:
            outbox.emit(
                unit.connection, service="stream", type_="case.decided", subject=subject, data={}, now=NOON
            )


def due(database, now=NOON):
    with database.read() as connection:
        return outbox.due(connection, destination=WEBHOOK, now=now, most=100)


def test_only_one_of_two_workers_gets_a_row_until_its_lease_ends(database, endpoints):
    emit(database, "case-1")
    row = due(database)[0]
    for now, taken in ((NOON, True), (NOON, False), (LATER, True)):
        with database.write() as unit:
            found = outbox.take(unit.connection, row.id, now=now, until=now + timedelta(seconds=30))
            assert (found is not None) is taken


def test_an_event_waits_for_the_one_before_it_at_the_same_endpoint_only(database, endpoints):
    emit(database, "case-1", "case-1", "case-2")
    first_of_a = next(
        row for row in due(database) if row.subject == "case-1" and row.endpoint_id == endpoints[0]
    )

    assert len(due(database)) == 4  # the first of case-1 and case-2, at two endpoints
    with database.write() as unit:
        outbox.mark_delivered(unit.connection, [first_of_a.id], now=NOON)
    waiting = [(row.endpoint_id, row.subject) for row in due(database)]

    assert waiting.count((endpoints[0], "case-1")) == 1
    assert len(waiting) == 4
    assert first_of_a.id not in {row.id for row in due(database)}


def test_what_is_given_up_does_not_hold_up_what_comes_after(database, endpoints):
    emit(database, "case-1", "case-1")
    with database.write() as unit:
        for row in due(database):
            outbox.give_up(unit.connection, row.id, now=NOON)

    assert [row.subject for row in due(database)] == ["case-1", "case-1"]


def test_disabling_an_endpoint_gives_up_what_waits_for_it_and_nothing_else(database, endpoints):
    emit(database, "case-1")
    with database.write() as unit:
        webhooks.disable(unit.connection, endpoints[0], why="test", now=NOON)

    assert {row.endpoint_id for row in due(database)} == {endpoints[1]}
    with database.read() as connection:
        failed = connection.execute(
            select(outbox_table.c.endpoint_id).where(outbox_table.c.failed_at.is_not(None))
        )
        assert failed.scalars().all() == [endpoints[0]]
        disabled = {one.id: one.disabled_why for one in webhooks.of_service(connection, "stream")}
    assert disabled == {endpoints[0]: "test", endpoints[1]: None}


def test_attempts_are_listed_in_the_order_they_were_made(database, endpoints):
    emit(database, "case-1")
    row = due(database)[0]
    with database.write() as unit:
        for status, error in ((None, "ConnectTimeout"), (204, None)):
            outbox.log_attempt(unit.connection, row.id, at=NOON, status=status, error=error, milliseconds=12)

    with database.read() as connection:
        found = [(one.status, one.error) for one in log.attempts(connection, row.id)]
    assert found == [(None, "ConnectTimeout"), (204, None)]
