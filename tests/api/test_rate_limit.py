"""A key may send so much: what is left is told, and who is over it is told when to come back."""

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from api.app import create_app
from moderation.storage.tables.accounts import api_keys
from moderation.storage.tables.voices import reports as kept_reports
from moderation.taxonomy import Scope
from tests.support.factories import body
from tests.support.servers import make_key


@pytest.fixture
def client(model_dir, sqlite_settings, sqlite_database):
    slow = sqlite_settings.model_copy(update={"rate_limit": 1, "rate_burst_seconds": 5})
    key = make_key(sqlite_database, scopes=(Scope.ADMIN,))
    warm = make_key(sqlite_database, scopes=(Scope.ADMIN,))
    with TestClient(create_app(slow), headers={"Authorization": f"Bearer {key}"}) as client:
        # The first score is slow, and tokens would come back while it lasts.
        first = body() | {"dry_run": True}
        client.post("/v1/score", json=first, headers={"Authorization": f"Bearer {warm}"}).raise_for_status()
        yield client


def post(client, messages=1):
    return client.post("/v1/score", json={"messages": [body() for _ in range(messages)]})


def test_the_answer_tells_what_is_left(client):
    answer = post(client, messages=3)

    assert answer.headers["ratelimit-limit"] == "5"
    assert answer.headers["ratelimit-remaining"] == "2"
    assert answer.headers["ratelimit-reset"] == "3"
    assert "retry-after" not in answer.headers


def test_who_is_over_it_is_refused_with_the_time_to_wait(client):
    post(client, messages=5)

    answer = post(client, messages=2)

    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "rate_limited"
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/trends"), ("POST", "/v1/events"), ("POST", "/v1/reports"), ("POST", "/v1/moderations"),
     ("POST", "/v1alpha1/comments:analyze")],
)  # fmt: skip
def test_every_path_with_a_key_pays(client, method, path):
    post(client, messages=5)

    answer = client.request(method, path, json={} if method == "POST" else None)

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"


def reports(first, count):
    return [
        {
            "id": f"rp-{at}",
            "reporter_id": f"v-{at}",
            "subject": {"kind": "author", "id": "u-1"},
            "reason": "insult",
        }
        for at in range(first, first + count)
    ]


def test_of_a_flood_of_reports_those_over_the_limit_are_refused_and_not_kept(client, sqlite_database):
    answers = []
    for one in reports(0, 100):
        answers.append(client.post("/v1/reports", json=one))
        if answers[-1].status_code != 201:
            break
    batch = client.post("/v1/reports", json={"reports": reports(200, 5)})

    refused = answers.pop()
    assert len(answers) >= 5
    assert refused.json()["code"] == "rate_limited"
    assert [one.status_code for one in (refused, batch)] == [429, 429]
    assert int(batch.headers["retry-after"]) > int(refused.headers["retry-after"]) == 1
    with sqlite_database.read() as connection:
        kept = connection.execute(select(func.count()).select_from(kept_reports)).scalar_one()
    assert kept == len(answers)


def test_a_report_that_cannot_be_used_is_paid_for(client):
    answer = client.post("/v1/reports", json={"reports": [{"id": "rp-1"}] * 3})

    assert (answer.status_code, answer.headers["ratelimit-remaining"]) == (422, "2")


def test_what_is_refused_is_not_scored(client, redis):
    post(client, messages=5)
    before = redis.xlen("ibasho:scored")

    post(client, messages=4)

    assert redis.xlen("ibasho:scored") == before == 5


@pytest.mark.parametrize(("own", "status"), [(0, 200), (100, 200), (None, 429)])
def test_a_key_may_have_a_limit_of_its_own(client, sqlite_database, own, status):
    with sqlite_database.write() as unit:
        unit.connection.execute(api_keys.update().values(rate_limit=own))
    post(client, messages=5)

    assert post(client).status_code == status


def test_what_needs_no_key_is_not_limited(client):
    assert "ratelimit-limit" not in client.get("/v1/taxonomy").headers
