import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.storage import outbox
from moderation.storage.chat import stream
from moderation.storage.chat.live import STREAM
from moderation.storage.tables.archive import fact_buckets, messages
from moderation.storage.tables.delivery import outbox as outbox_table
from moderation.storage.trends.pseudonym import Pseudonyms
from tests.workers.factories import NOON, put, record
from tests.workers.recount import assert_same
from workers.recorder import Recorder

PSEUDONYMS = Pseudonyms(b"a key for tests, 32 bytes or so.")


def recorder(redis, database, **given):
    return Recorder(redis=redis, database=database, pseudonyms=PSEUDONYMS, **given)


def a_week(count, seed=1):
    """Messages over a week, some of them late, some twice."""
    dice = random.Random(seed)
    records = []
    for number in range(count):
        if records and dice.random() < 0.05:
            records.append(dice.choice(records))
            continue
        categories = dice.choices([[], ["insult"], ["insult", "threat"], ["spam_scam"]], [20, 2, 1, 1])[0]
        records.append(
            record(
                service=dice.choice(["stream", "other"]),
                id=f"m{number}",
                author_id=f"a{dice.randrange(40)}",
                room_id=f"r{dice.randrange(8)}",
                room_category=dice.choice(["fps", "rpg"]),
                sent_at=NOON + timedelta(minutes=dice.randrange(7 * 24 * 60)),
                categories=categories,
                verdict=dice.choice(["hold", "block"]) if "threat" in categories else "allow",
            )
        )
    return records


def test_messages_are_kept_and_counted_each_once(redis, database):
    records = a_week(500)
    put(redis, *records)
    put(redis, *records[:200])

    assert recorder(redis, database, chunk=70).drain() == 700

    assert_same(database, records)
    assert redis.xlen(STREAM) == 0
    assert redis.xpending(STREAM, stream.GROUP)["pending"] == 0


def test_entries_of_a_dead_recorder_are_taken_over_and_counted_once(redis, database):
    records = a_week(60)
    put(redis, *records)
    dead = stream.ScoredStream(redis, consumer="dead")
    dead.prepare()
    read = dead.read(30, wait_ms=1)
    assert len(read) == 30

    alive = recorder(redis, database, dead_after_ms=0)
    alive.drain()
    alive.drain()

    assert_same(database, records)
    assert redis.xlen(STREAM) == 0


def test_a_recorder_that_died_between_commit_and_acknowledgement_counts_nothing_twice(redis, database):
    records = a_week(50)
    put(redis, *records)
    first = recorder(redis, database)
    first._stream.done = lambda ids: None  # it dies right here
    first.drain()

    recorder(redis, database, dead_after_ms=0).drain()

    assert_same(database, records)
    assert redis.xlen(STREAM) == 0


def test_what_cannot_be_read_is_put_aside_and_holds_up_nothing(redis, database):
    redis.xadd(STREAM, {"m": b"\xc1 not msgpack"})
    redis.xadd(STREAM, {"x": b"another shape"})
    put(redis, record())

    recorder(redis, database).drain()

    assert_same(database, [record()])
    assert redis.xlen(STREAM) == 0
    assert [fields[b"why"][:14] for _, fields in redis.xrange(stream.DEAD)] == [b"cannot be read"] * 2


def test_what_the_database_refuses_is_put_aside_and_its_chunk_is_kept(redis, database):
    if database.archive.dialect.name == "sqlite":
        pytest.skip("SQLite keeps texts of any length")
    records = [record(id=f"m{n}") for n in range(9)]
    put(redis, *records[:4], record(id="x" * 200), *records[4:])

    recorder(redis, database).drain()

    assert_same(database, records)
    [(_, fields)] = redis.xrange(stream.DEAD)
    assert fields[b"why"].startswith(b"refused by the database")


def test_texts_that_a_database_cannot_keep_are_kept_with_a_mark_in_their_place(redis, database):
    put(redis, record(id="m\0", author_id="a\0", room_category="f\0ps", text="し\0ね\nw"))

    recorder(redis, database).drain()

    with database.read_archive() as connection:
        [row] = connection.execute(select(messages))
    assert (row.id, row.author_id, row.room_category, row.text) == (
        "m\ufffd",
        "a\ufffd",
        "f\ufffdps",
        "し\ufffdね\nw",
    )


FACT_TIME = NOON - timedelta(hours=5)


def facts(database):
    with database.read_archive() as connection:
        return {
            (row.kind, row.category, row.value, row.hour): row.count
            for row in connection.execute(select(fact_buckets))
        }


