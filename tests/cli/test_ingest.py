"""`ibasho ingest`: at least one verdict a message, counted once, whoever dies in between."""

import json
import subprocess
import sys
import time

import pytest

from api.cli.processes import environment, spawn, stop
from moderation.settings import PROJECT
from tests.support.factories import body
from tests.support.servers import make_key

CHAT, VERDICTS = "chat", "verdicts"
SECONDS = 60


@pytest.fixture
def ready(model_dir, sqlite_settings, sqlite_database, redis):
    make_key(sqlite_database)
    return sqlite_settings


def run(settings, *arguments, given=b""):
    return subprocess.run(
        [sys.executable, "-m", "api.cli", "ingest", *arguments],
        cwd=PROJECT, env=environment(settings) | {"PYTHONPATH": str(PROJECT)}, input=given, capture_output=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip


def put(redis, messages):
    for message in messages:
        redis.xadd(CHAT, {"message": json.dumps(message, ensure_ascii=False)})


def verdicts(redis):
    return [json.loads(fields[b"verdict"]) for _, fields in redis.xrange(VERDICTS)]


def wait_for(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_file_is_answered_line_by_line_and_the_same_way_the_next_time(ready, redis):
    lines = [
        json.dumps(body("おはよう", id="m-1")),
        "{",
        json.dumps(body("早く死ねよお前", id="m-2")),
        '{"id": "m-3"}',
    ]

    done = run(ready, "-", given="\n".join(lines).encode())
    assert done.stdout, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]

    assert [row["id"] for row in rows] == ["m-1", None, "m-2", "m-3"]
    assert [row.get("review") for row in rows] == [False, None, True, None]
    assert [row["line"] for row in rows if "error" in row] == [2, 4]
    assert (done.returncode, b"2 lines" in done.stderr) == (1, True)
    assert run(ready, "-", given="\n".join(lines).encode()).stdout == done.stdout
    assert redis.xlen("ibasho:scored") == 2


def test_a_stream_is_read_as_a_group_and_answered_in_another(ready, redis):
    put(redis, [body("おはよう", id="m-1"), body("早く死ねよお前", id="m-2")])
    redis.xadd(CHAT, {"text": "no message"})

    done = run(ready, "--stream", CHAT, "--to", VERDICTS, "--once")

    assert done.returncode == 0, done.stderr
    assert [row["id"] for row in verdicts(redis)] == ["m-1", "m-2", None]
    assert verdicts(redis)[2]["error"]["code"] == "invalid"
    assert redis.xpending(CHAT, "ibasho")["pending"] == 0


def test_kill_9_loses_nothing_and_counts_nothing_twice(ready, redis, tmp_path):
    ids = {f"m-{number}" for number in range(1_000)}
    put(
        redis,
        [body("早く死ねよお前" if number % 7 == 0 else "やあ", id=f"m-{number}") for number in range(1_000)],
    )
    arguments = ("ingest", "--stream", CHAT, "--to", VERDICTS, "--take-over", "0.5")
    first = spawn(arguments, ready, tmp_path / "first.log")
    wait_for(lambda: redis.exists(VERDICTS) or first.poll() is not None)
    first.kill()
    first.wait()
    assert redis.xpending(CHAT, "ibasho")["pending"] or redis.xlen(VERDICTS) < len(ids)  # it died at work

    second = spawn(arguments, ready, tmp_path / "second.log")
    try:
        wait_for(lambda: {row["id"] for row in verdicts(redis)} == ids)
        wait_for(lambda: not redis.xpending(CHAT, "ibasho")["pending"])
    finally:
        stop(second)

    assert len(verdicts(redis)) == len(ids)
    assert redis.xlen("ibasho:scored") == len(ids)
    assert second.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "--stream"),
        (("chat.jsonl", "--stream", CHAT), "--stream"),
        (("-", "--service", "nobody"), "nobody"),
        (("-", "--to", VERDICTS), "standard output"),
    ],
)
def test_what_cannot_be_meant_is_said(ready, ibasho, arguments, why):
    done = ibasho("ingest", *arguments, settings=ready)

    assert done.returncode in (1, 2)
    assert why in done.stderr
