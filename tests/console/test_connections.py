"""Keys and webhooks in the console: made, replaced, tried; secrets are shown once."""

import re

import pytest

from moderation.storage.accounts import accounts
from moderation.storage.webhooks import endpoints, log
from moderation.taxonomy import Role, Scope

KEYS, HOOKS = "/console/settings/keys", "/console/settings/webhooks"


@pytest.fixture
def admin(visit):
    return visit("admin", Role.ADMIN)


def secret_in(page):
    return re.search(r'class="secret">([^<]+)<', page.text)[1]


def only_key(database):
    with database.read() as connection:
        return [key for key in accounts.list_keys(connection) if key.service == "stream"][-1]


def only_endpoint(database):
    with database.read() as connection:
        [endpoint] = endpoints.of_service(connection, "stream")
        return endpoint


def test_a_key_is_made_shown_once_and_replaced(admin, sqlite_database):
    made = admin.post(KEYS, service="stream", name="chat", scopes=["score", "report"])
    with sqlite_database.read() as connection:
        key = accounts.find_key(connection, secret_in(made))
    assert key.scopes == {Scope.SCORE, Scope.REPORT}
    assert secret_in(made) not in admin.get(KEYS).text

    replaced = admin.post(f"{KEYS}/rotate", id=key.id, overlap="24")

    with sqlite_database.read() as connection:
        assert accounts.find_key(connection, secret_in(replaced)).replaces == key.id
        assert accounts.get_key(connection, key.id).expires_at is not None
    admin.post(f"{KEYS}/revoke", id=key.id)
    assert admin.post(f"{KEYS}/rotate", id=key.id, overlap="24").status_code == 409


def test_an_endpoint_is_added_tried_switched_off_and_its_event_sent_again(admin, sqlite_database):
    admin.post(KEYS, service="stream", name="chat", scopes=["score"])
    made = admin.post(HOOKS, service="stream", url="https://example.jp/hooks", event_types=["case.decided"])
    endpoint = only_endpoint(sqlite_database)
    assert (secret_in(made), endpoint.event_types) == (endpoint.secret, ("case.decided",))
    assert endpoint.secret not in admin.get(HOOKS).text

    tried = admin.post(f"{HOOKS}/test", id=endpoint.id)
    assert "webhook.test" in admin.get(tried.headers["location"]).text
    admin.post(f"{HOOKS}/switch", id=endpoint.id, on="0")
    assert only_endpoint(sqlite_database).disabled_at is not None
    admin.post(f"{HOOKS}/switch", id=endpoint.id, on="1")
    with sqlite_database.read() as connection:
        [event] = log.sent_events(connection, endpoint.id, state=None, before=None, most=9)
    assert event.state == "failed"  # what waits for an endpoint that is switched off is given up
    admin.post(f"{HOOKS}/redeliver", id=endpoint.id, event=event.id)
    assert "送信待ち" in admin.get(f"{HOOKS}/log?endpoint={endpoint.id}&state=waiting").text

    replaced = admin.post(f"{HOOKS}/rotate", id=endpoint.id, overlap="24")
    assert only_endpoint(sqlite_database).old_secret == endpoint.secret
    assert secret_in(replaced) == only_endpoint(sqlite_database).secret


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        (KEYS, {"service": "", "name": "x", "scopes": "score"}, "サービス名は1〜64文字です。"),
        (KEYS, {"service": "stream", "name": "x"}, "範囲を一つ以上選んでください。"),
        (HOOKS, {"service": "test", "url": "ftp://example.jp/"}, None),
        (HOOKS, {"service": "nobody", "url": "https://example.jp/"}, None),
        (f"{HOOKS}/switch", {"id": "nothing", "on": "1"}, None),
    ],
)
def test_what_cannot_be_kept_is_said(admin, path, fields, told):
    page = admin.post(path, **fields)

    assert page.status_code in (404, 422)
    assert 'role="alert"' in page.text
    assert told is None or told in page.text


def test_only_admins_come_here(visit):
    lead = visit("lead", Role.LEAD)

    assert [lead.get(path).status_code for path in (KEYS, HOOKS, f"{HOOKS}/log")] == [403] * 3
