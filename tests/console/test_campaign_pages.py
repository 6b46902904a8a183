"""Awareness articles in the console: entered, planned, measured, drawn."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from moderation.storage.accounts import accounts
from moderation.storage.trends.pseudonym import read_pseudonyms
from moderation.taxonomy import Role
from moderation.trends.days import JST, jst_day_of
from tests.campaigns import world


@pytest.fixture
def cs(visit, sqlite_database):
    with sqlite_database.write() as unit:
        accounts.add_service(unit.connection, "stream", name="stream", now=world.PUBLISHED)
    return visit("sato", Role.ANALYST)


@pytest.fixture
def model(sqlite_database, sqlite_settings, monkeypatch):
    monkeypatch.setattr(world, "PSEUDONYMS", read_pseudonyms(sqlite_settings))
    return world.pinned(sqlite_database)


def test_an_article_is_entered_and_its_page_says_what_cannot_be_told_yet(cs, model):
    form = {
        "title": "言い返す前に、ひと呼吸",
        "published_at": "2026-08-03T12:00",
        "category": "insult",
        "url": "",
    }
    address = cs.post("/console/campaigns?service=stream", **form).headers["location"]

    page = cs.get(address).text
    assert "言い返す前に、ひと呼吸" in page
    assert "判断できない" in page
    assert cs.get(address.replace("?", "/chart.png?")).status_code == 404


def test_an_article_that_is_still_to_come_shows_how_things_are_and_what_can_be_told(
    cs, sqlite_database, model
):
    now, dice = datetime.now(UTC), random.Random(1)
    for ago in range(1, 36):
        day = jst_day_of(now - timedelta(days=ago))
        world.keep(sqlite_database, world.chat(day, dice, insults=0.3), model)
    coming = now + timedelta(days=5)
    world.article(sqlite_database, model, published_at=coming)

    page = cs.get("/console/campaigns/c1?service=stream").text

    assert f"{coming.astimezone(JST):%m/%d %H:%M}</time>" in page
    assert "記事はまだ公開されていません" in page
    assert "5回に4回は分かります" in page
    assert "これまでの動き" in page
    assert cs.get("/console/campaigns/c1/chart.png?service=stream").status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "題は1〜200文字です。"),
        ({"published_at": "きのう"}, "公開日時は、2000年から"),
        ({"category": "rudeness"}, "カテゴリを一つ以上選んで"),
        ({"url": "javascript:alert(1)"}, "URLは https:// で"),
        ({"audience": "rooms"}, "対象を書いてください"),
    ],
)
def test_what_cannot_be_entered_is_named_and_nothing_typed_is_lost(cs, change, said):
    form = {"title": "記事の題", "published_at": "2026-08-03T12:00", "category": "insult"} | change

    answer = cs.post("/console/campaigns?service=stream", **form)

    assert answer.status_code == 422
    assert said in answer.text
    if "title" not in change:
        assert "記事の題" in answer.text


def test_a_fall_after_an_article_is_told_and_drawn_with_its_marks(cs, sqlite_database, model):
    world.weeks(sqlite_database, model, effect=0.4)
    world.article(sqlite_database, model)
    address = "/console/campaigns/c1"
    added = cs.post(
        f"{address}?service=stream", act="event", kind="revision", at="2026-08-10T09:00", note="追記"
    )
    assert added.status_code == 303
    reach = cs.post(f"{address}?service=stream", act="reach", reach="日付,閲覧数,読者数\n2026-08-04,1200,\n")
    assert reach.status_code == 303

    page = cs.get(f"{address}?service=stream").text

    assert "判定：減った" in page
    assert "8月10日 改訂" in page
    assert "山の日" in page
    assert "1,200" in page
    assert cs.get(f"{address}/chart.png?service=stream").content.startswith(b"\x89PNG")
    assert "<svg" in cs.get(f"{address}/chart.svg?service=stream").text


@pytest.mark.parametrize("encoding", ["shift_jis", "utf-8-sig"])
def test_reach_comes_as_a_file_as_a_spreadsheet_saves_it(cs, sqlite_database, model, encoding):
    world.article(sqlite_database, model)
    table = '日付,閲覧数\n2026/8/4,"1,234"\n'.encode(encoding)

    def send(content):
        return cs.client.post(
            "/console/campaigns/c1?service=stream",
            data=cs.fields | {"act": "reach", "reach": ""},
            files={"file": ("記事.csv", content, "text/csv")},
        )

    assert send(table).status_code == 303
    assert send(b"\xff\xfe\x00").status_code == 422
    assert "1,234" in cs.get("/console/campaigns/c1?service=stream").text


def test_planning_says_how_long_or_that_it_cannot_tell(cs):
    page = cs.get("/console/campaigns?service=stream&category=insult&change=-0.3").text

    assert "まだ見積もれません" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"act": "event", "kind": "revision", "at": "2026-08-01T09:00"}, "公開より後"),
        ({"act": "event", "kind": "party", "at": "2026-08-10T09:00"}, "種類を選んで"),
        ({"act": "reach", "reach": "なにか\n1"}, "1行目を直してください"),
        ({"act": "reach", "reach": "日付,閲覧数\n<きのう>,1"}, "&lt;きのう&gt;,1</textarea>"),
        ({"act": "dance"}, "/act"),
    ],
)
def test_what_cannot_be_noted_is_named(cs, sqlite_database, model, fields, said):
    world.article(sqlite_database, model)

    answer = cs.post("/console/campaigns/c1?service=stream", **fields)

    assert answer.status_code == 422
    assert said in answer.text
