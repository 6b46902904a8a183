"""Logging in and out."""

import re
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from api.console.login import hash_password
from api.console.visitor import SESSION_COOKIE
from moderation.storage.accounts import accounts
from moderation.taxonomy import Role

PASSWORD = "さくら-9431"


@pytest.fixture
def aoki(desk):
    return desk.person("aoki", password_hash=hash_password(PASSWORD))


def log_in(client, login="aoki", password=PASSWORD, **fields):
    page = client.get("/console/login").text
    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    return client.post(
        "/console/login", data={"login": login, "password": password, "csrf": token, "next": ""} | fields
    )


def test_opens_a_session_that_scripts_cannot_read(stranger, aoki):
    answer = log_in(stranger)

    assert (answer.status_code, answer.headers["location"]) == (303, "/console/queue")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if SESSION_COOKIE in value)
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Secure" not in cookie
    assert stranger.get("/console/queue").status_code == 200


def test_the_cookie_stays_on_https_where_the_page_is(app, aoki):
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        answer = log_in(client)
    assert all(
        "Secure" in value for value in answer.headers.get_list("set-cookie") if "Max-Age=0" not in value
    )


@pytest.mark.parametrize(
    ("login", "password"),
    [("aoki", "wrong"), ("nobody", PASSWORD), ("aoki", ""), ("", ""), ("aoki", "長" * 5000)],
)
def test_a_wrong_login_says_so_and_keeps_the_name(stranger, aoki, login, password):
    answer = log_in(stranger, login, password)

    assert answer.status_code == 401
    assert "ログイン名またはパスワードが違います" in answer.text
    assert f'value="{login}"' in answer.text
    assert SESSION_COOKIE not in answer.headers.get("set-cookie", "")


def test_somebody_locked_out_stays_out(stranger, desk, aoki):
    with desk.database.write() as unit:
        accounts.disable_user(unit.connection, "aoki", now=datetime.now(UTC))

    assert log_in(stranger).status_code == 401


def test_a_form_of_another_browser_is_refused(stranger, aoki):
    answer = stranger.post(
        "/console/login", data={"login": "aoki", "password": PASSWORD, "csrf": "x", "next": ""}
    )

    assert answer.status_code == 401
    assert "有効期限" in answer.text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/console/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/console/logout",
    ],
)
def test_nobody_is_led_elsewhere_after_the_login(stranger, aoki, elsewhere):
    assert log_in(stranger, next=elsewhere).headers["location"] == "/console/queue"


def test_goes_on_to_the_page_that_was_asked_for(stranger, aoki):
    sent_away = stranger.get("/console/queue?severity=high").headers["location"]

    assert sent_away == "/console/login?next=/console/queue%3Fseverity%3Dhigh"
    assert log_in(stranger, next="/console/queue?severity=high").headers["location"].endswith("severity=high")


def test_logging_out_ends_the_session(visit):
    aoki = visit("aoki", Role.MODERATOR)

    assert aoki.post("/console/logout").headers["location"] == "/console/login"
    aoki.client.cookies.set(SESSION_COOKIE, "session-aoki")
    assert aoki.get("/console/queue").status_code == 303


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(stranger):
    answer = stranger.post("/console/next", headers={"referer": "http://testserver/console/cases/X"})

    assert answer.headers["location"] == "/console/login?next=/console/cases/X"
