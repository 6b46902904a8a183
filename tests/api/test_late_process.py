"""A server that was too busy to say that it lives looks for new rules before it answers."""

from datetime import UTC, datetime

import pytest

from api import scoring_process
from moderation.rulebook import followed
from moderation.storage.rules import rulesets
from tests.rules.support import SOUND
from tests.support.factories import body


@pytest.fixture
def sleeping(monkeypatch):
    """The server's own looks come too late for a test."""
    for name in ("LOOK_SECONDS", "REFRESH_SECONDS"):
        monkeypatch.setattr(scoring_process, name, 60.0)


def test_it_never_answers_with_rules_that_others_have_left(
    sleeping, app_client, sqlite_database, monkeypatch
):
    text = SOUND.replace("verdict: none", "verdict: hold").replace("だめなことば", "ほしぞらがっ")
    with sqlite_database.write() as unit:
        sources = rulesets.active(unit.connection).sources.with_file("pack", "insult/example.yaml", text)
        now = datetime.now(UTC)
        version = rulesets.store(unit.connection, sources=sources, by="user:test", now=now, note="")
        rulesets.activate(unit.connection, version=version, by="user:test", now=now)
    monkeypatch.setattr(followed, "LATE_SECONDS", 0.0)

    ready = app_client.get("/readyz")
    answer = app_client.post("/v1/score", json=body("ほしぞらがっ")).json()

    assert ready.status_code == 503
    assert "too busy" in ready.json()["parts"]["rules"]
    assert (answer["verdict"], answer["ruleset_version"]) == ("hold", version)
