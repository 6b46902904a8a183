import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from moderation.storage import outbox
from moderation.storage.accounts import accounts
from moderation.storage.chat import stream
from moderation.storage.chat.live import GAP, STREAM
from moderation.storage.tables.delivery import outbox as outbox_table
from moderation.storage.webhooks import endpoints
from tests.workers.factories import put, record
from tests.workers.receiver import receiving
from tests.workers.recount import assert_same

CHILD = """
import sys
from moderation.settings import Settings
from workers import run
if __name__ == "__main__":
    getattr(run, sys.argv[1])(Settings.model_validate_json(sys.argv[2]))
"""
SECONDS = 30


def start(part, settings):
    return subprocess.Popen([sys.executable, "-c", CHILD, part, settings.model_dump_json()])


def wait_for(what):
    deadline = time.monotonic() + SECONDS
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def delivered(database):
    with database.read() as connection:
        return all(row.delivered_at for row in connection.execute(select(outbox_table)))


def test_all_parts_together_record_and_deliver_and_end_in_good_order(redis, sqlite_settings, sqlite_database):
    settings, database = sqlite_settings, sqlite_database
    with receiving() as receiver:
        with database.write() as unit:
            now = datetime.now(UTC)
            accounts.add_service(unit.connection, "stream", name="Stream", now=now)
            endpoints.add(unit.connection, service="stream", url=receiver.url, allow_private=True, now=now)
            outbox.emit(
                unit.connection, service="stream", type_="case.decided", subject="c", data={}, now=now
            )
        put(redis, record())
        workers = start("run_all", settings)
        try:
            wait_for(lambda: len(receiver.requests) == 1 and delivered(database) and redis.xlen(STREAM) == 0)
            [one] = redis.xinfo_consumers(STREAM, stream.GROUP)
            [reading] = wait_for(lambda: readers(redis))  # between two reads it looks at other things
            os.kill(int(one["name"].split(b"-")[-2]), signal.SIGKILL)
            # Until the server sees the broken connection it may hand entries to the dead recorder;
            # they would be taken over, but only after half a minute.
            wait_for(lambda: reading not in {client["id"] for client in redis.client_list()})
            put(redis, record(id="m2"))
            wait_for(lambda: redis.xlen(STREAM) == 0)
        finally:
            workers.send_signal(signal.SIGTERM)
            assert workers.wait(SECONDS) == 0
    assert_same(database, [record(), record(id="m2")])


def readers(redis):
    return [client["id"] for client in redis.client_list() if client["cmd"] == "xreadgroup"]


def ready(redis, part):
    """A worker of RQ that waits for jobs, or a schedule that has been round once."""
    if part == "run_schedule":
        return redis.hlen(GAP) == 0
    return any(redis.hget(name, "state") == b"idle" for name in redis.smembers("rq:workers"))


@pytest.mark.parametrize("part", ["run_jobs", "run_schedule"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_part_ends_with_exit_code_0_when_told_to_stop(redis, sqlite_settings, part, number):
    redis.hset(GAP, "stream", 1)
    process = start(part, sqlite_settings)
    wait_for(lambda: ready(redis, part))
    process.send_signal(number)

    assert process.wait(SECONDS) == 0
