"""Redis away: scoring goes on and says so, flagged messages are saved, the gap is marked."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from moderation.storage.tables.archive import gaps
from moderation.storage.tables.cases import case_hits
from tests.support.factories import body
from tests.support.servers import make_key


@pytest.fixture
def client(model_dir, sqlite_settings, sqlite_database, tmp_path):
    nowhere = sqlite_settings.model_copy(update={"redis_url": f"unix://{tmp_path}/no-redis.sock"})
    key = make_key(sqlite_database)
    with TestClient(create_app(nowhere), headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def test_a_flagged_message_is_saved_and_the_answer_says_degraded(client, sqlite_database):
    answer = client.post("/v1/score", json=body("早く死ねよお前")).json()

    assert answer["review"]
    assert answer["degraded"]
    assert answer["missing"] == ["redis"]
    with sqlite_database.read() as connection:
        assert connection.execute(select(case_hits.c.case_id)).scalar_one() == answer["case_id"]


def test_what_could_not_be_counted_is_marked_as_a_gap(client, sqlite_database):
    client.post("/v1/score", json={"messages": [body(), body()]})

    with sqlite_database.read_archive() as connection:
        [gap] = connection.execute(select(gaps)).all()
    assert (gap.why, gap.messages) == ("redis_away", 2)
