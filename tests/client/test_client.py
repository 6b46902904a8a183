"""The client against a real server, sync and async alike."""

import asyncio
import inspect
import re
import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest

from api.client import (
    ApiError,
    AsyncClient,
    Author,
    Client,
    Message,
    Refused,
    Retries,
    Room,
    ScoreAnswer,
    Unreachable,
)
from moderation.scoring.verdict import Outcome
from moderation.storage.chat import flagged
from moderation.storage.chat.flagged import Flagged
from tests.support.factories import message
from tests.support.servers import free_port, make_key
from tests.support.verdicts import verdict

INSULT = "早く死ねよお前"
QUICK = Retries(tries=3, first=0.01)


class Blocking:
    """An AsyncClient that is called like a Client, so that each test tries both."""

    def __init__(self, *args, **given):
        self._loop = asyncio.new_event_loop()
        self._client = AsyncClient(*args, **given)

    def __enter__(self):
        self._loop.run_until_complete(self._client.__aenter__())
        return self

    def __exit__(self, *error):
        self._loop.run_until_complete(self._client.__aexit__(*error))
        self._loop.close()

    def __getattr__(self, name):
        method = getattr(self._client, name)

        def call(*args, **given):
            made = method(*args, **given)
            if inspect.isasyncgen(made):
                return self._loop.run_until_complete(gather(made))
            return self._loop.run_until_complete(made)

        return call


async def gather(made):
    return [one async for one in made]


KINDS = pytest.mark.parametrize("kind", [Client, Blocking], ids=["sync", "async"])


def said(text="こんにちは", **given):
    one = message(text, **given)
    return Message(id=one.id, text=text, author=Author(id=one.author.id), room=Room(id=one.room.id))


@KINDS
def test_everything_a_service_does(shared_server, kind):
    database = shared_server.database()
    with kind(shared_server.url, key=shared_server.key) as client:
        harmless, harm = said(), said(INSULT)

        assert client.score(harmless).verdict == "allow"
        assert client.score(harm).case_id
        assert client.score(harm, dry_run=True).case_id is None
        rows = client.score_batch([harmless, said(id=harmless.id, text="別の話"), harm])
        assert [type(row) for row in rows] == [ScoreAnswer, Refused, ScoreAnswer]
        many = [said(str(n), author=f"u-{n}") for n in range(25)]
        assert [row.id for row in client.score_all(many, batch=10)] == [one.id for one in many]

        report = {
            "id": f"rp-{kind.__name__}",
            "reporter_id": "u-9",
            "subject": {"kind": "message", "id": harm.id},
            "reason": "insult",
        }
        assert client.report(**report).status == "joined"
        assert client.inquire(id=f"iq-{kind.__name__}", topic="game", text="困っています").status == "kept"
        started = {
            "id": f"ev-{kind.__name__}",
            "type": "room_started",
            "at": "2026-11-01T10:00:00Z",
            "room_id": "r-1",
        }
        assert client.events([started]).accepted == 1
        assert client.events([started]).known == 1

        one, other = (f"held/{n}-{kind.__name__}" for n in "12")
        hold(database, one, other)
        assert [held.id for held in client.messages()] == [one, other]
        assert client.approve(one, by="mod-3").settled_by == "service:mod-3"
        assert client.deny(other).state == "denied"
        assert list(client.messages()) == []
        assert client.feedback(id=f"fb-{kind.__name__}", message_id=harm.id, categories=[]).status == "kept"
        assert "days" in client.trends()
    database.dispose()


def hold(database, *ids):
    from datetime import UTC, datetime

    for name in ids:
        item = Flagged(message=message("ばか", id=name), verdict=verdict(verdict=Outcome.HOLD))
        with database.write() as unit:
            flagged.save(unit.connection, [item], hold_for=timedelta(minutes=5), now=datetime.now(UTC))


@KINDS
def test_what_the_server_refuses_is_told_with_its_place(shared_server, kind):
    with kind(shared_server.url, key=shared_server.key) as client:
        with pytest.raises(ApiError, match="/text: 10001 code points") as caught:
            client.score(said("あ" * 10_001))
        assert (caught.value.status, caught.value.code) == (422, "invalid")
        assert caught.value.request_id

        with pytest.raises(ApiError) as caught:
            client.approve("m-never")
        assert caught.value.code == "held_not_found"

    with kind(shared_server.url, key="nonsense") as client, pytest.raises(ApiError) as caught:
        client.score(said())
    assert caught.value.status == 401


@KINDS
def test_a_server_that_is_not_there_is_unreachable(kind):
    with (
        kind(f"http://127.0.0.1:{free_port()}", key="k", retries=QUICK) as client,
        pytest.raises(Unreachable),
    ):
        client.score(said())


@KINDS
def test_a_request_without_an_answer_is_sent_again_and_counted_once(shared_server, redis, kind):
    one = said(INSULT)
    with (
        proxy(shared_server.port, [swallow, swallow, whole]) as port,
        kind(f"http://127.0.0.1:{port}", key=shared_server.key, retries=QUICK) as client,
    ):
        assert client.score(one).case_id

    with kind(shared_server.url, key=shared_server.key) as client:
        assert client.score(one).status == "complete"
    assert len(list(redis.scan_iter("ibasho:a:*"))) == 1


@KINDS
def test_a_rate_limit_is_waited_out(shared_server, kind):
    database = shared_server.database()
    slow = make_key(database, rate_limit=1)
    database.dispose()
    with kind(shared_server.url, key=slow) as client:
        client.score_batch([said() for _ in range(10)])
        began = time.monotonic()

        client.score(said())

    assert time.monotonic() - began > 0.5


def one_request(here):
    """Head and body, which arrive in pieces: the head says how long the body is."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += here.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: *(\d+)", head)[1])
    while len(body) < length:
        body += here.recv(65_536)
    return head + b"\r\n\r\n" + body


def swallow(here, there, data):
    """Hand the request on, and lose the answer."""
    there.sendall(data)
    there.recv(65_536)


def whole(here, there, data):
    """Hand on both."""
    there.sendall(data)
    answer = b""
    while not answer.endswith(b"}"):
        answer += there.recv(65_536)
    here.sendall(answer)


@contextmanager
def proxy(port, ways):
    """A way to the server whose connections end after one request, treated by ``ways`` in turn."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            for way in ways:
                here, _ = listening.accept()
                with here, socket.create_connection(("127.0.0.1", port)) as there:
                    way(here, there, one_request(here))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(20)
