"""Keys and webhook endpoints over HTTP: made, rotated with overlap, looked after by their own service alone."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from moderation.storage import outbox
from moderation.storage.webhooks.event_types import EVENT_TYPES
from moderation.taxonomy import Scope
from tests.support.factories import body
from tests.support.servers import make_key
from tests.workers.receiver import receiving
from workers import deliver_webhook, process


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def send_all(sqlite_settings, sqlite_database):
    """Make one attempt for everything that is due, as the workers' job does."""
    process.start(sqlite_settings)

    def run():
        with sqlite_database.read() as connection:
            due = outbox.due(connection, destination=outbox.WEBHOOK, now=datetime.now(UTC), most=100)
        for row in due:
            deliver_webhook.deliver(row.id)

    yield run
    process.stop()


class TestKeys:
    def make(self, client, **given):
        made = client.post("/v1/keys", json={"name": "chat", "scopes": ["score"]} | given)
        assert made.status_code == 201, made.text
        return made.json()

    def test_a_key_works_with_its_scopes_and_is_shown_once(self, app_client):
        made = self.make(app_client, rate_limit=5)

        assert app_client.post("/v1/score", json=body(), headers=bearer(made["key"])).status_code == 200
        assert app_client.get("/v1/keys", headers=bearer(made["key"])).status_code == 403
        [shown] = [one for one in app_client.get("/v1/keys").json()["keys"] if one["id"] == made["id"]]
        assert "key" not in shown
        assert shown["last_used_at"] is not None

    def test_old_and_new_key_overlap_and_then_the_old_one_ends(self, app_client):
        old = self.make(app_client, rate_limit=7)

        new = app_client.post(f"/v1/keys/{old['id']}/rotate", json={"overlap_hours": 1}).json()

        assert (new["replaces"], new["scopes"], new["rate_limit"]) == (old["id"], ["score"], 7)
        for key in (old, new):
            assert app_client.post("/v1/score", json=body(), headers=bearer(key["key"])).status_code == 200
        [shown] = [one for one in app_client.get("/v1/keys").json()["keys"] if one["id"] == old["id"]]
        left = datetime.fromisoformat(shown["expires_at"]) - datetime.now(UTC)
        assert timedelta(minutes=59) < left <= timedelta(hours=1)

    def test_without_an_overlap_the_old_key_ends_at_once(self, app_client):
        old = self.make(app_client)

        app_client.post(f"/v1/keys/{old['id']}/rotate", json={"overlap_hours": 0})

        assert app_client.post("/v1/score", json=body(), headers=bearer(old["key"])).status_code == 401
        assert app_client.post(f"/v1/keys/{old['id']}/rotate").json()["code"] == "key_ended"

    def test_keys_of_another_service_are_not_there(self, app_client, sqlite_database):
        foreign = bearer(make_key(sqlite_database, service="other"))
        mine = self.make(app_client)

        for act in ("rotate", "revoke"):
            assert app_client.post(f"/v1/keys/{mine['id']}/{act}", headers=foreign).status_code == 404
        assert all(
            one["id"] != mine["id"] for one in app_client.get("/v1/keys", headers=foreign).json()["keys"]
        )

    def test_only_admin_keys_administrate(self, app_client, sqlite_database):
        scopes = tuple(scope for scope in Scope if scope is not Scope.ADMIN)
        weak = bearer(make_key(sqlite_database, scopes=scopes))

        assert app_client.get("/v1/keys", headers=weak).status_code == 403
        assert app_client.get("/v1/webhooks", headers=weak).status_code == 403


