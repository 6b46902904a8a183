"""Campaigns over HTTP and on the command line, with good and bad input."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.cli import campaigns as command
from api.console import names
from moderation.campaigns.reach import read_reach_csv
from moderation.errors import Invalid
from moderation.storage.accounts import audit
from moderation.storage.tables.delivery import audit as trail
from moderation.storage.trends import campaigns as store
from moderation.trends.days import jst_day_of

TODAY = date(2026, 8, 2)
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).isoformat()
ARTICLE = {"title": "言い返す前に、ひと呼吸", "categories": ["insult"], "published_at": YESTERDAY}


def test_an_article_is_entered_followed_measured_and_closed(app_client, sqlite_database):
    made = app_client.post("/v1/campaigns", json=ARTICLE)
    assert made.status_code == 201
    place = f"/v1/campaigns/{made.json()['id']}"

    event = {"at": datetime.now(UTC).isoformat(), "kind": "revision", "note": "図を足した"}
    assert app_client.post(f"{place}/events", json=event).json()["events"][0]["note"] == "図を足した"
    day = jst_day_of(datetime.now(UTC)).isoformat()
    assert app_client.put(f"{place}/reach", json={"days": [{"day": day, "views": 10}]}).json() == {"days": 1}
    table = f'\ufeff日付,閲覧数,読者数\n{day.replace("-", "/")},"1,200",900\n'.encode()
    csv = {"Content-Type": "text/csv"}
    assert app_client.put(f"{place}/reach.csv", content=table, headers=csv).json() == {"days": 1}
    late = {"days": [{"day": "2999-01-01", "views": 1}, {"day": day}]}
    refused = app_client.put(f"{place}/reach", json=late)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/days/0/day", "/days/1"]
    refused = app_client.put(f"{place}/reach.csv", content="日付,閲覧数\n".encode("utf-16"), headers=csv)
    assert refused.status_code == 422
    readers = {"readers": [{"author_id": "u-a1", "read_at": YESTERDAY}] * 2}
    assert app_client.post(f"{place}/readers", json=readers).json() == {"new": 1}

    found = app_client.get(place).json()
    assert found["reach"] == {"days": [{"day": day, "views": 1200, "readers": 900}], "known_readers": 1}
    with sqlite_database.read() as connection:
        [reader] = store.readers(connection, made.json()["id"])
    assert "u-a1" not in reader
    assert len(reader) == 32

    effect = app_client.get(f"{place}/effect").json()
    assert (effect["verdict"], effect["verdict_ja"]) == ("unclear", "判断できない")
    assert [reason["code"] for reason in effect["reasons"]] == ["too_early"]
    assert effect["interrupted_time_series"] is None
    for _ in range(2):
        assert app_client.post(f"{place}/close").json()["closed_at"]
    with sqlite_database.write() as unit:
        audit.seal(unit.connection)
    with sqlite_database.read() as connection:
        acts = list(connection.execute(select(trail.c.act).order_by(trail.c.seq)).scalars())
    assert acts[-3:] == ["campaign.add", "campaign.revision", "campaign.close"]
    assert all(names.ACT[act] for act in acts[-3:])
    assert [one["id"] for one in app_client.get("/v1/campaigns").json()["campaigns"]] == [made.json()["id"]]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": " "}, "/title"),
        ({"categories": []}, "/categories"),
        ({"categories": ["insult", "rudeness"]}, "/categories/1"),
        ({"policies": ["no-such-clause"]}, "/policies/0"),
        ({"url": "ftp://x"}, "/url"),
        ({"published_at": "1999-01-01T00:00:00Z"}, "/published_at"),
        ({"published_at": "2099-01-01T00:00:00Z"}, "/published_at"),
        ({"published_at": "2026-08-01T00:00:00"}, "/published_at"),
        ({"audience": {"kind": "rooms", "values": []}}, "/audience/values"),
        ({"audience": {"kind": "all", "values": ["fps"]}}, "/audience/values"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_bad_entry_is_refused_with_the_place(app_client, change, pointer):
    answer = app_client.post("/v1/campaigns", json=ARTICLE | change)

    assert answer.status_code == 422
    assert pointer in {one["pointer"] for one in answer.json()["errors"]}


def test_what_is_not_there_or_cannot_be_planned_is_said(app_client):
    assert app_client.get("/v1/campaigns/nothing/effect").status_code == 404
    assert app_client.get("/v1/campaigns/plan?categories=rudeness").status_code == 422
    assert app_client.get("/v1/campaigns/plan?categories=insult&change=0").status_code == 422
    assert app_client.get("/v1/campaigns/plan?categories=insult").json()["weeks"] is None


@pytest.mark.parametrize(
    "data",
    [
        "日付,閲覧数\n2026/8/1,1200\n".encode("cp932"),
        "日付,閲覧数\r\n2026年8月1日,1200\r\n".encode("cp932"),
        "\ufeff日付,閲覧数\r2026-08-01,1200\r".encode(),
        '\n日付,閲覧数\n２０２６／８／１,"１，２００"\n'.encode(),
        b'day,views,readers\n\n2026-08-01,"1,200",\n',
        "日付\t閲覧数\n2026/08/01\t1,200\n".encode(),
        b"day;views\n2026-08-01;1200\n",
    ],
)
def test_spreadsheets_as_they_are_saved_here_are_read(data):
    [one] = read_reach_csv(data, today=TODAY)

    assert (one.day.isoformat(), one.views, one.readers) == ("2026-08-01", 1200, None)


def test_readers_without_views_are_known_readers():
    [one] = read_reach_csv(b"day,readers\n2026-08-01,3\n", today=TODAY)

    assert (one.views, one.readers) == (None, 3)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"day\n2026-08-01\n", 1),
        (b"views\n3\n", 1),
        (b"day,views\n", 2),
        (b"day,views\n2026-13-01,3\n", 2),
        (b"day,views\n2026-08-01,many\n", 2),
        (b"day,views\n2026-08-01,-3\n", 2),
        (b"day,views,readers\n2026-08-01,,\n", 2),
        (b"day,views\n2026-08-01,3\n2026-08-01,4\n", 3),
        (b"day,views\n2026-08-01,1,200\n", 2),
        (b"day,views\n2026-08-03,3\n", 2),
        (b"\n\nviews\n3\n", 3),
        (b'day,views\n"' + b"a" * 200_000, 2),
        ("日付,閲覧数\n2026-08-01,3\n".encode("euc-jp"), 1),
        ("日付,閲覧数\n2026-08-01,3\n".encode("utf-16"), 1),
    ],
)
def test_a_bad_spreadsheet_is_refused_with_the_line(data, line):
    with pytest.raises(Invalid) as refused:
        read_reach_csv(data, today=TODAY)

    assert refused.value.problems[0].pointer == f"/line/{line}"


def test_the_command_line_enters_lists_and_says_that_it_is_too_early(
    app_client, sqlite_settings, monkeypatch, tmp_path
):
    monkeypatch.setenv("IBASHO_DATA_DIR", str(sqlite_settings.data_dir))
    monkeypatch.setenv("IBASHO_MODEL_DIR", str(sqlite_settings.model_dir))
    run = CliRunner().invoke

    made = run(command.app, ["add", "題", "--category", "insult", "--published", YESTERDAY])
    assert made.exit_code == 0, made.output
    campaign = made.stdout.strip()
    file = tmp_path / "reach.csv"
    file.write_text("day,views\n2026-08-01,5\n", encoding="utf-8")

    assert run(command.app, ["reach", campaign, str(file)]).exit_code == 0
    assert (
        run(command.app, ["event", campaign, "follow_up", "--at", datetime.now(UTC).isoformat()]).exit_code
        == 0
    )
    listed = json.loads(run(command.app, ["list", "--json"]).stdout)
    assert [(one["id"], len(one["events"])) for one in listed] == [(campaign, 1)]
    assert "判定：判断できない" in run(command.app, ["effect", campaign]).stdout
    assert run(command.app, ["pin"]).exit_code == 0
    assert "already" in run(command.app, ["pin"]).stderr
    assert isinstance(run(command.app, ["plan", "--category", "insult"]).exception, Invalid)
    assert run(command.app, ["add", "題", "--category", "insult", "--published", "きのう"]).exit_code == 2
