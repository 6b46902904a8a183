"""When a request is sent again, and how long the client waits."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.client.calls import Retries, error_of, retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
    ],
)
def test_what_the_server_asks_for(header, seconds):
    headers = {} if header is None else {"retry-after": header}

    assert retry_after(headers, now=NOW) == seconds


@given(st.integers(1, 9), st.one_of(st.none(), st.floats(0, 30)))
def test_waits_grow_and_never_undercut_what_was_asked(attempt, asked):
    retries = Retries(tries=10, first=0.2, longest=30)

    wait = retries.wait(attempt, asked)

    if asked is None:
        assert 0 <= wait <= min(30, 0.2 * 2**attempt)
    else:
        assert asked <= wait <= asked + 3


def test_it_gives_up_after_its_tries_or_when_asked_to_wait_too_long():
    retries = Retries(tries=3, longest=10)

    assert retries.wait(3, None) is None
    assert retries.wait(1, 11) is None


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"[1]", b"\xff", b'{"message": "no"}'])
def test_an_error_that_is_not_the_servers_own_is_still_told(body):
    error = error_of(502, body)

    assert (error.status, error.code) == (502, "http_error")
