"""POST /v1/reports, /v1/inquiries, /v1/events, and what anybody may ask."""

from sqlalchemy import select

from moderation.storage.tables.people import rooms
from tests.support.factories import body

REPORT = {
    "id": "rp-1",
    "reporter_id": "u-9",
    "subject": {"kind": "author", "id": "u-1", "room_id": "r-1"},
    "reason": "insult",
}


def test_a_report_is_answered_with_its_case(app_client):
    answer = app_client.post("/v1/reports", json=REPORT | {"text": "暴言です"})

    assert answer.status_code == 201
    assert answer.json()["status"] == "opened"
    assert answer.json()["case_id"]


def test_several_reports_are_answered_in_order(app_client):
    many = [REPORT | {"id": f"rp-{n}", "reporter_id": f"u-{n + 10}"} for n in range(3)]

    results = app_client.post("/v1/reports", json={"reports": many}).json()["results"]

    assert [row["status"] for row in results] == ["opened", "joined", "joined"]


def test_a_report_on_a_scored_message_joins_its_case(app_client):
    message = body("早く死ねよお前")
    case_id = app_client.post("/v1/score", json=message).json()["case_id"]

    answer = app_client.post(
        "/v1/reports", json=REPORT | {"subject": {"kind": "message", "id": message["id"]}}
    )

    told = answer.json()
    assert (told["id"], told["status"], told["case_id"]) == ("rp-1", "joined", case_id)


def test_a_report_id_with_other_content_is_a_conflict(app_client):
    app_client.post("/v1/reports", json=REPORT)

    assert app_client.post("/v1/reports", json=REPORT | {"reason": "threat"}).status_code == 409


def test_an_inquiry_is_taken(app_client):
    inquiry = {
        "id": "iq-1",
        "topic": "both",
        "text": "配信でもゲームでも嫌がらせを受けます",
        "ticket_id": "CS-1",
    }

    answer = app_client.post("/v1/inquiries", json=inquiry)

    assert (answer.status_code, answer.json()["status"]) == (201, "kept")


def test_events_are_taken_once_and_the_room_follows_them(app_client, sqlite_database):
    start = {
        "id": "ev-1",
        "type": "room_started",
        "at": "2026-11-01T10:00:00Z",
        "room_id": "r-1",
        "room": {"title": "朝活", "game": "ねこ将棋", "category": "board"},
    }
    viewers = {
        "id": "ev-2",
        "type": "viewers",
        "at": "2026-11-01T10:05:00Z",
        "room_id": "r-1",
        "viewers": 120,
    }
    late = {"id": "ev-3", "type": "viewers", "at": "2026-11-01T10:01:00Z", "room_id": "r-1", "viewers": 3}

    first = app_client.post("/v1/events", json={"events": [start, viewers, late]})
    again = app_client.post("/v1/events", json={"events": [start]})

    assert (first.status_code, first.json()) == (202, {"accepted": 3, "known": 0})
    assert again.json() == {"accepted": 0, "known": 1}
    with sqlite_database.read() as connection:
        [room] = connection.execute(select(rooms)).all()
    assert (room.title, room.category, room.live_viewers) == ("朝活", "board", 120)


def test_blocks_mutes_and_leaves_are_taken(app_client):
    events = [
        {
            "id": f"ev-{kind}",
            "type": kind,
            "at": "2026-11-01T10:00:00Z",
            "room_id": "r-1",
            "author_id": "u-1",
            "target_id": "u-2",
        }
        for kind in ("block", "mute", "leave")
    ]

    assert app_client.post("/v1/events", json={"events": events}).json()["accepted"] == 3


def test_the_taxonomy_names_every_category_and_reason_in_japanese(app_client):
    words = app_client.get("/v1/taxonomy").json()

    assert len(words["categories"]) == 11
    assert all(
        word["name_ja"] for kind in ("categories", "report_reasons", "severities") for word in words[kind]
    )
    assert words["policies"]


def test_it_says_that_it_is_up_and_ready(app_client):
    assert app_client.get("/healthz").json() == {"status": "ok"}
    assert app_client.get("/readyz").json()["ready"]


def test_the_openapi_document_has_an_operation_id_for_every_path(app_client):
    paths = app_client.get("/openapi.json").json()["paths"]

    assert all(
        operation.get("operationId")
        for path, methods in paths.items()
        if path.startswith("/v1/")
        for operation in methods.values()
    )
