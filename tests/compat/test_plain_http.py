"""What no client sends on its own: keys in headers, snake_case names, spoilt bodies, wrong paths."""

import httpx2
import pytest

ANALYZE = "/v1alpha1/comments:analyze"
ASKED = {"comment": {"text": "初見です"}, "requestedAttributes": {"TOXICITY": {}}}
TOO_DEEP = b'{"input":' + b"[" * 3_000 + b"]" * 3_000 + b"}"
DEEP_CONTEXT = b'{"context":' + b'{"a":' * 3_000 + b"1" + b"}" * 3_000 + b"}"


@pytest.fixture
def http(compat):
    with httpx2.Client(base_url=compat.url) as client:
        yield client


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key", "X-Goog-Api-Key"])
def test_the_key_may_come_in_a_header(compat, http, header):
    value = f"Bearer {compat.key}" if header == "Authorization" else compat.key

    assert http.post(ANALYZE, json=ASKED, headers={header: value}).status_code == 200


def test_the_key_in_the_address_wins_over_somebody_elses_token(compat, http):
    answer = http.post(
        ANALYZE, params={"key": compat.key}, json=ASKED, headers={"Authorization": "Bearer ya29.oauth"}
    )

    assert answer.status_code == 200


def test_no_key_is_refused_with_a_challenge(http):
    answer = http.post(ANALYZE, json=ASKED)

    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"].startswith("Bearer realm=")


def test_snake_case_names_pass_as_in_any_google_api(compat, http):
    asked = {
        "comment": {"text": "初見です"},
        "requested_attributes": {"SEVERE_TOXICITY": {"score_threshold": 0.0, "score_type": None}},
        "client_token": "t-1",
        "do_not_store": True,
        "languages": None,
    }

    answer = http.post(ANALYZE, params={"key": compat.key}, json=asked)

    assert answer.status_code == 200, answer.text
    assert set(answer.json()["attributeScores"]) == {"SEVERE_TOXICITY"}
    assert answer.json()["clientToken"] == "t-1"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"a": 1}', TOO_DEEP])
def test_a_spoilt_body_is_400_on_both_paths(compat, http, body):
    headers = {"X-API-Key": compat.key}

    openai = http.post("/v1/moderations", content=body, headers=headers)
    google = http.post(ANALYZE, content=body, headers=headers)

    assert (openai.status_code, openai.json()["error"]["type"]) == (400, "invalid_request_error")
    assert (google.status_code, google.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_context_of_any_depth_is_no_crash(compat, http):
    answer = http.post(ANALYZE, content=DEEP_CONTEXT, headers={"X-API-Key": compat.key})

    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("POST", "/v1alpha1/comments:suggestscore", 404, "NOT_FOUND"),
        ("GET", ANALYZE, 405, "UNIMPLEMENTED"),
        ("GET", "/$discovery/rest?version=v2", 404, "NOT_FOUND"),
        ("POST", ANALYZE + "?alt=proto", 400, "INVALID_ARGUMENT"),
    ],
)
def test_a_wrong_path_method_or_version_is_answered_in_googles_shape(
    compat, http, method, path, status, word
):
    answer = http.request(method, path, headers={"X-API-Key": compat.key})

    assert answer.status_code == status
    assert answer.json()["error"]["status"] == word


def test_a_wrong_method_is_answered_in_openais_shape(http):
    answer = http.get("/v1/moderations")

    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


def test_other_paths_keep_their_problem_documents(http):
    answer = http.post("/v1/score", json={})

    assert answer.headers["content-type"] == "application/problem+json"


def test_the_openapi_document_has_both_endpoints_and_their_schemas(http):
    document = http.get("/openapi.json").json()

    assert "/v1/moderations" in document["paths"]
    assert ANALYZE in document["paths"]
    assert {"ModerationsAnswer", "PerspectiveAnswer"} <= set(document["components"]["schemas"])
