"""ルール: a rules manager edits, checks, tries, activates and takes back, without an engineer."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from moderation.scoring.rule_source import RuleSource
from moderation.storage.accounts import accounts
from moderation.storage.rules import alarms, backtests, room_stances, rulesets
from moderation.taxonomy import Role
from tests.rules.support import SOUND


@pytest.fixture
def manager(app, engines, visit):
    app.state.parts.engines = engines
    return visit("mori", Role.RULES_MANAGER)


@pytest.fixture
def service(sqlite_database):
    with sqlite_database.write() as unit:
        accounts.add_service(unit.connection, "test", name="test", now=datetime.now(UTC))
    return "test"


def text_in(page):
    import html

    return html.unescape(re.search(r'<textarea id="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])


def test_the_whole_change_from_edit_to_in_force_and_back(manager, engines):
    page = manager.get("/console/rules/insult.die_command").text
    text = text_in(page).replace("score: 0.", "score: 0.0", 1)
    checked = manager.post("/console/rules/insult.die_command", text=text, act="check").text
    assert "間違いはありません。" in checked
    assert "insult.die_command" in re.search(r"版を上げます: ([^<]*)", checked)[1]

    kept = manager.post("/console/rules/insult.die_command", text=text, act="keep", note="弱めた")
    assert kept.status_code == 303
    address = kept.headers["location"]
    shown = manager.get(address).text
    assert "この版を有効にする" in shown
    assert re.search(r'<span class="plus">\+version: \d+</span>', shown)

    engines.leave()  # nobody scores in this test, so nobody has to be waited for
    done = manager.post(f"{address}/activate")
    assert done.headers["location"].endswith("?done=activated")
    assert "すべてのサーバーで有効になりました。" in manager.get(done.headers["location"]).text
    back = manager.post("/console/rules/rollback")
    assert "この版に戻しました。" in manager.get(back.headers["location"]).text


def test_mistakes_are_told_in_japanese_with_their_line_and_nothing_is_kept(manager, sqlite_database):
    wrong = SOUND.replace("severity: medium", "severty: medium")

    answer = manager.post("/console/rules/new", text=wrong, act="keep")

    assert answer.status_code == 422
    assert "という鍵はありません" in answer.text
    assert "「severity」ではありませんか。" in answer.text
    assert 'data-line="6"' in answer.text
    assert "severty: medium" in text_in(answer.text)
    with sqlite_database.read() as connection:
        assert len(rulesets.newest(connection, most=9)) == 1


def test_a_message_is_tried_with_every_condition(manager):
    page = manager.post("/console/rules/new", text=SOUND, act="try", message="これはだめなことばです").text

    assert re.search(r'truth-true">当たる</span>\s*<bdi class="id">insult.example@1', page)
    assert "だめなことば" in page


def test_a_rule_without_an_id_and_one_without_changes_are_explained(manager):
    assert "最初の行に" in manager.post("/console/rules/new", text="title: x", act="check").text
    same = text_in(manager.get("/console/rules/insult.die_command").text)
    assert manager.post("/console/rules/insult.die_command", text=same, act="keep").status_code == 409


def test_lists_are_edited_the_same_way(manager):
    assert "insult.die_command" in manager.get("/console/rules/lists/die_commands").text
    text = text_in(manager.get("/console/rules/lists/die_commands").text)
    text = text.replace("terms: [", "terms: [ほしぞらがっ, ", 1)

    kept = manager.post("/console/rules/lists/die_commands", text=text, act="keep")

    assert kept.status_code == 303
    assert "ほしぞらがっ" in manager.get(kept.headers["location"]).text


def test_samples_of_minors_rules_are_kept_from_who_may_not_see_them(manager, sqlite_database, visit):
    from tests.workers.factories import record as scored

    record = scored(text="まもられた文", rules=[("rule:solicitation.minor_contact@1", "live")], minors=True)
    from moderation.storage.chat import archive

    with sqlite_database.write_archive() as unit:
        archive.record(unit.connection, [record], lambda *_: "0" * 16)

    assert "まもられた文" not in manager.get("/console/rules/solicitation.minor_contact").text


def test_an_alarm_is_shown_until_somebody_saw_it(manager, sqlite_database):
    with sqlite_database.write() as unit:
        alarms.sound(
            unit.connection,
            RuleSource("insult.voice", 1),
            alarms.TOO_BROAD,
            {"hits": 90},
            now=datetime.now(UTC),
        )
    page = manager.get("/console/rules").text
    assert "自動で「記録のみ」にしました" in page
    alarm = re.search(r"/console/rules/alarms/(\w+)", page)[1]

    manager.post(f"/console/rules/alarms/{alarm}")

    assert "自動で「記録のみ」にしました" not in manager.get("/console/rules").text


def test_a_backtest_is_asked_for_and_its_state_told(app, manager, service, sqlite_database):
    asked = []
    app.state.parts.jobs = type("Jobs", (), {"run_backtest": lambda self, name: asked.append(name)})()
    with sqlite_database.read() as connection:
        active = rulesets.active(connection).version

    manager.post(f"/console/rules/sets/{active}/backtest", days="7")

    assert "順番待ち" in manager.get(f"/console/rules/sets/{active}").text
    assert manager.get(f"/console/rules/backtests/{asked[0]}").json()["state"] == backtests.WAITING


def test_what_a_rule_did_is_shown_and_then_taken_back(manager, desk, sqlite_database):
    case_id = desk.case("変な声", at=datetime.now(UTC))
    since = (datetime.now(UTC) + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    fields = {"version": "2", "since": since, "until": ""}

    preview = manager.post("/console/rules/insult.test/undo", act="preview", **fields).text
    refused = manager.post("/console/rules/insult.test/undo", act="undo", **fields)
    done = manager.post("/console/rules/insult.test/undo", act="undo", reason="広すぎた", **fields).text

    assert "変な声" in preview
    assert refused.status_code == 422
    assert "取り消しました。" in done
    with sqlite_database.read() as connection:
        from moderation.storage.desk.case import decisions_of

        [decision] = decisions_of(connection, case_id)
    assert (decision.ruling.outcome, decision.ruling.reason) == (
        "no_violation",
        "rule:insult.test@2: 広すぎた",
    )


def test_any_moderator_raises_and_lowers_the_shield(visit, service, sqlite_database):
    aoki = visit("aoki")

    aoki.post("/console/shield", service=service, room="r-1", minutes="30", act="raise")

    assert "上がっている" in aoki.get("/console/shield").text
    with sqlite_database.read() as connection:
        assert room_stances.read(connection, now=datetime.now(UTC))[service, "r-1"].shield_until
    aoki.post("/console/shield", service=service, room="r-1", act="lower")
    assert "どの配信枠でも下りています" in aoki.get("/console/shield").text


def test_who_may_not_edit_sees_no_way_to(app, engines, visit):
    app.state.parts.engines = engines

    assert "保存して確認へ" not in visit("lee", Role.LEAD).get("/console/rules/insult.voice").text
    assert visit("aoki").get("/console/rules").status_code == 403
    assert visit("ana", Role.ANALYST).post("/console/rules/rollback").status_code == 403
