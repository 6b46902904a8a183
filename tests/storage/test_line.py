"""One line to Redis for all requests of a process."""

import asyncio

import pytest
import uvloop

from moderation.storage import line as line_module
from moderation.storage.line import Line, Script
from moderation.storage.redis import AWAY


def on(url, work):
    async def run():
        line = Line(url)
        try:
            return await work(line)
        finally:
            await line.aclose()

    return asyncio.run(run())


def test_replies_come_to_who_asked(redis_url):
    async def work(line):
        return await asyncio.gather(*[line.call("ECHO", f"{n}" * 50) for n in range(500)])

    assert on(redis_url, work) == [f"{n}".encode() * 50 for n in range(500)]


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("return 7", 7),
        ("return 'a\\r\\nb'", b"a\r\nb"),
        ("return {1, false, {'x', {}}}", [1, None, [b"x", []]]),
        ("return redis.status_reply('FINE')", b"FINE"),
        ("return string.rep('x', 3000000)", b"x" * 3_000_000),
        ("return ''", b""),
    ],
)
def test_every_kind_of_reply_is_read(redis_url, script, value):
    assert on(redis_url, lambda line: line.run(Script(script), (), ())) == value


def test_whatever_bytes_are_sent_arrive(redis_url):
    parts = [bytes(range(256)), "日本語\udce3", "", 7, 1.5]

    async def work(line):
        return await line.run(Script("return ARGV"), (), parts)

    assert on(redis_url, work) == [bytes(range(256)), "日本語".encode() + b"\xed\xb3\xa3", b"", b"7", b"1.5"]


def test_a_mistake_is_an_error_for_who_made_it(redis_url):
    async def work(line):
        return await asyncio.gather(line.call("GET"), line.call("PING"), return_exceptions=True)

    error, pong = on(redis_url, work)

    assert isinstance(error, AWAY)
    assert pong == b"PONG"


def test_a_script_that_redis_forgot_is_sent_again(redis_url, redis):
    script = Script("return 'here'")

    async def work(line):
        await line.run(script, (), ())
        await asyncio.to_thread(redis.script_flush)
        return await line.run(script, (), ())

    assert on(redis_url, work) == b"here"


def test_a_lost_connection_is_made_anew(redis_url, redis):
    async def work(line):
        await line.call("PING")
        for client in await asyncio.to_thread(redis.client_list):
            if client["cmd"] == "ping":
                await asyncio.to_thread(redis.client_kill, client["addr"])
        return await line.call("PING")

    assert on(redis_url, work) == b"PONG"


def test_without_redis_every_call_fails_at_once(tmp_path):
    async def work(line):
        return await asyncio.gather(*[line.call("PING") for _ in range(50)], return_exceptions=True)

    found = on(f"unix://{tmp_path}/nobody.sock", work)

    assert all(isinstance(error, AWAY) for error in found)


def test_a_redis_that_does_not_answer_is_given_up(monkeypatch, tmp_path):
    monkeypatch.setattr(line_module, "SECONDS_TO_ANSWER", 0.05)

    async def work(line):
        async def silent(reader, writer):
            await reader.read()
            writer.close()

        server = await asyncio.start_unix_server(silent, tmp_path / "silent.sock")
        async with server:
            return await asyncio.gather(*[line.call("PING") for _ in range(3)], return_exceptions=True)

    found = on(f"unix://{tmp_path}/silent.sock", work)

    assert all(isinstance(error, AWAY) for error in found)


def test_who_stops_waiting_does_not_shift_the_others(redis_url):
    async def work(line):
        await line.call("PING")
        given_up = asyncio.ensure_future(line.call("ECHO", "a"))
        kept = asyncio.ensure_future(line.call("ECHO", "b"))
        await asyncio.sleep(0)
        given_up.cancel()
        return await kept

    assert on(redis_url, work) == b"b"


def test_a_database_of_its_own_is_chosen(redis_url, redis):
    async def work(line):
        await line.call("SET", "where", "two", "EX", 1)

    on(f"{redis_url.partition(chr(63))[0]}?db=2", work)

    assert redis.get("where") is None


def test_a_large_command_leaves_before_the_turn_of_the_loop_ends(redis_url, redis):
    """Redis shall work on it while this process goes on with other work."""

    async def work():
        line = Line(redis_url)
        await line.call("PING")
        large = asyncio.create_task(line.call("LPUSH", "work", b"x" * 100_000))
        await asyncio.sleep(0)
        found = redis.blpop("work", timeout=10)  # nothing else of this loop goes on meanwhile
        await large
        await line.aclose()
        return found

    assert uvloop.run(work()) == (b"work", b"x" * 100_000)
