"""Held messages and feedback over HTTP."""

import pytest

from moderation.scoring.verdict import Outcome
from moderation.storage.chat import feedback, flagged
from moderation.storage.chat.flagged import Flagged
from moderation.taxonomy import Category, Scope
from tests.support.factories import body, message
from tests.support.servers import make_key
from tests.support.verdicts import verdict


@pytest.fixture
def held(app_client, sqlite_database):
    """Ids of three messages held back now."""
    from datetime import UTC, datetime, timedelta

    items = [
        Flagged(message=message("ばか", id=name), verdict=verdict(verdict=Outcome.HOLD))
        for name in ("m-a", "m/b", "m-c")
    ]
    now = datetime.now(UTC)
    for n, item in enumerate(items):
        with sqlite_database.write() as unit:
            flagged.save(
                unit.connection, [item], hold_for=timedelta(minutes=5), now=now + timedelta(milliseconds=n)
            )
    return [item.message.id for item in items]


def test_held_messages_are_listed_page_by_page(app_client, held):
    seen, cursor = [], None
    while True:
        params = {"state": "held", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = app_client.get("/v1/messages", params=params).json()
        seen += page["messages"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert [one["id"] for one in seen] == held
    assert {one["state"] for one in seen} == {"held"}
    assert all(one["text"] == "ばか" and one["case_id"] for one in seen)


@pytest.mark.parametrize(("verb", "state"), [("approve", "approved"), ("deny", "denied")])
def test_a_held_message_is_settled(app_client, held, verb, state):
    answers = [app_client.post(f"/v1/messages/{one}/{verb}", json={"by": "mod-3"}) for one in held]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert {answer.json()["state"] for answer in answers} == {state}
    assert {answer.json()["settled_by"] for answer in answers} == {"service:mod-3"}
    assert app_client.get("/v1/messages").json()["messages"] == []


def test_a_body_is_not_needed_and_a_retry_changes_nothing(app_client, held):
    first, second = (app_client.post("/v1/messages/m-a/approve") for _ in range(2))

    assert first.status_code == 200
    assert first.json() == second.json()
    assert first.json()["settled_by"].startswith("key:")


def test_settled_messages_are_a_conflict_and_unknown_ones_not_found(app_client, held):
    app_client.post("/v1/messages/m-a/approve")

    late = app_client.post("/v1/messages/m-a/deny")
    unknown = app_client.post("/v1/messages/m-never/deny")

    assert (late.status_code, late.json()["code"]) == (409, "already_settled")
    assert "approved" in late.json()["detail"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "held_not_found")


@pytest.mark.parametrize(
    "params",
    [{"state": "gone"}, {"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"cursor": "MjAyNi0wMS0wMQ=="}, {"cursor": "あ"}],
)  # fmt: skip
def test_a_page_that_cannot_be_is_refused(app_client, params):
    assert app_client.get("/v1/messages", params=params).status_code == 422


def test_a_key_needs_the_scope_review(app_client, sqlite_database, held):
    key = make_key(sqlite_database, scopes=(Scope.SCORE, Scope.REPORT))
    headers = {"Authorization": f"Bearer {key}"}

    assert app_client.get("/v1/messages", headers=headers).status_code == 403
    assert app_client.post("/v1/messages/m-a/approve", headers=headers).status_code == 403
    assert app_client.post("/v1/feedback", json={}, headers=headers).status_code == 403


FEEDBACK = {"id": "fb-1", "text": "ころしてやる（ゲームの話）", "categories": []}


def corrections(database, **given):
    with database.read() as connection:
        return list(feedback.corrections(connection, **given))


def test_feedback_is_kept_once_for_training(app_client, sqlite_database):
    first, second = (app_client.post("/v1/feedback", json=FEEDBACK) for _ in range(2))

    assert (first.status_code, first.json()) == (201, {"id": "fb-1", "status": "kept"})
    assert second.json()["status"] == "known"
    [kept] = corrections(sqlite_database)
    assert (kept.text, kept.categories) == (FEEDBACK["text"], ())


def test_feedback_on_a_message_takes_its_text_from_us(app_client, sqlite_database):
    said = body("早く死ねよお前")
    app_client.post("/v1/score", json=said)

    answer = app_client.post(
        "/v1/feedback", json={"id": "fb-1", "message_id": said["id"], "categories": ["threat", "insult"]}
    )

    assert answer.status_code == 201
    [kept] = corrections(sqlite_database)
    assert (kept.text, kept.categories) == (said["text"], (Category.INSULT, Category.THREAT))


def test_feedback_on_minors_is_left_out_unless_asked_for(app_client, sqlite_database):
    app_client.post("/v1/feedback", json=FEEDBACK | {"minors": True})

    assert corrections(sqlite_database) == []
    assert len(corrections(sqlite_database, protected=True)) == 1


@pytest.mark.parametrize(
    ("spoilt", "status"),
    [
        ({"text": "別の話"}, 409),
        ({"id": "fb-2", "text": None}, 422),
        ({"id": "fb-2", "text": None, "message_id": "m-never"}, 422),
        ({"id": "fb-2", "categories": ["rude"]}, 422),
        ({"id": "fb-2", "txet": "x"}, 422),
    ],
)
def test_feedback_that_cannot_be_used_is_refused(app_client, spoilt, status):
    app_client.post("/v1/feedback", json=FEEDBACK)

    assert app_client.post("/v1/feedback", json=FEEDBACK | spoilt).status_code == status
