"""Reports, inquiries, notices, answers and counts over HTTP: the whole way, and what is refused."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from moderation.review.decision import Action, Outcome, Ruling
from moderation.review.sight import sight_of
from moderation.storage.desk import claims
from moderation.storage.desk import decide as desk_decide
from moderation.storage.ids import new_id
from moderation.taxonomy import Category, Role

REPORT = {
    "id": "rp-1",
    "reporter_id": "u-9",
    "subject": {"kind": "author", "id": "u-1", "room_id": "r-1"},
    "reason": "insult",
    "text": "暴言です",
}
NOTICE = {
    "id": "n-1",
    "applicant": {"name": "山田 太郎", "email": "taro@example.com"},
    "right": "privacy",
    "urls": ["https://example.com/m/1"],
    "statement": "住所を書かれました。",
}
LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()


def pointers(answer):
    return [problem["pointer"] for problem in answer.json()["errors"]]


def decide(database, case_id):
    lead, now = sight_of("lead", [Role.ADMIN]), datetime.now(UTC)
    ruling = Ruling(
        outcome=Outcome.VIOLATION,
        categories=(Category.INSULT,),
        policy_id="H-1",
        actions=(Action.WARN,),
        reason="侮辱にあたるため。",
    )
    with database.write() as unit:
        case = claims.claim(unit.connection, case_id, lead, now=now, lease=timedelta(minutes=5))
        return desk_decide.decide(
            unit.connection,
            case_id,
            lead,
            ruling,
            decision_id=new_id(),
            version=case.version,
            seen_hit_seq=case.hit_seq,
            now=now,
        ).id


def test_a_reporter_hears_what_came_of_it_with_the_clause_and_never_their_weight(app_client, sqlite_database):
    taken = app_client.post("/v1/reports", json=REPORT).json()
    waiting = app_client.get("/v1/reports/rp-1").json()
    page = app_client.get(f"/reports/status/{taken['status_token']}")
    decision_id = decide(sqlite_database, taken["case_id"])

    told = app_client.get("/v1/reports/rp-1").json()
    both = app_client.get(f"/v1/answers/{decision_id}").json()

    assert (waiting["answer"]["result"], page.status_code) == ("received", 200)
    assert (told["answer"]["result"], told["answer"]["policy_id"]) == ("measure_taken", "H-1")
    assert "weight" not in str(told)
    assert "H-1" in both["author"]["text_ja"]
    assert both["report_ids"] == ["rp-1"]
    assert app_client.post("/v1/reports", json=REPORT).json()["status_token"] == taken["status_token"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"reporter_id": "u-1"}, "/subject/id"),
        (
            {"subject": {"kind": "message", "id": "m"}, "message": {"text": "x", "author_id": "u-9"}},
            "/message/author_id",
        ),
        ({"reported_at": LATER}, "/reported_at"),
        ({"reporter": {"created_at": LATER}}, "/reporter/created_at"),
    ],
)
def test_reports_that_cannot_be(app_client, change, pointer):
    answer = app_client.post("/v1/reports", json=REPORT | change)

    assert (answer.status_code, pointers(answer)) == (422, [pointer])


def test_an_unknown_reason_is_answered_with_the_known_ones(app_client):
    answer = app_client.post("/v1/reports", json=REPORT | {"reason": "rude"})

    assert answer.status_code == 422
    assert "solicitation" in answer.text


def test_long_texts_and_html_are_taken_as_they_are_and_longer_ones_refused(app_client):
    long = "<b>" + "あ" * 9_990

    assert app_client.post("/v1/reports", json=REPORT | {"text": long}).status_code == 201
    assert app_client.post("/v1/reports", json=REPORT | {"id": "x", "text": "あ" * 10_001}).status_code == 422


def test_a_batch_with_a_conflict_takes_nothing(app_client):
    app_client.post("/v1/reports", json=REPORT)
    batch = [REPORT | {"id": "rp-2", "reporter_id": "u-8"}, REPORT | {"text": "別の文"}]

    answer = app_client.post("/v1/reports", json={"reports": batch})

    assert answer.status_code == 409
    assert app_client.get("/v1/reports/rp-2").status_code == 404


def test_the_taxonomy_helps_whoever_chooses(app_client):
    words = app_client.get("/v1/taxonomy", headers={"Authorization": ""}).json()

    assert all(reason["help_ja"] for reason in words["report_reasons"])
    assert {word["value"] for word in words["rights"]} >= {
        "honour",
        "portrait",
        "peace",
        "copyright",
        "trademark",
    }
    assert all(clause["url"] for clause in words["policies"])


def test_an_inquiry_needs_a_text_and_a_case_that_is_there(app_client):
    letter = {"id": "iq-1", "topic": "account", "text": " "}

    assert pointers(app_client.post("/v1/inquiries", json=letter)) == ["/text"]
    assert pointers(
        app_client.post("/v1/inquiries", json=letter | {"text": "困っています", "case_id": "none"})
    ) == ["/case_id"]
    app_client.post("/v1/inquiries", json=letter | {"text": "困っています", "ticket_id": "CS-1"})
    assert app_client.get("/v1/inquiries/iq-1").json()["state"] == "open"


def test_a_notice_is_taken_once_and_shows_its_clock_but_not_who_applied(app_client):
    first = app_client.post("/v1/notices", json=NOTICE)
    again = app_client.post("/v1/notices", json=NOTICE)

    assert (first.status_code, again.json()["reference"]) == (201, first.json()["reference"])
    shown = app_client.get(f"/v1/notices/{first.json()['reference']}")
    assert (shown.json()["clock"], len(shown.json()["days"])) == ("running", 7)
    assert "山田" not in shown.text
    assert app_client.get("/v1/notices").json()["total"] == 1
    assert app_client.get("/v1/notices/SD-20260101-AAAAAA").status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"applicant": {"name": "山田"}}, "/applicant/email"),
        ({"urls": []}, "/urls"),
        (
            {
                "attachments": [
                    {"name": "a", "sha256": "0" * 64, "content": base64.b64encode(b"abc").decode()}
                ]
            },
            "/attachments/0/sha256",
        ),
        (
            {"attachments": [{"name": "a", "sha256": hashlib.sha256(b"abc").hexdigest(), "content": "!"}]},
            "/attachments/0/content",
        ),
    ],
)
def test_notices_that_cannot_be_taken(app_client, change, pointer):
    answer = app_client.post("/v1/notices", json=NOTICE | change)

    assert (answer.status_code, pointers(answer)) == (422, [pointer])


def test_the_yearly_counts_in_every_form(app_client):
    forms = {
        form: app_client.get(f"/v1/transparency/2026?format={form}") for form in ("json", "csv", "html", "md")
    }

    assert {answer.status_code for answer in forms.values()} == {200}
    assert forms["json"].json()["from"] == "2026-04-01"
    assert "2026年度" in forms["html"].text
    assert app_client.get("/v1/transparency/26").status_code == 422
