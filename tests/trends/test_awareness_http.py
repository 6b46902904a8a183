"""Voices, alerts, kits and proposals over HTTP."""

import io
import zipfile
from datetime import UTC, datetime, time, timedelta

import pytest

from moderation.storage.trends import alarms
from moderation.taxonomy import Category, Scope
from moderation.trends.alarm import Alarm
from moderation.trends.days import JST, hour_of, jst_day_of
from tests.support.servers import SERVICE, make_key
from tests.trends.world import chatter, keep

NOW = datetime.now(UTC)
YESTERDAY = jst_day_of(NOW) - timedelta(days=1)


@pytest.fixture
def client(app_client, sqlite_database):
    app_client.headers["Authorization"] = (
        f"Bearer {make_key(sqlite_database, scopes=(Scope.TRENDS, Scope.REPORT, Scope.SCORE))}"
    )
    return app_client


def test_what_viewers_write_by_theme(client):
    for number, text in enumerate(("詐欺です", "詐欺のリンク", "詐欺に誘導されました")):
        sent = client.post(
            "/v1/inquiries",
            json={
                "id": f"iq-{number}",
                "topic": "streaming",
                "text": text,
                "asked_at": (NOW - timedelta(minutes=number)).isoformat(),
            },
        )
        assert sent.status_code == 201, sent.text
    today = jst_day_of(NOW)

    found = client.get(f"/v1/trends/voices?from={YESTERDAY}&to={today}").json()

    assert found["letters"]["now"] == 3
    assert [(theme["letters"], theme["words"][0]) for theme in found["themes"]] == [(3, "詐欺")]
    assert any("3件" in sentence for sentence in found["summary"])


def test_what_was_blocked_after_a_hit_counts_on_the_day_it_was_said(client):
    noon = datetime.combine(YESTERDAY, time(12), JST)
    said = {
        "id": "late",
        "text": "死ね",
        "author": {"id": "a"},
        "room": {"id": "r"},
        "sent_at": noon.isoformat(),
    }
    assert client.post("/v1/score", json=said).json()["review"]
    at = (noon + timedelta(minutes=5)).isoformat()
    block = {"id": "e1", "type": "block", "at": at, "author_id": "b", "target_id": "a", "room_id": "r"}
    assert client.post("/v1/events", json={"events": [block]}).json()["accepted"] == 1

    quiet = client.get(f"/v1/trends/voices?from={YESTERDAY}&to={YESTERDAY}").json()["quiet"]

    assert (quiet["hits"], quiet["answered"], quiet["unreported"]) == (1, 1, 1)


def test_alerts_come_with_a_text_for_viewers(client, sqlite_database):
    found = Alarm(
        category=Category.DISRUPTION, hour=hour_of(NOW), messages=900, hits=80, expected=20.0, p_value=1e-9
    )
    with sqlite_database.write() as unit:
        alarms.raise_(unit.connection, SERVICE, found, now=NOW)

    [alert] = client.get("/v1/trends/alerts").json()["alerts"]

    assert alert["ratio"] == 4.0
    assert "およそ4倍に増えています" in alert["notice"]


def test_a_kit_is_a_zip(client, sqlite_database):
    keep(sqlite_database, chatter(YESTERDAY, 100, 10, service=SERVICE))

    answer = client.get(f"/v1/trends/kit?from={YESTERDAY}&to={YESTERDAY}&category=insult")

    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as kit:
        assert "article.md" in kit.namelist()


def test_no_proposals_yet(client):
    assert client.get("/v1/proposals").json() == {"proposals": []}


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/trends/voices?from=2026-01-01&to=2026-09-01", "/from"),
        ("/v1/trends/voices?form=x", "/form"),
        ("/v1/trends/kit?category=rudeness", "/category"),
        ("/v1/trends/kit?from=2026-13-01&to=2026-09-01", "/from"),
    ],
)
def test_what_cannot_be_used_is_named(client, path, pointer):
    answer = client.get(path)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
