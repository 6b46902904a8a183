"""`ibasho keys rotate` and `ibasho webhooks`: what connects a service, looked after by hand."""

from datetime import UTC, datetime

import pytest

from moderation.storage.accounts import accounts
from moderation.storage.webhooks import endpoints, log


@pytest.fixture
def do(sqlite_settings, ibasho):
    return lambda *words: ibasho(*words, settings=sqlite_settings)


def test_a_key_is_replaced_and_both_work_for_a_while(do, sqlite_database):
    old = do("keys", "create", "svc", "--rate-limit", "7").stdout.strip()
    with sqlite_database.read() as connection:
        key_id = accounts.find_key(connection, old).id

    made = do("keys", "rotate", key_id, "--overlap-hours", "1")

    now = datetime.now(UTC)
    with sqlite_database.read() as connection:
        before, after = (accounts.find_key(connection, one) for one in (old, made.stdout.strip()))
    assert before.usable(now)
    assert before.expires_at is not None
    assert (after.usable(now), after.rate_limit, after.replaces) == (True, 7, key_id)
    assert do("keys", "rotate", "nothing").returncode == 1


def test_an_endpoint_from_its_first_to_its_last_day(do, sqlite_database):
    do("keys", "create", "svc")
    secret = do("webhooks", "add", "https://example.jp/hooks", "--event", "case.decided").stdout.strip()
    with sqlite_database.read() as connection:
        [endpoint] = endpoints.of_service(connection, "svc")
    assert (endpoint.secret, endpoint.event_types) == (secret, ("case.decided",))

    do("webhooks", "test", endpoint.id)
    do("webhooks", "disable", endpoint.id, "--why", "moving")
    assert "off: moving" in do("webhooks", "list").stdout
    do("webhooks", "enable", endpoint.id)
    assert "failed" in do("webhooks", "log", endpoint.id, "--state", "failed").stdout
    assert "1 events" in do("webhooks", "redeliver", endpoint.id, "--failed-hours", "1").stderr
    with sqlite_database.read() as connection:
        [event] = log.sent_events(connection, endpoint.id, state=None, before=None, most=9)
    assert event.state == "waiting"

    assert do("webhooks", "rotate", endpoint.id).stdout.strip() != secret
    with sqlite_database.read() as connection:
        assert endpoints.get(connection, endpoint.id).old_secret == secret


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "http://example.com/"), "https://"),
        (("add", "https://[::ffff:10.0.0.1]/"), "not public"),
        (("add", "https://localhost:8443/"), "not public"),
        (("add", "https://example.jp/", "--event", "case.exploded"), "case.exploded"),
        (("log", "nothing"), "No webhook endpoint"),
        (("redeliver", "nothing"), "--failed-hours"),
        (("rotate", "nothing"), "No webhook endpoint"),
    ],
)
def test_what_cannot_be_meant_is_said(sqlite_settings, ibasho, words, told):
    strict = sqlite_settings.model_copy(update={"allow_private_webhooks": False})
    ibasho("keys", "create", "svc", settings=strict)

    done = ibasho("webhooks", *words, settings=strict)

    assert done.returncode in (1, 2)
    assert told in done.stderr
