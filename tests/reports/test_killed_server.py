"""A server that is killed in a burst of reports loses none that it answered, and counts none twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx2
from sqlalchemy import func, select

from moderation.storage.tables.cases import cases
from moderation.storage.tables.voices import reports
from tests.support.servers import ApiServer

MANY = 240
PEOPLE = 12


def body(number: int) -> dict[str, object]:
    return {
        "id": f"rp-{number}",
        "reporter_id": f"v-{number // PEOPLE}",
        "subject": {"kind": "author", "id": f"u-{number % PEOPLE}", "room_id": "r-1"},
        "reason": "insult",
    }


def send_all(server: ApiServer, *, kill_after: int | None = None) -> set[str]:
    """Send every report from eight clients; the ids that were answered."""
    answered: set[str] = set()
    enough = Event()

    def send(numbers: list[int]) -> None:
        with server.client() as client:
            for number in numbers:
                try:
                    answer = client.post("/v1/reports", json=body(number))
                except httpx2.TransportError:
                    return
                assert answer.status_code == 201
                answered.add(answer.json()["id"])
                if kill_after is not None and len(answered) >= kill_after:
                    enough.set()

    with ThreadPoolExecutor(9) as pool:
        sending = [pool.submit(send, list(range(first, MANY, 8))) for first in range(8)]
        if kill_after is not None:
            enough.wait(60)
            server.kill()
        for one in sending:
            one.result()
    return answered


def test_kill_minus_nine(server):
    before = send_all(server, kill_after=MANY // 3)
    server.start()
    database = server.database()
    with database.read() as connection:
        kept = set(connection.execute(select(reports.c.external_id)).scalars())

    send_all(server)  # what a client does: send again what it is not sure of

    with database.read() as connection:
        counted = connection.execute(select(cases.c.author_id, cases.c.reports)).all()
        total = connection.execute(select(func.count()).select_from(reports)).scalar_one()
    database.dispose()
    assert before <= kept
    assert len(before) < MANY
    assert total == MANY
    assert {row.author_id: row.reports for row in counted} == {
        f"u-{n}": MANY // PEOPLE for n in range(PEOPLE)
    }
