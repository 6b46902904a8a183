"""POST /v1/score: verdicts, idempotency, saved cases."""

import pytest
from sqlalchemy import func, select

from moderation.storage.tables.cases import case_context, case_hits, cases
from tests.support.factories import body

INSULT = "早く死ねよお前"


def post(client, *messages, **given):
    return client.post("/v1/score", json={"messages": list(messages)} | given)


def count(database, table):
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_harmless_message_is_allowed_without_a_case(app_client):
    answer = app_client.post("/v1/score", json=body("初見です、よろしくお願いします")).json()

    assert (answer["verdict"], answer["review"], answer["case_id"]) == ("allow", False, None)
    assert answer["status"] == "complete"


def test_a_flagged_message_says_why_where_and_by_which_versions(app_client, sqlite_database):
    answer = app_client.post("/v1/score", json=body(INSULT)).json()

    assert answer["review"]
    assert set(answer["categories"]) >= {"insult"}
    assert all(signal["reason"] for signal in answer["signals"])
    assert all(
        span["text"] == INSULT[span["start"] : span["end"]] for s in answer["signals"] for span in s["spans"]
    )
    assert all(answer[f"{part}_version"] for part in ("model", "lexicon", "fold", "ruleset"))
    with sqlite_database.read() as connection:
        assert connection.execute(select(case_hits.c.case_id)).scalar_one() == answer["case_id"]


def test_what_a_rule_asks_for_reaches_the_case(app_client, sqlite_database):
    answer = app_client.post("/v1/score", json=body("受け子募集 即日")).json()

    assert "rule:illegal.dark_job" in {signal["source"].partition("@")[0] for signal in answer["signals"]}
    with sqlite_database.read() as connection:
        case = connection.execute(select(cases)).one()
        [signals] = connection.execute(select(case_hits.c.signals)).scalars()
    assert (case.queue, case.asked_priority) == ("urgent", 80)
    assert max(signal["strikes"] for signal in signals) == 3


def test_spans_point_into_the_text_as_typed(app_client):
    text = "もう ﾀﾋ ﾈ よお前"

    answer = app_client.post("/v1/score", json=body(text)).json()

    assert any(span["text"].startswith("ﾀﾋ") for signal in answer["signals"] for span in signal["spans"])


def test_a_batch_is_answered_in_its_order(app_client):
    texts = ["おはよう", INSULT, "ナイス！"]

    results = post(app_client, *[body(text) for text in texts]).json()["results"]

    assert [row["review"] for row in results] == [False, True, False]


def test_windows_count_on_through_a_large_batch(app_client):
    """A batch is counted piece by piece: the sixtieth message of one author is no first one."""
    flood = [body(f"{number} 番目のはなしです") for number in range(120)]

    results = post(app_client, *flood).json()["results"]

    flagged = ["disruption" in row["categories"] for row in results]
    first = flagged.index(True)
    assert first < 20
    assert all(flagged[first:])


def test_the_same_message_again_gets_the_stored_answer_and_one_hit(app_client, sqlite_database):
    message = body(INSULT)

    first, second = (app_client.post("/v1/score", json=message) for _ in range(2))

    assert first.content == second.content
    assert count(sqlite_database, case_hits) == 1


def test_the_same_id_with_other_content_is_a_conflict(app_client):
    message = body("こんにちは")
    app_client.post("/v1/score", json=message)

    answer = app_client.post("/v1/score", json=message | {"text": "別の話"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "message_conflict"


def test_in_a_batch_a_conflict_stands_in_its_place_and_the_rest_is_scored(app_client):
    one = body("こんにちは")

    results = post(app_client, one, one | {"text": "別の話"}, one, body("どうも")).json()["results"]

    assert [row.get("error", {}).get("status") for row in results] == [None, 409, None, None]
    assert results[0] == results[2]


def test_a_case_shows_what_was_said_in_the_room_before(app_client, sqlite_database):
    for text in ("おはよう", "今日なにするの"):
        app_client.post("/v1/score", json=body(text, author={"id": "u-2", "name": "花子"}))

    app_client.post("/v1/score", json=body(INSULT))

    with sqlite_database.read() as connection:
        talk = (
            connection.execute(select(case_context.c.text).order_by(case_context.c.sent_at)).scalars().all()
        )
    assert sorted(talk) == ["おはよう", "今日なにするの"]


def test_a_dry_run_answers_and_keeps_nothing(app_client, sqlite_database, redis):
    answer = app_client.post("/v1/score", json=body(INSULT, dry_run=True)).json()

    assert answer["review"]
    assert answer["case_id"] is None
    assert count(sqlite_database, cases) == 0
    assert [
        key for key in redis.scan_iter() if not key.startswith(b"ibasho:t:")
    ] == []  # but the key's tokens


def test_old_times_are_believed_only_of_a_replay(app_client):
    old = {"sent_at": "2026-01-05T12:00:00+09:00"}

    live = app_client.post("/v1/score", json=body(**old)).json()
    replayed = app_client.post("/v1/score", json=body(replay=True, **old)).json()

    assert (live["clock"], replayed["clock"]) == ("arrival", "sent")


def test_a_deadline_that_is_over_answers_partially_and_a_retry_is_scored_again(app_client):
    message = body("あ" * 9_000)

    cut = app_client.post("/v1/score", json=message | {"timeout_ms": 1}).json()
    whole = app_client.post("/v1/score", json=message).json()

    assert cut["status"] == "partial" or cut == whole
    assert whole["status"] == "complete"


def test_ten_posts_in_ten_seconds_are_a_flood_of_one_case(app_client, sqlite_database):
    results = [app_client.post("/v1/score", json=body(f"{n}ばんめ！")).json() for n in range(30)]

    assert any(rule["id"] == "disruption.flood" for rule in results[-1]["rules"])
    assert count(sqlite_database, cases) == 1


@pytest.mark.parametrize("text", ["", "\u200b\u200b", "あ" * 10_000, "\u0000\u0007", "𝓼𝓱𝓲𝓷𝓮", "👨‍👩‍👧‍👦"])
def test_odd_texts_are_scored(app_client, text):
    assert app_client.post("/v1/score", json=body(text)).status_code == 200
