import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from moderation.addresses import is_public
from moderation.errors import Invalid, NotFound
from moderation.storage import outbox
from moderation.storage.accounts import accounts
from moderation.storage.redis import connect
from moderation.storage.tables.delivery import outbox as outbox_table
from moderation.storage.webhooks import endpoints, log
from tests.workers.receiver import receiving
from workers import process
from workers.enqueue import Jobs, webhook_queue
from workers.retries import WAITS, next_attempt, read_retry_after
from workers.schedule import Schedule
from workers.webhook_http import MOST_BYTES, ReceiverRefused, pinned

EVENT = "case.decided"


@pytest.fixture
def settings(sqlite_settings):
    """What HTTP does is the same on both stores; test_webhook_rows.py has what the stores do."""
    return sqlite_settings


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


@pytest.fixture
def endpoint(database, receiver):
    with database.write() as unit:
        now = datetime.now(UTC)
        accounts.add_service(unit.connection, "stream", name="Stream", now=now)
        return endpoints.add(unit.connection, service="stream", url=receiver.url, allow_private=True, now=now)


@pytest.fixture
def worker(settings, redis):
    """Runs every job that waits, in a real RQ worker."""
    process.start(settings)

    def work():
        SimpleWorker([webhook_queue(redis)], connection=redis, serializer=JSONSerializer).work(
            burst=True, logging_level="WARNING"
        )

    yield work
    process.stop()


def emit(database, *, subject="case-1", data=None, now=None, minors=False):
    with database.write() as unit:
        outbox.emit(
            unit.connection,
            service="stream",
            type_=EVENT,
            subject=subject,
            data=data or {"case_id": subject, "outcome": "violation", "理由": "侮辱"},
            now=now or datetime.now(UTC),
            minors=minors,
        )


def rows(database):
    with database.read() as connection:
        return list(connection.execute(select(outbox_table).order_by(outbox_table.c.seq)))


def make_due(database):
    with database.write() as unit:
        waiting = outbox_table.c.next_attempt_at.is_not(None)
        unit.connection.execute(
            outbox_table.update().where(waiting).values(next_attempt_at=datetime.now(UTC))
        )


def sweep(database, redis):
    Schedule(redis=redis, database=database).once(now=datetime.now(UTC))


def test_an_event_arrives_signed_and_is_done(database, redis, endpoint, receiver, worker):
    emit(database)
    sweep(database, redis)
    worker()

    [(headers, body)] = receiver.requests
    event = Webhook(endpoint.secret).verify(body, headers)
    assert event["type"] == EVENT
    assert event["data"] == {"case_id": "case-1", "outcome": "violation", "理由": "侮辱"}
    assert headers["host"].startswith("localhost:")
    [row] = rows(database)
    assert headers["webhook-id"] == row.id
    assert row.delivered_at is not None
    assert row.next_attempt_at is None


def test_another_secret_does_not_verify(database, redis, endpoint, receiver, worker):
    emit(database)
    sweep(database, redis)
    worker()

    [(headers, body)] = receiver.requests
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoints.new_secret()).verify(body, headers)


def test_asking_twice_sends_once(database, redis, endpoint, receiver, worker):
    emit(database)
    sweep(database, redis)
    sweep(database, redis)
    worker()
    Jobs(redis).deliver_webhook(rows(database)[0].id)
    worker()

    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [500, 404, 302, 429])
def test_a_failure_is_tried_again_with_the_same_id_and_logged(
    database, redis, endpoint, receiver, worker, status
):
    receiver.answers = [(status, {"location": "http://localhost/elsewhere"})]
    emit(database)
    sweep(database, redis)
    worker()

    [row] = rows(database)
    assert row.delivered_at is None
    assert row.attempts == 1
    assert timedelta(0) < row.next_attempt_at - datetime.now(UTC) < timedelta(seconds=6)
    make_due(database)
    sweep(database, redis)
    worker()

    assert [headers["webhook-id"] for headers, _ in receiver.requests] == [row.id, row.id]
    with database.read() as connection:
        assert [one.status for one in log.attempts(connection, row.id)] == [status, 204]


def test_a_receiver_that_asks_for_time_gets_it(database, redis, endpoint, receiver, worker):
    receiver.answers = [(429, {"retry-after": "3600"})]
    emit(database)
    sweep(database, redis)
    worker()

    [row] = rows(database)
    assert timedelta(minutes=59) < row.next_attempt_at - datetime.now(UTC) <= timedelta(hours=1)


def test_gone_disables_the_endpoint_and_what_waits_for_it_is_given_up(
    database, redis, endpoint, receiver, worker
):
    receiver.answers = [(410, {})]
    emit(database, subject="case-1")
    sweep(database, redis)
    emit(database, subject="case-2")
    worker()

    assert len(receiver.requests) == 1
    assert [row.failed_at is not None for row in rows(database)] == [True, True]
    with database.read() as connection:
        assert "410" in endpoints.get(connection, endpoint.id).disabled_why
    emit(database, subject="case-3")
    assert len(rows(database)) == 2


def test_events_of_one_subject_arrive_in_order_and_others_do_not_wait(
    database, redis, endpoint, receiver, worker
):
    receiver.answers = [(500, {})]
    for subject, step in (("case-1", 1), ("case-1", 2), ("case-2", 3)):
        emit(database, subject=subject, data={"step": step})
    for _ in range(3):
        make_due(database)
        sweep(database, redis)
        worker()

    assert [json.loads(body)["data"]["step"] for _, body in receiver.requests] == [1, 3, 1, 2]