def record_decision(database, **given):
    data = {
        "outcome": "violation",
        "categories": ["insult", "threat"],
        "actions": ["warn"],
        "room_category": "fps",
    }
    with database.write() as unit:
        outbox.record_fact(unit.connection, service="stream", kind="decision", data=data | given, now=NOON)


def test_decisions_and_their_actions_are_counted_under_all_and_under_each_category(redis, database):
    record_decision(database)

    recorder(redis, database).drain()

    assert facts(database) == {
        ("decision", "all", "violation", NOON): 1,
        ("decision", "insult", "violation", NOON): 1,
        ("decision", "threat", "violation", NOON): 1,
        ("action", "all", "warn", NOON): 1,
        ("action", "insult", "warn", NOON): 1,
        ("action", "threat", "warn", NOON): 1,
    }


def test_an_undone_decision_leaves_the_hour_it_was_made_in(redis, database):
    record_decision(database, at=FACT_TIME.isoformat())
    record_decision(database, at=FACT_TIME.isoformat(), count=-1)

    recorder(redis, database).drain()

    assert set(facts(database).values()) == {0}
    assert {hour for *_, hour in facts(database)} == {FACT_TIME}


def test_reports_are_counted_by_reason_in_the_hour_they_were_made(redis, database):
    with database.write() as unit:
        for reason in ("insult", "insult", "other"):
            data = {"reason": reason, "at": FACT_TIME.isoformat()}
            outbox.record_fact(unit.connection, service="stream", kind="report", data=data, now=NOON)

    recorder(redis, database).drain()

    assert facts(database) == {
        ("report", "insult", "insult", FACT_TIME): 2,
        ("report", "other", "other", FACT_TIME): 1,
    }


def test_a_fact_is_counted_once_also_when_the_recorder_dies_before_the_outbox_hears_of_it(redis, database):
    record_decision(database)
    one = recorder(redis, database)
    one.drain()
    with database.write() as unit:
        unit.connection.execute(outbox_table.update().values(next_attempt_at=NOON, delivered_at=None))

    one.drain()

    assert facts(database)["decision", "all", "violation", NOON] == 1


def test_a_fact_of_an_unknown_kind_is_given_up_and_holds_up_nothing(redis, database):
    with database.write() as unit:
        outbox.record_fact(unit.connection, service="stream", kind="verdict?", data={}, now=NOON)
        outbox.record_fact(unit.connection, service="stream", kind="report", data={"no": "reason"}, now=NOON)
    record_decision(database)

    recorder(redis, database).drain()

    assert facts(database)["decision", "all", "violation", NOON] == 1
    with database.read() as connection:
        failed = connection.execute(select(outbox_table.c.type).where(outbox_table.c.failed_at.is_not(None)))
        assert set(failed.scalars()) == {"verdict?", "report"}


CHILD = """
import sys
from moderation.settings import Settings
from moderation.storage.database import open_database
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.storage.redis import connect
from workers.recorder import Recorder
from workers.stopping import Stop
settings = Settings.model_validate_json(sys.argv[1])
Recorder(redis=connect(settings.redis_url), database=open_database(settings),
         pseudonyms=Pseudonyms(b"a key for tests, 32 bytes or so."), chunk=20, dead_after_ms=200).run(Stop().listen())
"""


def start_recorder(settings):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, settings.model_dump_json()], stdout=subprocess.DEVNULL
    )


def wait_below(redis, process, left):
    while redis.xlen(STREAM) > left:
        assert process.poll() is None
        time.sleep(0.005)  # a loop without rest takes the recorder's own core


def test_counts_are_exact_when_recorders_are_killed_in_the_middle(redis, settings, database):
    records = a_week(1_500, seed=7)
    put(redis, *records)
    for left in (1_200, 850, 500):
        process = start_recorder(settings)
        wait_below(redis, process, left)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert redis.xlen(STREAM) > 0

    last = start_recorder(settings)
    wait_below(redis, last, 0)
    last.send_signal(signal.SIGTERM)

    assert last.wait() == 0
    assert_same(database, records)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_recorder_told_to_stop_finishes_its_chunk_and_leaves_the_group(redis, settings, database, number):
    put(redis, *a_week(100))
    process = start_recorder(settings)
    wait_below(redis, process, 0)
    os.kill(process.pid, number)

    assert process.wait() == 0
    assert redis.xinfo_consumers(STREAM, stream.GROUP) == []