class TestWebhooks:
    def add(self, client, url="https://example.jp/hooks", **given):
        made = client.post("/v1/webhooks", json={"url": url} | given)
        assert made.status_code == 201, made.text
        return made.json()

    def test_events_are_logged_and_can_be_sent_again_with_the_same_id(self, app_client, send_all):
        with receiving() as receiver:
            made = self.add(app_client, receiver.url, event_types=["case.created"])
            receiver.answers = [(500, {})]
            app_client.post("/v1/score", json=body("早く死ねよお前"))
            send_all()
            [event] = app_client.get(f"/v1/webhooks/{made['id']}/events").json()["events"]
            assert (event["type"], event["state"], event["last_attempt"]["status"]) == (
                "case.created",
                "waiting",
                500,
            )

            again = app_client.post(f"/v1/webhooks/{made['id']}/redeliver", json={"events": [event["id"]]})
            send_all()

            assert again.json() == {"events": [event["id"]]}
            page = app_client.get(f"/v1/webhooks/{made['id']}/events", params={"state": "delivered"}).json()
            assert [one["id"] for one in page["events"]] == [event["id"]]
            tried = app_client.get(f"/v1/webhooks/{made['id']}/events/{event['id']}/attempts").json()[
                "attempts"
            ]
            assert [one["status"] for one in tried] == [500, 204]
            assert {headers["webhook-id"] for headers, _ in receiver.requests} == {event["id"]}
            counted = app_client.get("/metrics").text
            for result in ("refused", "delivered"):
                assert f'mod_webhook_delivery_total{{result="{result}"}} 1.0' in counted

    def test_both_secrets_verify_until_the_overlap_ends(self, app_client, send_all):
        with receiving() as receiver:
            made = self.add(app_client, receiver.url)
            new = app_client.post(
                f"/v1/webhooks/{made['id']}/rotate-secret", json={"overlap_hours": 1}
            ).json()
            app_client.post(f"/v1/webhooks/{made['id']}/test")
            send_all()
            app_client.post(f"/v1/webhooks/{made['id']}/rotate-secret", json={"overlap_hours": 0})
            app_client.post(f"/v1/webhooks/{made['id']}/test")
            send_all()

        (headers, sent), (later_headers, later) = receiver.requests
        for secret in (made["secret"], new["secret"]):
            assert Webhook(secret).verify(sent, headers)["type"] == "webhook.test"
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(later, later_headers)

    def test_gone_disables_and_enabling_with_redelivery_brings_what_was_missed(self, app_client, send_all):
        with receiving() as receiver:
            made = self.add(app_client, receiver.url)
            receiver.answers = [(410, {})]
            app_client.post(f"/v1/webhooks/{made['id']}/test")
            send_all()
            [shown] = app_client.get("/v1/webhooks").json()["webhooks"]
            assert "410" in shown["disabled_why"]

            app_client.post(f"/v1/webhooks/{made['id']}/enable")
            again = app_client.post(f"/v1/webhooks/{made['id']}/redeliver", json={"failed_hours": 1}).json()
            send_all()

            assert len(again["events"]) == 1
            assert json.loads(receiver.requests[-1][1])["type"] == "webhook.test"
            assert app_client.get("/v1/webhooks").json()["webhooks"][0]["disabled_at"] is None

    def test_the_answer_to_scoring_comes_by_webhook_only_where_it_is_asked_for(self, app_client):
        every, named = self.add(app_client), self.add(app_client, event_types=["score.completed"])

        app_client.post("/v1/score", json=body("早く死ねよお前"))

        types = [
            {one["type"] for one in app_client.get(f"/v1/webhooks/{made['id']}/events").json()["events"]}
            for made in (every, named)
        ]
        assert "score.completed" not in types[0]
        assert types[1] == {"score.completed"}

    @pytest.mark.parametrize(
        ("given", "pointer"),
        [
            ({"url": "ftp://example.jp/"}, "/url"),
            ({"url": "https://user:pw@example.jp/"}, "/url"),
            ({"url": "https://example.jp/", "event_types": ["case.exploded"]}, "/event_types"),
            ({"url": "https://example.jp/", "colour": "red"}, "/colour"),
        ],
    )
    def test_what_cannot_be_an_endpoint_is_said_with_its_place(self, app_client, given, pointer):
        refused = app_client.post("/v1/webhooks", json=given)

        assert refused.status_code == 422
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]

    def test_endpoints_of_another_service_are_not_there(self, app_client, sqlite_database):
        foreign = bearer(make_key(sqlite_database, service="other"))
        made = self.add(app_client)

        for act in ("enable", "disable", "rotate-secret", "test"):
            assert app_client.post(f"/v1/webhooks/{made['id']}/{act}", headers=foreign).status_code == 404
        assert app_client.get(f"/v1/webhooks/{made['id']}/events", headers=foreign).status_code == 404


def test_every_type_that_is_sent_is_published():
    sources = [path.read_text(encoding="utf-8") for path in Path("moderation").rglob("*.py")]
    sent = {found for text in sources for found in re.findall(r'\btype_?="([a-z]+\.[a-z_]+)"', text)}
    page = Path("docs/webhooks.md").read_text(encoding="utf-8")

    assert sent <= set(EVENT_TYPES)
    assert all(f"`{type_}`" in page for type_ in EVENT_TYPES)
