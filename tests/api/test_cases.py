"""Cases, histories and appeals over HTTP, on behalf of people of the desk."""

from datetime import UTC, datetime

import pytest

from moderation.storage.ids import new_id
from moderation.taxonomy import Role, Scope
from tests.review.desk import Desk
from tests.support.servers import make_key

ACTS = (
    "claim",
    "renew",
    "release",
    "skip",
    "move",
    "escalate",
    "assign",
    "second-opinion",
    "decide",
    "reverse",
    "comments",
)
BODIES = {
    "renew": {"version": 1},
    "move": {"queue": "child_safety"},
    "assign": {"login": None},
    "second-opinion": {"text": "どう思いますか"},
    "decide": {"version": 2, "seen_hit_seq": 1, "outcome": "no_violation"},
    "reverse": {"decision_id": "x"},
    "comments": {"text": "メモ"},
}


@pytest.fixture
def desk(sqlite_database):
    return Desk(sqlite_database)


@pytest.fixture
def api(app_client, desk):
    """Calls on behalf of somebody: ``api("aoki", "POST", "/v1/…", {...})``."""

    def call(login, method, path, json=None, **given):
        return app_client.request(method, path, json=json, headers={"X-Ibasho-User": login}, **given)

    return call


@pytest.fixture
def people(desk):
    desk.person("aoki")
    desk.person("baba")
    desk.person("mori", Role.LEAD)
    desk.person("sato", Role.ANALYST)


def now():
    return datetime.now(UTC)


def test_a_case_from_the_queue_to_its_reversal(api, desk, people):
    case_id = desk.case(at=now())
    listed = api("aoki", "GET", "/v1/cases").json()["cases"]
    claimed = api("aoki", "POST", "/v1/queues/general/claim").json()
    assert [one["id"] for one in listed] == [claimed["id"]] == [case_id]
    assert claimed["claimed_by"] == "aoki"
    assert api("baba", "POST", "/v1/queues/general/claim").status_code == 204
    assert api("baba", "POST", f"/v1/cases/{case_id}/claim").json()["code"] == "case_claimed"
    renewed = api("aoki", "POST", f"/v1/cases/{case_id}/renew", {"version": claimed["version"]})
    assert renewed.json()["version"] == claimed["version"]

    body = {
        "version": claimed["version"],
        "seen_hit_seq": claimed["hit_seq"],
        "decision_id": new_id(),
        "outcome": "violation",
        "categories": ["insult"],
        "policy_id": "H-1",
        "actions": ["warn"],
    }
    decided = api("aoki", "POST", f"/v1/cases/{case_id}/decide", body).json()
    again = api("aoki", "POST", f"/v1/cases/{case_id}/decide", body).json()
    assert decided == again
    assert decided["decided_by"] == "aoki"
    reversed_ = api("aoki", "POST", f"/v1/cases/{case_id}/reverse", {"decision_id": decided["id"]})
    assert reversed_.json()["undoes"] == decided["id"]

    file = api("aoki", "GET", f"/v1/cases/{case_id}").json()
    assert file["messages"][0]["text"] == "お前ほんと消えろ"
    assert [one["kind"] for one in file["events"]][:2] == ["undone", "decided"]


def test_a_case_is_handed_on(api, desk, people):
    case_id = desk.case(at=now())
    path = f"/v1/cases/{case_id}"
    assert api("aoki", "POST", f"{path}/claim").status_code == 200
    assert (
        api("aoki", "POST", f"{path}/second-opinion", {"text": "冗談でしょうか"}).json()["claimed_by"] is None
    )
    assert api("aoki", "POST", "/v1/queues/general/claim").status_code == 204
    assert api("aoki", "POST", f"{path}/comments", {"text": "前の配信も見ました"}).status_code == 204
    assert api("mori", "POST", f"{path}/assign", {"login": "baba"}).json()["assigned_to"] == "baba"
    assert api("aoki", "POST", f"{path}/assign", {"login": "aoki"}).status_code == 403
    assert api("mori", "POST", f"{path}/escalate", {"text": "お願いします"}).json()["state"] == "escalated"
    assert api("mori", "POST", f"{path}/move", {"queue": "nowhere"}).status_code == 422
    assert api("mori", "POST", f"{path}/move", {"queue": "child_safety"}).status_code == 204
    assert api("aoki", "GET", path).status_code == 404


