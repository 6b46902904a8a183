"""Held messages: approving, denying and expiring are one conditional update; one of them happens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from moderation.errors import AlreadySettled, HeldNotFound
from moderation.scoring.verdict import Outcome
from moderation.storage.accounts import accounts
from moderation.storage.chat import flagged, held
from moderation.storage.chat.flagged import Flagged
from moderation.storage.desk import expiry
from moderation.storage.tables.cases import case_events
from moderation.storage.tables.delivery import outbox, webhook_endpoints
from tests.support.factories import NOON, message
from tests.support.verdicts import verdict

HOLD = timedelta(minutes=15)


def hold(database, *, now=NOON, minors=False, **given):
    one = Flagged(message=message(**given), verdict=verdict(verdict=Outcome.HOLD, minors=minors))
    with database.write() as unit:
        flagged.save(unit.connection, [one], hold_for=HOLD, now=now)
    return one.message.id


def settle(database, message_id, state="approved", *, by="key:k", minors=False, service="test", now=NOON):
    with database.write() as unit:
        return held.settle(unit.connection, service, message_id, state=state, by=by, minors=minors, now=now)


def listed(database, state="held", *, minors=False, after=None, most=50, service="test"):
    with database.read() as connection:
        return held.list_messages(connection, service, state=state, minors=minors, after=after, most=most)


def ids(found):
    return [one.message_id for one in found]


@pytest.fixture
def endpoint(database):
    with database.write() as unit:
        accounts.add_service(unit.connection, "test", name="test", now=NOON)
        unit.connection.execute(
            insert(webhook_endpoints).values(
                id="e", service_id="test", url="https://x.example", secret="whsec_x", event_types=[],
                sees_minors=False, created_at=NOON,
            )
        )  # fmt: skip


def events(database):
    with database.read() as connection:
        return [
            row.type
            for row in connection.execute(select(outbox).order_by(outbox.c.seq))
            if row.subject.startswith("m-")
        ]


def test_the_longest_held_come_first_page_by_page(database):
    first, second, third = (hold(database, now=NOON + timedelta(seconds=n)) for n in range(3))

    page = listed(database, most=2)
    rest = listed(database, after=(page[-1].held_at, page[-1].message_id))

    assert (ids(page), ids(rest)) == ([first, second], [third])
    assert page[0].expires_at == NOON + HOLD


@pytest.mark.parametrize(("state", "event"), [("approved", "message.released"), ("denied", "message.denied")])
def test_a_held_message_is_settled_and_announced_once(database, endpoint, state, event):
    message_id = hold(database)

    settled = [settle(database, message_id, state) for _ in range(2)]

    assert [(one.state, one.settled_at, one.settled_by) for one in settled] == [(state, NOON, "key:k")] * 2
    assert events(database) == ["message.held", event]
    assert (listed(database), ids(listed(database, state))) == ([], [message_id])
    with database.read() as connection:
        kinds = connection.execute(select(case_events.c.kind, case_events.c.actor)).all()
    assert ("key:k", state) in [(actor, kind) for kind, actor in kinds]


@pytest.mark.parametrize("by", ["key:k", "key:other"])
def test_what_is_settled_cannot_be_settled_otherwise(database, by):
    message_id = hold(database)
    settle(database, message_id, "denied")

    with pytest.raises(AlreadySettled, match="denied"):
        settle(database, message_id, "approved", by=by)


def test_the_same_by_somebody_else_is_told_that_they_are_late(database):
    message_id = hold(database)
    settle(database, message_id, "denied")

    with pytest.raises(AlreadySettled):
        settle(database, message_id, "denied", by="key:other")


@pytest.mark.parametrize("swept", [True, False])
def test_a_message_whose_time_is_up_stays_unseen(database, swept):
    message_id = hold(database)
    late = NOON + HOLD
    if swept:
        with database.write() as unit:
            expiry.expire_held(unit.connection, now=late, most=10)

    with pytest.raises(AlreadySettled, match="expired"):
        settle(database, message_id, now=late)


@pytest.mark.parametrize("service", ["test", "other"])
def test_a_message_that_was_never_held_is_not_found(database, service):
    message_id = hold(database) if service == "other" else "m-never"

    with pytest.raises(HeldNotFound):
        settle(database, message_id, service=service)


def test_where_a_minor_is_at_risk_only_who_may_sees_it(database):
    message_id = hold(database, minors=True)

    with pytest.raises(HeldNotFound):
        settle(database, message_id)
    assert listed(database) == []
    assert ids(listed(database, minors=True)) == [message_id]
    assert settle(database, message_id, minors=True).state == "approved"


def test_of_many_at_once_one_wins(database):
    message_id = hold(database)

    def try_one(number):
        try:
            return settle(
                database, message_id, ("approved", "denied")[number % 2], by=f"key:{number}"
            ).settled_by
        except AlreadySettled:
            return None

    with ThreadPoolExecutor(8) as pool:
        won = [by for by in pool.map(try_one, range(8)) if by]

    assert len(won) == 1
