"""The queue and the case page, and who works on what."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from moderation.scoring.talk import RoomLine
from moderation.scoring.verdict import Outcome as Verdicts
from moderation.storage.tables.cases import case_hits, cases


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def aoki(visit):
    return visit("aoki")


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

    def test_offers_a_queue_that_only_a_rule_names(self, aoki, desk, now):
        desk.case(queue="night_shift", at=now)

        assert "night_shift（1）" in aoki.get("/console/queue").text


class TestCasePage:
    @pytest.mark.parametrize("page", ["", "/print"])
    def test_a_reason_veils_what_its_message_veils(self, aoki, desk, now, page):
        case_id = desk.case("お前ほんと消えろ", reason="「お前」は侮辱の語です。", at=now)

        text = aoki.get(f"/console/cases/{case_id}{page}").text

        assert "「お前」" not in text
        assert "は侮辱の語です。" in text

    @pytest.mark.parametrize("page", ["", "/print", "/talk"])
    def test_the_talk_veils_what_other_cases_found_in_it(self, aoki, desk, now, page):
        desk.case("ばかは黙ってろ", author="u-other", at=now)
        [other] = desk.rows(select(case_hits))
        said = RoomLine(
            message_id=other["message_id"],
            author_id="u-other",
            author_name="ほかの人",
            text=other["text"],
            sent_at=now,
        )
        case_id = desk.case("お前ほんと消えろ", at=now, context=[said])

        text = aoki.get(f"/console/cases/{case_id}{page}").text

        assert '<span class="veil">ば〇</span><span class="bare">ばか</span></mark>は黙ってろ' in text

    def test_says_that_one_is_back_only_where_one_holds_it(self, aoki, desk, now):
        case_id = desk.case(at=now)
        address = f"/console/cases/{case_id}?resumed=1"

        assert "担当中のケースに戻りました" not in aoki.get(address).text
        desk.claim(case_id, desk.sight("aoki"), now=now)
        assert "担当中のケースに戻りました" in aoki.get(address).text

    def test_shows_the_strikes_that_rules_propose(self, aoki, desk, now):
        case_id = desk.case(strikes=2, at=now)
        aoki.post(f"/console/cases/{case_id}/claim")

        assert "違反ならストライク2" in aoki.get(f"/console/cases/{case_id}").text

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
