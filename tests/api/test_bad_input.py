"""Every way a request can be wrong has its own answer: a problem document that names the place."""

import pytest

from moderation.taxonomy import Scope
from tests.support.factories import body
from tests.support.servers import make_key

REPORT = {"id": "rp-1", "reporter_id": "u-9", "subject": {"kind": "author", "id": "u-1"}, "reason": "insult"}
INQUIRY = {"id": "iq-1", "topic": "game", "text": "困っています"}
EVENT = {"id": "ev-1", "type": "viewers", "at": "2026-11-01T00:00:00Z", "room_id": "r-1", "viewers": 3}


def problem(answer, status, pointer=None):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["request_id"] == answer.headers["x-request-id"]
    if pointer is not None:
        assert pointer in [error["pointer"] for error in document["errors"]], document
    return document


@pytest.mark.parametrize(
    ("spoilt", "pointer"),
    [
        ({"text": 3}, "/text"),
        ({"text": None}, "/text"),
        ({"id": ""}, "/id"),
        ({"id": "x" * 129}, "/id"),
        ({"id": "a\u0000b"}, "/id"),
        ({"target_id": "a\n"}, "/target_id"),
        ({"author": {"id": "u", "name": "た\u0000ろう"}}, "/author/name"),
        ({"author": {}}, "/author"),
        ({"author": {"id": "u", "age_band": "teen"}}, "/author/age_band"),
        ({"room": {"id": "r", "live_viewers": -1}}, "/room/live_viewers"),
        ({"sent_at": "yesterday"}, "/sent_at"),
        ({"sent_at": "2026-01-01T00:00:00"}, "/sent_at"),
        ({"timeout_ms": 0}, "/timeout_ms"),
        ({"text": "あ" * 10_001}, "/text"),
    ],
)
def test_a_wrong_value_is_named(app_client, spoilt, pointer):
    problem(app_client.post("/v1/score", json=body() | spoilt), 422, pointer)


def test_an_unknown_key_is_named(app_client):
    assert (
        "txet"
        in problem(app_client.post("/v1/score", json=body() | {"txet": "x"}), 422)["errors"][0]["detail"]
    )


def test_a_wrong_value_in_a_batch_is_named_with_its_number(app_client):
    answer = app_client.post("/v1/score", json={"messages": [body(), body() | {"text": 3}]})

    problem(answer, 422, "/messages/1/text")

    answer = app_client.post("/v1/score", json={"messages": [body(), body() | {"room": {"id": "r\u001f"}}]})

    problem(answer, 422, "/messages/1/room/id")


def test_too_many_messages_are_refused(app_client):
    problem(app_client.post("/v1/score", json={"messages": [body() for _ in range(1_001)]}), 422, "/messages")


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'"text"', b"[1]", b"\xff\xfe", b'{"id": "\xff"}', b"[" * 100_000]
)
@pytest.mark.parametrize("path", ["/v1/score", "/v1/reports", "/v1/inquiries", "/v1/events"])
def test_a_body_that_is_no_json_is_refused(app_client, path, raw):
    problem(app_client.post(path, content=raw, headers={"Content-Type": "application/json"}), 422)


def test_a_body_over_the_limit_is_refused(app_client):
    problem(app_client.post("/v1/score", content=b" " * 16_777_217), 413)


@pytest.mark.parametrize(
    ("path", "whole", "spoilt", "pointer"),
    [
        ("/v1/reports", REPORT, {"reason": "rude"}, "/reason"),
        ("/v1/reports", REPORT, {"subject": {"kind": "cat", "id": "u"}}, "/subject/kind"),
        ("/v1/reports", REPORT, {"text": "あ" * 10_001}, "/text"),
        ("/v1/reports", REPORT, {"tetx": "x"}, "/tetx"),
        ("/v1/reports", REPORT, {"reported_at": "2999-01-01T00:00:00Z"}, "/reported_at"),
        ("/v1/reports", REPORT, {"subject": {"kind": "author", "id": "u-9"}}, "/subject/id"),
        ("/v1/inquiries", INQUIRY, {"topic": "weather"}, "/topic"),
        ("/v1/inquiries", INQUIRY, {"asked_at": "2999-01-01T00:00:00Z"}, "/asked_at"),
    ],
)
def test_a_wrong_report_or_inquiry_is_named(app_client, path, whole, spoilt, pointer):
    document = problem(app_client.post(path, json=whole | spoilt), 422)

    assert [error["pointer"] for error in document["errors"]] == [pointer], document


def test_an_unknown_reason_is_answered_with_the_known_ones(app_client):
    document = problem(app_client.post("/v1/reports", json=REPORT | {"reason": "rude"}), 422)

    assert any("'insult'" in error["detail"] for error in document["errors"])


@pytest.mark.parametrize(
    "spoilt", [{"type": "party"}, {"viewers": None}, {"at": "soon"}, {"room_id": None}, {"extra": 1}]
)
def test_a_wrong_event_is_named(app_client, spoilt):
    problem(app_client.post("/v1/events", json={"events": [EVENT | spoilt]}), 422)


@pytest.mark.parametrize(
    "header", [{"Authorization": ""}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic x"}]
)
def test_without_a_good_key_nothing_is_answered(app_client, header):
    answer = app_client.post("/v1/score", json=body(), headers=header)

    assert problem(answer, 401)["code"] == "bad_credentials"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_without_the_scope_is_turned_away(app_client, sqlite_database):
    key = make_key(sqlite_database, scopes=(Scope.REPORT,))

    answer = app_client.post("/v1/score", json=body(), headers={"Authorization": f"Bearer {key}"})

    assert "'score'" in problem(answer, 403)["detail"]


def test_only_an_admin_key_may_replay(app_client, sqlite_database):
    key = make_key(sqlite_database, scopes=(Scope.SCORE,))

    answer = app_client.post("/v1/score", json=body(replay=True), headers={"Authorization": f"Bearer {key}"})

    problem(answer, 403)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/nothing", 404), ("DELETE", "/v1/score", 405)]
)
def test_a_wrong_path_or_method_is_a_problem_document(app_client, method, path, status):
    problem(app_client.request(method, path), status)