def test_pages_follow_one_another_without_a_gap(api, desk, people):
    made = [desk.case(author=f"u-{number}", at=now()) for number in range(7)]
    seen, cursor = [], None
    while True:
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = api("aoki", "GET", "/v1/cases", params=params).json()
        seen += [one["id"] for one in page["cases"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen))
    assert api("aoki", "GET", "/v1/cases", params={"cursor": "x"}).status_code == 422


@pytest.mark.parametrize("login", ["", "nobody"])
def test_somebody_has_to_act(api, desk, people, login):
    answer = api(login, "GET", "/v1/cases")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "X-Ibasho-User")


def test_whoever_does_not_review_sees_nothing(api, desk, people):
    case_id = desk.case(at=now())
    assert api("sato", "GET", f"/v1/cases/{case_id}").status_code == 404
    refused = api("sato", "POST", "/v1/queues/general/claim")
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_role")


@pytest.mark.parametrize("act", ACTS)
def test_a_minors_case_is_not_there_for_a_moderator(api, desk, people, act):
    hidden = desk.case(minors=True, at=now())
    assert api("aoki", "POST", f"/v1/cases/{hidden}/{act}", BODIES.get(act)).status_code == 404


def test_minors_cases_are_in_no_list_for_a_moderator_and_need_a_reason_of_a_lead(api, desk, people):
    hidden = desk.case(minors=True, at=now())
    assert api("aoki", "GET", "/v1/cases").json()["cases"] == []
    assert api("aoki", "GET", f"/v1/cases/{hidden}").status_code == 404
    assert api("aoki", "GET", "/v1/users/u-1/history").json()["cases"] == []
    assert api("aoki", "POST", "/v1/queues/child_safety/claim").status_code == 204
    assert api("mori", "GET", f"/v1/cases/{hidden}").json()["code"] == "reason_needed"
    assert api("mori", "GET", f"/v1/cases/{hidden}", params={"why": "照会"}).json()["id"] == hidden


@pytest.mark.parametrize("act", ACTS)
def test_another_services_case_is_not_there(app_client, desk, sqlite_database, people, act):
    case_id = desk.case(at=now())
    key = make_key(sqlite_database, service="other", scopes=(Scope.REVIEW,))
    headers = {"Authorization": f"Bearer {key}", "X-Ibasho-User": "mori"}
    answer = app_client.post(f"/v1/cases/{case_id}/{act}", json=BODIES.get(act), headers=headers)
    assert answer.status_code == 404


def test_the_history_of_an_author(api, desk, people):
    case_id = desk.case(at=now())
    desk.report(case_id)
    version = api("aoki", "POST", f"/v1/cases/{case_id}/claim").json()["version"]
    api(
        "aoki",
        "POST",
        f"/v1/cases/{case_id}/decide",
        {
            "version": version,
            "seen_hit_seq": 1,
            "outcome": "violation",
            "categories": ["insult"],
            "policy_id": "H-1",
            "actions": ["timeout"],
        },
    )
    past = api("baba", "GET", "/v1/users/u-1/history").json()
    assert past["strike_weight"] == 3.0
    assert [one["actions"] for one in past["decisions"]] == [["timeout"]]
    assert past["reports_received"][0]["outcome"] == "violation"
    assert api("baba", "GET", "/v1/users/u-nobody/history").json()["cases"] == []


def test_an_appeal_is_taken_once(api, app_client, desk, people):
    case_id = desk.case(at=now())
    version = api("aoki", "POST", f"/v1/cases/{case_id}/claim").json()["version"]
    decided = api(
        "aoki",
        "POST",
        f"/v1/cases/{case_id}/decide",
        {
            "version": version,
            "seen_hit_seq": 1,
            "outcome": "violation",
            "categories": ["insult"],
            "policy_id": "H-1",
            "actions": ["warn"],
        },
    ).json()
    body = {"id": "a-1", "decision_id": decided["id"], "author_id": "u-1", "text": "冗談です"}
    answers = [app_client.post("/v1/appeals", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert app_client.post("/v1/appeals", json=body | {"text": "別"}).status_code == 409
    assert app_client.post("/v1/appeals", json=body | {"id": "a-2", "decision_id": "x"}).status_code == 404
    assert app_client.post("/v1/appeals", json=body | {"text": "あ" * 10_001}).status_code == 422
