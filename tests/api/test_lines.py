"""NDJSON: lines in, lines out, in order; a bad line is answered in its place."""

import json

import pytest
from sqlalchemy import func, select

from api.score_lines import LONGEST_LINE
from moderation.storage.tables.cases import case_hits
from moderation.taxonomy import Scope
from tests.support.factories import body
from tests.support.servers import make_key

INSULT = "早く死ねよお前"
NDJSON = {"Content-Type": "application/x-ndjson"}


def post(client, *lines, **params):
    content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    answer = client.post("/v1/score", content=content, headers=NDJSON, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_every_line_is_answered_in_its_order(app_client):
    sent = [body(text) for text in ("おはよう", INSULT, "ナイス！")]

    rows = post(app_client, *sent)

    assert [row["id"] for row in rows] == [one["id"] for one in sent]
    assert [row["review"] for row in rows] == [False, True, False]


def test_a_flagged_line_is_saved_before_it_is_answered(app_client, sqlite_database):
    [row] = post(app_client, body(INSULT))

    with sqlite_database.read() as connection:
        assert connection.execute(select(case_hits.c.case_id)).scalar_one() == row["case_id"]


def test_more_lines_than_a_chunk_holds_are_all_scored(app_client, redis):
    sent = [body(f"{n}かいめ", author={"id": f"u-{n}"}, room={"id": f"r-{n}"}) for n in range(2_500)]

    rows = post(app_client, *sent)

    assert [row["id"] for row in rows] == [one["id"] for one in sent]
    assert redis.xlen("ibasho:scored") == 2_500


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (b"{", "invalid"),
        (b'"text"', "invalid"),
        (b"\xff\xfe", "invalid"),
        (b"[" * 100_000, "invalid"),
        (b'{"id":"' + b"x" * LONGEST_LINE + b'"}', "invalid"),
        (json.dumps(body() | {"txet": 1}).encode(), "invalid"),
        (json.dumps(body(sent_at="0001-01-01T00:00:00+14:00")).encode(), "invalid"),
        (json.dumps(body("あ" * 10_001)).encode(), "invalid"),
        (json.dumps(body(id="taken", text="別の話")).encode(), "message_conflict"),
    ],
)
def test_a_bad_line_is_answered_in_its_place_and_the_others_are_scored(app_client, bad, code):
    first, last = body(id="taken"), body()

    rows = post(app_client, first, b"", bad, last)

    assert [row.get("error", {}).get("code") for row in rows] == [None, code, None]
    assert rows[1]["line"] == 3
    assert [rows[0]["id"], rows[2]["id"]] == ["taken", last["id"]]


def test_a_bad_line_is_named_by_its_id_where_it_has_one(app_client):
    [row] = post(app_client, body(id="m-7", text=3))

    assert row["id"] == "m-7"
    assert row["error"]["errors"] == [{"pointer": "/text", "detail": "Expected `str`, got `int`"}]


def test_no_lines_are_no_answers(app_client):
    assert post(app_client, b"", b"  ", b"") == []


def test_options_stand_in_the_address(app_client, sqlite_database):
    [row] = post(app_client, body(INSULT, sent_at="2026-01-05T12:00:00+09:00"), dry_run="true", replay="true")

    assert row["clock"] == "sent"
    assert row["case_id"] is None
    with sqlite_database.read() as connection:
        assert connection.execute(select(func.count()).select_from(case_hits)).scalar_one() == 0


@pytest.mark.parametrize("params", [{"dry_run": "perhaps"}, {"timeout_ms": "0"}, {"dryrun": "true"}])
def test_a_wrong_option_is_refused(app_client, params):
    answer = app_client.post("/v1/score", content=b"", headers=NDJSON, params=params)

    assert answer.status_code == 422


def test_with_json_an_option_in_the_address_is_refused(app_client):
    answer = app_client.post("/v1/score?dry_run=true", json=body())

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/dry_run"


def test_only_an_admin_key_may_replay(app_client, sqlite_database):
    key = make_key(sqlite_database, scopes=(Scope.SCORE,))
    headers = NDJSON | {"Authorization": f"Bearer {key}"}

    assert app_client.post("/v1/score?replay=true", content=b"", headers=headers).status_code == 403


def test_where_nothing_can_be_saved_each_line_says_so(app_client, sqlite_settings):
    path = sqlite_settings.data_dir / "ibasho.db"
    app_client.post("/v1/score", json=body())  # the key is known from here on
    app_client.app.state.parts.database.dispose()
    path.rename(path.with_suffix(".gone"))
    path.mkdir()

    rows = post(app_client, body(INSULT), body(INSULT))

    assert [row["error"]["status"] for row in rows] == [503, 503]
