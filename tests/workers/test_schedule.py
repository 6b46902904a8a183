from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.settings import Settings
from moderation.storage import outbox
from moderation.storage.accounts import accounts
from moderation.storage.chat.live import GAP
from moderation.storage.database import open_database
from moderation.storage.redis import connect
from moderation.storage.tables.archive import gaps
from moderation.storage.tables.cases import case_hits, cases, held_messages
from moderation.storage.tables.delivery import outbox as outbox_table
from moderation.storage.webhooks import endpoints
from tests.workers.factories import NOON
from workers.enqueue import webhook_queue
from workers.schedule import Schedule


def hold(database, message_id, *, expires_at, state="held", minors=False):
    with database.write() as unit:
        unit.connection.execute(
            cases.insert().values(
                id=f"case-{message_id}", service_id="stream", kind="author_room", live_key=message_id, state="queued",
                queue="default", severity=2, categories={}, minors=minors, priority=1.0, hit_seq=1, seen_hit_seq=0,
                hits=1, reports=0, version=1, opened_at=NOON, updated_at=NOON,
            )
        )  # fmt: skip
        unit.connection.execute(
            case_hits.insert().values(
                id=f"hit-{message_id}", case_id=f"case-{message_id}", seq=1, service_id="stream",
                message_id=message_id, kind="author_room", author_id="a1", room_id="r1", text="x", sent_at=NOON,
                verdict="hold", severity=2, minors=minors, category_scores={}, signals=[], target="none",
                model_version="m", lexicon_version="l", fold_version="f", ruleset_version="r", created_at=NOON,
            )
        )  # fmt: skip
        unit.connection.execute(
            held_messages.insert().values(
                service_id="stream", message_id=message_id, case_id=f"case-{message_id}", state=state, held_at=NOON,
                expires_at=expires_at,
            )
        )  # fmt: skip


@pytest.fixture
def endpoint(database):
    with database.write() as unit:
        accounts.add_service(unit.connection, "stream", name="Stream", now=NOON)
        endpoints.add(unit.connection, service="stream", url="https://example.jp/", now=NOON)


def states(database):
    with database.read() as connection:
        return {row.message_id: row.state for row in connection.execute(select(held_messages))}


def test_a_held_message_whose_time_is_up_expires_once_and_its_service_is_told(redis, database, endpoint):
    hold(database, "m1", expires_at=NOON)
    hold(database, "m2", expires_at=NOON + timedelta(seconds=1))
    schedule = Schedule(redis=redis, database=database)

    schedule.once(now=NOON)
    schedule.once(now=NOON)

    assert states(database) == {"m1": "expired", "m2": "held"}
    with database.read() as connection:
        [row] = connection.execute(select(outbox_table))
    assert (row.type, row.subject) == ("message.expired", "m1")
    expected = {"message_id": "m1", "case_id": "case-m1", "author_id": "a1", "room_id": "r1"}
    assert row.payload["data"] == expected


@pytest.mark.parametrize("state", ["approved", "denied"])
def test_a_message_that_a_person_settled_never_expires(redis, database, endpoint, state):
    hold(database, "m1", expires_at=NOON, state=state)

    Schedule(redis=redis, database=database).once(now=NOON + timedelta(days=1))

    assert states(database) == {"m1": state}


def test_an_expiry_about_a_minor_is_not_told_to_endpoints_that_may_not_hear_of_it(redis, database, endpoint):
    hold(database, "m1", expires_at=NOON, minors=True)

    Schedule(redis=redis, database=database).once(now=NOON)

    assert states(database) == {"m1": "expired"}
    with database.read() as connection:
        assert connection.execute(select(outbox_table)).all() == []


def test_what_is_due_is_asked_for_again_when_its_job_was_lost(redis, database, endpoint):
    with database.write() as unit:
        outbox.emit(unit.connection, service="stream", type_="case.decided", subject="c", data={}, now=NOON)
    schedule = Schedule(redis=redis, database=database)
    schedule.once(now=NOON)
    redis.flushall()

    schedule.once(now=NOON)

    assert webhook_queue(redis).count == 1


def test_messages_left_out_of_a_full_stream_become_a_gap_once(redis, database):
    redis.hset(GAP, mapping={"stream": 7, "other": 1})
    schedule = Schedule(redis=redis, database=database)

    schedule.once(now=NOON)
    schedule.once(now=NOON)

    with database.read_archive() as connection:
        rows = connection.execute(
            select(gaps.c.service_id, gaps.c.why, gaps.c.messages).order_by(gaps.c.service_id)
        )
        assert rows.all() == [("other", "stream_full", 1), ("stream", "stream_full", 7)]


def test_a_round_without_redis_still_expires_held_messages(database, endpoint):
    hold(database, "m1", expires_at=NOON)

    Schedule(redis=connect("redis://127.0.0.1:9/0"), database=database).once(now=NOON)

    assert states(database) == {"m1": "expired"}


def test_a_round_without_database_ends_without_an_error(redis, tmp_path):
    away = open_database(
        Settings(database_url="postgresql+psycopg://nobody@127.0.0.1:9/none", data_dir=tmp_path)
    )

    Schedule(redis=redis, database=away).once(now=NOON)

    away.dispose()
