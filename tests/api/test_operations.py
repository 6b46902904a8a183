"""What operators look at: readiness by part, metrics, logs that hold no texts."""

import re

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from tests.support.factories import body

INSULT = "早く死ねよお前"


def metrics(client):
    """Values by name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
def without_redis(model_dir, sqlite_settings, sqlite_database, tmp_path):
    nowhere = sqlite_settings.model_copy(update={"redis_url": f"unix://{tmp_path}/no-redis.sock"})
    with TestClient(create_app(nowhere)) as client:
        yield client


def test_ready_says_which_parts_are_there(app_client):
    answer = app_client.get("/readyz")

    assert answer.json() == {
        "ready": True,
        "degraded": False,
        "parts": {"database": "ok", "rules": "ok", "model": "ok", "redis": "ok"},
    }


def test_without_redis_it_is_ready_and_says_that_it_is_degraded(without_redis):
    answer = without_redis.get("/readyz")

    assert answer.status_code == 200
    assert (answer.json()["ready"], answer.json()["degraded"]) == (True, True)
    assert "Cannot connect" in answer.json()["parts"]["redis"]


def test_without_its_database_it_is_not_ready(app_client, sqlite_settings):
    for name in ("ibasho.db", "archive.db"):
        path = sqlite_settings.data_dir / name
        path.rename(path.with_suffix(".gone"))
        path.mkdir()
    app_client.app.state.parts.database.dispose()

    answer = app_client.get("/readyz")

    assert answer.status_code == 503
    assert not answer.json()["ready"]
    assert "unable to open database" in answer.json()["parts"]["database"]


def test_metrics_count_what_was_scored(app_client):
    app_client.post("/v1/score", json={"messages": [body(), body(), body(INSULT)]})

    found = metrics(app_client)

    assert sum(value for name, value in found.items() if name.startswith("mod_score_total{")) == 3
    assert any(
        re.match(r'mod_rule_hits_total\{mode="(live|shadow)",rule="[a-z_.]+"\}', name) for name in found
    )
    for stage in ("open", "read", "windows", "decide", "save", "hand_on", "whole"):
        assert found[f'mod_score_latency_seconds_count{{stage="{stage}"}}'] == 1
    assert found["mod_stream_depth"] == 3
    assert sum(value for name, value in found.items() if name.startswith("mod_queue_depth{")) == 1
    assert any(name.startswith('mod_ruleset_version_info{fold="') for name in found)


def test_a_repeated_message_is_counted_once(app_client):
    message = body()

    for _ in range(3):
        app_client.post("/v1/score", json=message)

    assert metrics(app_client)['mod_score_total{verdict="allow"}'] == 1


def test_metrics_tell_of_missing_parts(without_redis, sqlite_database):
    from tests.support.servers import make_key

    key = make_key(sqlite_database)
    without_redis.post("/v1/score", json=body(), headers={"Authorization": f"Bearer {key}"})

    found = metrics(without_redis)

    assert found['mod_degraded_total{part="redis"}'] == 1
    assert found['mod_up{part="redis"}'] == 0
    assert found['mod_up{part="database"}'] == 1


@pytest.mark.parametrize("given", ["caller-7", "x" * 64])
def test_the_callers_request_id_is_kept(app_client, given):
    assert app_client.get("/healthz", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a\tb"])
def test_a_request_id_that_cannot_be_used_is_replaced(app_client, given):
    answer = app_client.get("/healthz", headers={"X-Request-Id": given})

    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
