"""The real server and clients as they are: all at once, slow, gone half way; and its end."""

import json
import os
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2
import pytest
from sqlalchemy import func, select

from moderation.storage.tables.cases import case_hits
from tests.support.factories import body
from tests.support.servers import running_server

INSULT = "早く死ねよお前"


def hits(server, *messages):
    """How many hits of these messages are kept."""
    database = server.database()
    ours = case_hits.c.message_id.in_([message["id"] for message in messages])
    with database.read() as connection:
        count = connection.execute(select(func.count()).select_from(case_hits).where(ours)).scalar_one()
    database.dispose()
    return count


def eventually(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.02)


@contextmanager
def raw(server, path="/v1/score", **headers):
    """A connection on which a request has begun: its head is sent."""
    given = {
        "Host": "x",
        "Authorization": f"Bearer {server.key}",
        "Content-Type": "application/json",
    } | headers
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in given.items())
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head.encode() + b"\r\n")
        yield connection


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_the_same_message_from_many_clients_at_once_is_one_hit(shared_server):
    message = body(INSULT)

    with shared_server.client() as client, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/score", json=message), range(32)))

    assert Counter(answer.status_code for answer in answers) == {200: 32}
    assert len({answer.json()["case_id"] for answer in answers}) == 1
    assert hits(shared_server, message) == 1


@pytest.mark.parametrize("store", ["sqlite_settings", "postgres_settings"])
def test_a_hundred_callers_at_once_who_write_and_read_are_all_answered_soon(
    request, tmp_path, model_dir, store
):
    def call(number):
        if number % 4 == 0:
            return client.get("/v1/campaigns")
        # Needs the case store and the archive: two connections.
        return client.post("/v1/feedback", json={"id": f"f-{number}", "text": "おはよう", "categories": []})

    with (
        running_server(request.getfixturevalue(store), tmp_path) as server,
        server.client() as client,
        ThreadPoolExecutor(100) as pool,
    ):
        answers = list(pool.map(call, range(100)))

    assert Counter(answer.status_code for answer in answers) == {201: 75, 200: 25}


def test_a_slow_client_is_waited_for_and_holds_up_nobody(shared_server):
    data = json.dumps(body()).encode()
    with raw(shared_server, **{"Content-Length": str(len(data))}) as slow, shared_server.client() as quick:
        for byte in data[:20]:
            slow.sendall(bytes([byte]))
            time.sleep(0.005)
            assert quick.post("/v1/score", json=body()).status_code == 200
        slow.sendall(data[20:])

        assert slow.recv(100).startswith(b"HTTP/1.1 200")


def test_a_client_that_goes_away_before_the_end_of_its_request_leaves_nothing(shared_server):
    message = body(INSULT)
    data = json.dumps(message).encode()
    with raw(shared_server, **{"Content-Length": str(len(data))}) as gone:
        gone.sendall(data[:-5])

    with shared_server.client() as client:
        assert client.post("/v1/score", json=body()).status_code == 200
    assert hits(shared_server, message) == 0


@pytest.mark.parametrize("patience", [0.0, 0.002, 0.005, 0.5])
def test_a_client_that_goes_away_before_its_answer_asks_again_and_is_counted_once(shared_server, patience):
    message = body(INSULT)
    data = json.dumps(message).encode()
    with shared_server.client() as client:
        client.post("/v1/score", json=body())  # the key is known from here on
        with raw(shared_server, **{"Content-Length": str(len(data))}) as gone:
            gone.sendall(data)
            time.sleep(patience)

        answer = client.post("/v1/score", json=message)

    assert (answer.status_code, answer.json()["status"]) == (200, "complete")
    assert hits(shared_server, message) == 1
    assert '"error"' not in shared_server.log.read_text()


IN_LINES = {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"}


def line_of(message):
    return json.dumps(message).encode() + b"\n"


class TestLines:
    def test_a_line_is_answered_while_the_request_goes_on(self, shared_server):
        with raw(shared_server, **IN_LINES) as client:
            reader = client.makefile("rb")
            for text in ("こんにちは", "初見です", "いい曲ですね"):
                client.sendall(chunk(line_of(body(text, author={"id": "u-of-lines"}))))
                while not (answer := reader.readline()).startswith(b"{"):
                    assert answer
                assert json.loads(answer)["verdict"] == "allow"

    def test_a_client_may_write_everything_before_it_reads(self, shared_server):
        lines = 5_000
        big = b"".join(
            line_of(body(author={"id": f"u-{n}"}, room={"id": f"r-{n % 50}"})) for n in range(lines)
        )

        with shared_server.client() as client:
            answer = client.post(
                "/v1/score", content=big, headers={"Content-Type": "application/x-ndjson"}, timeout=120
            )

        assert len(answer.text.splitlines()) == lines

    def test_what_a_client_sent_before_it_went_away_is_scored(self, shared_server):
        whole = [body(INSULT), body(INSULT)]
        with raw(shared_server, **IN_LINES) as client:
            reader = client.makefile("rb")
            client.sendall(chunk(line_of(body())))
            while not reader.readline().startswith(b"{"):
                pass
            client.sendall(chunk(b"".join(map(line_of, whole)) + b'{"id": "half'))
            while not reader.readline().startswith(b"{"):
                pass

        eventually(lambda: hits(shared_server, *whole) == 2)
        with shared_server.client() as client:
            assert client.get("/readyz").json()["ready"]


class TestTheEnd:
    """SIGTERM: what is in hand is finished and answered, and new callers are turned away."""

    def test_a_request_in_hand_is_answered(self, server):
        message = body(INSULT)
        data = json.dumps(message).encode()
        with raw(server, **{"Content-Length": str(len(data))}) as client:
            client.sendall(data[:-1])
            time.sleep(0.2)
            os.kill(server.process.pid, signal.SIGTERM)
            eventually(lambda: not listens(server))
            client.sendall(data[-1:])

            assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert server.process.wait(20) in (0, -signal.SIGTERM)
        assert hits(server, message) == 1

    def test_every_answer_given_under_load_is_kept(self, server, redis):
        answered, stop = [], threading.Event()

        def chat():
            with server.client() as client:
                while not stop.is_set():
                    message = body(INSULT)
                    try:
                        answer = client.post("/v1/score", json=message)
                    except httpx2.TransportError:
                        return
                    if answer.status_code == 200:
                        answered.append(message["id"])

        callers = [threading.Thread(target=chat) for _ in range(4)]
        for caller in callers:
            caller.start()
        eventually(lambda: len(answered) > 20)
        server.stop()
        stop.set()
        for caller in callers:
            caller.join()

        database = server.database()
        with database.read() as connection:
            kept = set(connection.execute(select(case_hits.c.message_id)).scalars())
        database.dispose()
        assert set(answered) <= kept
        assert redis.xlen("ibasho:scored") >= len(answered)


def listens(server):
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.parametrize("size", [16_777_217, 50_000_000])
def test_a_body_over_the_limit_that_does_not_say_its_length_is_cut_off(shared_server, size):
    with raw(shared_server, **{"Transfer-Encoding": "chunked"}) as client:
        sent = 0
        try:
            while sent < size:
                client.sendall(chunk(b" " * 65_536))
                sent += 65_536
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was answered and closed while we wrote

        assert client.recv(100).startswith(b"HTTP/1.1 413")
