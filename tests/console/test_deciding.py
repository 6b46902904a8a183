"""Deciding and undoing on the pages, and what goes wrong on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

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