def test_after_the_last_attempt_an_event_is_given_up(database, redis, endpoint, receiver, worker):
    emit(database)
    with database.write() as unit:
        unit.connection.execute(outbox_table.update().values(attempts=len(WAITS) - 1))
    receiver.answers = [(500, {})]
    sweep(database, redis)
    worker()

    [row] = rows(database)
    assert (row.next_attempt_at, row.failed_at is not None) == (None, True)


def test_an_attempt_whose_worker_died_is_made_again(database, redis, endpoint, receiver, worker):
    emit(database)
    [row] = rows(database)
    now = datetime.now(UTC)
    with database.write() as unit:
        assert outbox.take(unit.connection, row.id, now=now, until=now + timedelta(seconds=75)) is not None
    sweep(database, redis)
    worker()
    assert receiver.requests == []

    make_due(database)
    sweep(database, redis)
    worker()
    assert len(receiver.requests) == 1


def test_a_body_too_large_for_receivers_still_says_what_it_was_about(
    database, redis, endpoint, receiver, worker
):
    emit(database, data={"text": "長" * MOST_BYTES})
    sweep(database, redis)
    worker()

    [(headers, body)] = receiver.requests
    assert len(body) < MOST_BYTES
    assert Webhook(endpoint.secret).verify(body, headers)["data"] == {"subject": "case-1", "too_large": True}


def test_private_addresses_get_nothing_unless_the_settings_allow_them(
    database, redis, endpoint, receiver, worker, settings
):
    process.start(settings.model_copy(update={"allow_private_webhooks": False}))
    emit(database)
    sweep(database, redis)
    worker()

    assert receiver.requests == []
    [row] = rows(database)
    with database.read() as connection:
        [attempt] = log.attempts(connection, row.id)
    assert attempt.status is None
    assert "not a public address" in attempt.error


def test_a_receiver_that_is_not_there_is_an_error_in_the_log(database, redis, worker):
    with database.write() as unit:
        now = datetime.now(UTC)
        accounts.add_service(unit.connection, "stream", name="Stream", now=now)
        endpoints.add(
            unit.connection, service="stream", url="http://127.0.0.1:9/", allow_private=True, now=now
        )
    emit(database)
    sweep(database, redis)
    worker()

    with database.read() as connection:
        [attempt] = log.attempts(connection, rows(database)[0].id)
    assert attempt.error.startswith("ConnectError")


def test_harm_to_minors_is_told_only_to_endpoints_that_may_hear_of_it(database, endpoint):
    emit(database, minors=True)

    assert rows(database) == []


def test_redis_away_is_no_failure_for_the_one_who_asks():
    assert Jobs(connect("redis://127.0.0.1:9/0")).deliver_webhook("01X") is False


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("http://example.jp/", "https"),
        ("ftp://example.jp/", "https"),
        ("https://", "no host"),
        ("https://user:pass@example.jp/", "password"),
        ("https://example.jp:99999/", "not a URL"),
        ("https://[::1/", "not a URL"),
        ("https://example.jp/" + "x" * 2000, "2000"),
        ("https://example.jp/a b", "spaces"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_its_reason(database, url, what):
    with database.write() as unit, pytest.raises(Invalid) as refused:
        endpoints.add(unit.connection, service="stream", url=url, now=datetime.now(UTC))

    assert refused.value.problems[0].pointer == "/url"
    assert what in refused.value.problems[0].detail


def test_disabling_an_unknown_endpoint_says_so(database):
    with database.write() as unit, pytest.raises(NotFound):
        endpoints.disable(unit.connection, "nowhere", why="test", now=datetime.now(UTC))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
        "::",
    ],
)
def test_inner_addresses_are_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_outer_addresses_are_public(address):
    assert is_public(ip_address(address))


def test_the_address_that_was_checked_is_the_one_that_is_called():
    assert pinned("http://localhost:81/a?b=c#d", allow_private=True)[0] in (
        "http://127.0.0.1:81/a?b=c",
        "http://[::1]:81/a?b=c",
    )
    assert pinned("https://[2001:4860:4860::8888]/x", allow_private=False) == (
        "https://[2001:4860:4860::8888]:443/x",
        "[2001:4860:4860::8888]",
    )
    with pytest.raises(ReceiverRefused):
        pinned("https://name.invalid/", allow_private=True)


NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)


def test_waits_follow_the_standard_and_grow_by_at_most_a_tenth():
    for attempts, wait in enumerate(WAITS[1:], start=1):
        waited = next_attempt("01X", attempts=attempts, retry_after=None, now=NOW) - NOW
        assert wait <= waited <= wait * 1.1
    assert next_attempt("01X", attempts=len(WAITS), retry_after=None, now=NOW) is None


def test_a_receiver_can_ask_for_more_time_but_not_for_less_nor_for_more_than_a_day():
    def wait(seconds):
        asked = timedelta(seconds=seconds)
        return next_attempt("01X", attempts=2, retry_after=asked, now=NOW) - NOW

    assert wait(900) == timedelta(seconds=900)
    assert wait(1) >= WAITS[2]
    assert wait(10**6) == timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 30, 86_400),
        ("Thu, 20 Aug 2026 03:01:00 GMT", 60),
        ("Thu, 20 Aug 2026 02:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(value, seconds):
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert read_retry_after(value, now=NOW) == expected
