"""A moderator's way through the pages: claim, decide, next, undo; and what goes wrong on it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from moderation.scoring.talk import RoomLine
from moderation.scoring.verdict import Outcome as Verdicts
from moderation.storage.tables.cases import cases, decisions
from moderation.taxonomy import Role


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def aoki(visit):
    return visit("aoki")


def outcomes(desk):
    return [row["outcome"] for row in desk.rows(select(decisions))]


class TestQueue:
    def test_shows_what_waits(self, aoki, desk, now):
        desk.room("r-1", category="fps", title="初心者配信")
        desk.case("お前ほんと消えろ", at=now)
        page = aoki.get("/console/queue").text

        for text in ("みかん箱", "初心者配信", "侮辱・誹謗中傷", "審査キュー", "次のケース"):
            assert text in page
        assert '<span class="veil">お〇</span>' in page

    def test_says_so_when_nothing_waits(self, aoki):
        assert "審査待ちのケースはありません" in aoki.get("/console/queue").text

    @pytest.mark.parametrize(
        "query",
        [
            "page=0",
            "page=-1",
            "page=9999999999999999999999",
            "page=x",
            "severity=huge",
            "category='",
            "state=x",
            "queue=%00",
        ],
    )
    def test_bad_values_in_the_address_are_left_out(self, aoki, desk, now, query):
        desk.case(at=now)

        assert aoki.get(f"/console/queue?{query}").status_code == 200


class TestCasePage:
    def test_shows_everything_a_decision_needs(self, aoki, desk, now):
        talk = [
            RoomLine("t-1", "u-7", "てんどん", "ナイス！", now - timedelta(seconds=20)),
        ]
        case_id = desk.case("お前ほんと消えろ", at=now, context=talk, verdict=Verdicts.HOLD)
        desk.report(case_id, text="こわいです")
        aoki.post(f"/console/cases/{case_id}/claim")
        page = aoki.get(f"/console/cases/{case_id}").text

        for text in (
            "相手をおとしめる表現です。",
            "ルール insult.test 第2版",
            "てんどん",
            "ナイス！",
            "こわいです",
            "保留中",
            "H-1",
            "有効なストライク",
            "担当開始",
            "model-1",
        ):
            assert text in page, text
        for key in "1234567":
            assert f'data-key="{key}"' in page

    def test_of_a_case_nobody_has_offers_the_claim(self, aoki, desk, now):
        page = aoki.get(f"/console/cases/{desk.case(at=now)}").text

        assert "このケースを担当する" in page
        assert 'name="preset"' not in page

    def test_of_a_case_that_somebody_has_names_them(self, aoki, visit, desk, now):
        case_id = desk.case(at=now)
        visit("baba").post(f"/console/cases/{case_id}/claim")

        assert "Babaさんが担当中です" in aoki.get(f"/console/cases/{case_id}").text

    @pytest.mark.parametrize("case_id", ["nothing", "%00", "x" * 3000, "あ"])
    def test_of_no_case_is_not_found(self, aoki, case_id):
        answer = aoki.get(f"/console/cases/{case_id}")

        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")


class TestDecide:
    def test_by_one_key_settles_the_case_and_opens_the_next(self, aoki, desk, now):
        first, second = desk.case(author="u-1", at=now), desk.case(author="u-2", at=now)
        aoki.post("/console/next")

        answer = aoki.decide(first, preset="warn")

        assert answer.headers["location"].startswith(f"/console/cases/{second}?decided=")
        page = aoki.get(answer.headers["location"]).text
        assert "元に戻す" in page
        assert outcomes(desk) == ["violation"]

    def test_of_the_last_case_leads_back_to_the_queue(self, aoki, desk, now):
        case_id = desk.case(at=now)
        aoki.post("/console/next")

        answer = aoki.decide(case_id, preset="clear")

        assert answer.headers["location"].startswith("/console/queue?decided=")
        assert "元に戻す" in aoki.get(answer.headers["location"]).text

    def test_in_detail(self, aoki, desk, now):
        case_id = desk.case(at=now)
        aoki.post("/console/next")

        aoki.decide(
            case_id,
            outcome="violation",
            categories=["insult", "threat"],
            policy_id="H-2",
            actions=["hide", "timeout"],
            reason="",
            internal_note="二度目",
        )

        [row] = desk.rows(select(decisions))
        assert (row["categories"], row["actions"], row["policy_id"]) == (
            ["insult", "threat"],
            ["hide", "timeout"],
            "H-2",
        )
        assert row["reason"]
        assert "二度目" in aoki.get(f"/console/cases/{case_id}").text

    def test_sent_twice_decides_once(self, aoki, desk, now):
        case_id, following = desk.case(author="u-1", at=now), desk.case(author="u-2", at=now)
        desk.case(author="u-3", at=now)
        aoki.post("/console/next")
        form = aoki.form(case_id) | {"preset": "warn"}

        first, second = (aoki.post(f"/console/cases/{case_id}/decide", **form) for _ in range(2))

        assert first.headers["location"] == second.headers["location"]
        assert outcomes(desk) == ["violation"]
        held = desk.rows(select(cases).where(cases.c.claimed_by == aoki.user_id))
        assert [row["id"] for row in held] == [following]

    def test_the_page_before_sent_again_with_another_key_is_refused(self, aoki, desk, now):
        case_id = desk.case(at=now)
        aoki.post("/console/next")
        form = aoki.form(case_id)
        aoki.post(f"/console/cases/{case_id}/decide", **form, preset="warn")

        answer = aoki.post(f"/console/cases/{case_id}/decide", **form, preset="ban")

        assert answer.status_code == 409
        assert "この画面からの決定はすでに送信されています" in answer.text
        assert outcomes(desk) == ["violation"]

    def test_when_somebody_was_faster_says_so_and_keeps_what_was_typed(self, aoki, visit, desk, now):
        case_id = desk.case(at=now)
        aoki.post("/console/next")
        form = aoki.form(case_id)
        with desk.database.write() as unit:
            unit.connection.execute(update(cases).values(claimed_until=now - timedelta(seconds=1)))
        visit("baba").post(f"/console/cases/{case_id}/claim")

        answer = aoki.post(
            f"/console/cases/{case_id}/decide", **form, outcome="violation", internal_note="大事なメモ"
        )

        assert answer.status_code == 422  # what is missing in the form comes first
        form |= {"categories": "insult", "policy_id": "H-1", "actions": "warn"}
        answer = aoki.post(
            f"/console/cases/{case_id}/decide", **form, outcome="violation", internal_note="大事なメモ"
        )
        assert answer.status_code == 409
        assert "他のモデレーターに移っています" in answer.text
        assert "大事なメモ" in answer.text
        assert outcomes(desk) == []

    def test_notes_that_are_too_long_come_back_whole(self, aoki, desk, now):
        case_id = desk.case(at=now)
        aoki.post("/console/next")
        note = "長" * 10_001

        answer = aoki.decide(case_id, outcome="no_violation", internal_note=note)

        assert answer.status_code == 422
        assert "内部メモは10,000文字以内" in answer.text
        assert note in answer.text
        assert aoki.decide(case_id, outcome="no_violation", internal_note=note[1:]).status_code == 303

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"preset": "nuke"}, 422),
            ({"outcome": "guilty"}, 422),
            ({"outcome": "violation", "categories": "fun", "policy_id": "H-1"}, 422),
            ({"outcome": "violation", "categories": "insult", "policy_id": "Z-9", "actions": "warn"}, 422),
            ({"outcome": "no_violation", "actions": "ban"}, 422),
            ({"preset": "warn", "version": "x"}, 403),
            ({"preset": "warn", "version": "9" * 40}, 403),
            ({"preset": "warn", "version": "999"}, 409),
            ({"preset": "warn", "seen_hit_seq": "999"}, 422),
            ({"preset": "warn", "decision_id": "x"}, 422),
            ({}, 422),
        ],
    )
    def test_a_damaged_form_changes_nothing(self, aoki, desk, now, fields, status):
        case_id = desk.case(at=now)
        aoki.post("/console/next")

        answer = aoki.decide(case_id, **fields)

        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert outcomes(desk) == []


class TestUndo:
    def test_leads_back_to_the_case_and_gives_the_next_one_back(self, aoki, desk, now):
        first, second = desk.case(author="u-1", at=now), desk.case(author="u-2", at=now)
        aoki.post("/console/next")
        decided = aoki.decide(first, preset="ban").headers["location"].partition("decided=")[2]

        answer = aoki.post(f"/console/cases/{first}/undo", decision_id=decided, leaving=second)

        assert answer.headers["location"] == f"/console/cases/{first}?undone=1"
        page = aoki.get(answer.headers["location"]).text
        assert "決定を取り消しました" in page
        assert 'name="preset"' in page
        held = desk.rows(select(cases).where(cases.c.claimed_by == aoki.user_id))
        assert [row["id"] for row in held] == [first]

    def test_of_somebody_elses_decision_is_refused_in_words(self, aoki, visit, desk, now):
        case_id = desk.case(at=now)
        aoki.post("/console/next")
        decided = aoki.decide(case_id, preset="warn").headers["location"].partition("decided=")[2]

        answer = visit("baba").post(f"/console/cases/{case_id}/undo", decision_id=decided)

        assert answer.status_code == 403
        assert "リーダーに依頼" in answer.text
        assert (
            visit("mori", Role.LEAD).post(f"/console/cases/{case_id}/undo", decision_id=decided).status_code
            == 303
        )

    def test_twice_says_that_there_is_nothing(self, aoki, desk, now):
        case_id = desk.case(at=now)
        aoki.post("/console/next")
        decided = aoki.decide(case_id, preset="warn").headers["location"].partition("decided=")[2]
        aoki.post(f"/console/cases/{case_id}/undo", decision_id=decided)

        answer = aoki.post(f"/console/cases/{case_id}/undo", decision_id=decided)

        assert answer.status_code == 409
        assert "取り消せる決定がありません" in answer.text


class TestLease:
    def test_is_renewed_while_the_page_is_open(self, aoki, desk, now):
        case_id = desk.case(at=now)
        aoki.post("/console/next")

        answer = aoki.post(f"/console/cases/{case_id}/renew", version=aoki.form(case_id)["version"])

        assert answer.status_code == 200
        assert answer.json()["hit_seq"] == 1

    def test_of_a_case_somebody_took_is_a_conflict(self, aoki, visit, desk, now):
        case_id = desk.case(at=now)
        visit("baba").post(f"/console/cases/{case_id}/claim")

        assert aoki.post(f"/console/cases/{case_id}/renew", version="2").status_code == 409

    def test_skip_opens_another_case_and_release_goes_back(self, aoki, desk, now):
        first, second = desk.case(author="u-1", at=now), desk.case(author="u-2", at=now)
        aoki.post("/console/next")

        assert (
            aoki.post(f"/console/cases/{first}/skip").headers["location"]
            == f"/console/cases/{second}?skipped=1"
        )
        assert aoki.post(f"/console/cases/{second}/release").headers["location"] == "/console/queue"
        assert desk.rows(select(cases).where(cases.c.claimed_by.is_not(None))) == []


def test_a_claim_that_comes_too_late_explains_itself(aoki, visit, desk, now):
    case_id = desk.case(at=now)
    visit("baba").post(f"/console/cases/{case_id}/claim")

    answer = aoki.post(f"/console/cases/{case_id}/claim")

    assert answer.status_code == 409
    assert "他のモデレーターが先に" in answer.text
    assert "Baba" in answer.text
