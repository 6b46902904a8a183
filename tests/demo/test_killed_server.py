"""kill -9 of the server while chat comes in: started again, no flagged message is lost."""

import time
from collections import Counter
from datetime import UTC, datetime
from threading import Thread

import httpx2

from api.cli.demo.stream import posts, read_stream
from moderation.storage import census
from tests.support.servers import SERVICE

KILLS = 2


class Sender(Thread):
    """A streaming backend: sends every message in order, and again until it is answered."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.batches = [
            post.body for post in posts(read_stream(), now=datetime.now(UTC)) if post.kind == "message"
        ]
        self.answered = {}
        self.tries = Counter()
        self.stopped = False

    def run(self):
        with self.server.client() as client:
            for number, body in enumerate(self.batches):
                while not self.stopped:
                    self.tries[number] += 1
                    try:
                        answer = client.post("/v1/score", json=body)
                    except httpx2.TransportError:
                        time.sleep(0.05)
                        continue
                    assert answer.status_code == 200, answer.text
                    self.answered |= {result["id"]: result for result in answer.json()["results"]}
                    break

    def wait_for(self, share):
        while self.is_alive() and len(self.answered) < share * sum(
            len(body["messages"]) for body in self.batches
        ):
            time.sleep(0.001)


def test_no_flagged_message_is_lost_when_the_server_is_killed_while_it_works(server):
    sender = Sender(server)
    sender.start()
    try:
        for kill in range(1, KILLS + 1):
            sender.wait_for(kill / (KILLS + 1))
            server.kill()
            server.start()
        sender.join(120)
    finally:
        sender.stopped = True
        sender.join()

    sent = {message["id"] for body in sender.batches for message in body["messages"]}
    flagged = {
        name for name, answer in sender.answered.items() if answer["review"] or answer["verdict"] != "allow"
    }
    assert sender.answered.keys() == sent
    assert max(sender.tries.values()) > 1  # a kill met a request
    assert flagged
    database = server.database()
    with database.read() as connection:
        found = census.take(connection, SERVICE)
    database.dispose()
    assert flagged <= found.hits
    assert all(sender.answered[name]["case_id"] for name in flagged)
