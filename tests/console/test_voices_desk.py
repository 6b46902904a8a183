"""Takedown form and desk, inquiries, reporters, evidence, and the status pages, as people use them."""

import hashlib
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from moderation.reports.report import Inquiry
from moderation.reports.tokens import StatusTokens, TokenKind
from moderation.storage.accounts import accounts
from moderation.storage.reports import reporters, voices
from moderation.storage.reports.voices import Scored
from moderation.storage.tables.voices import reports
from moderation.taxonomy import InquiryTopic, Role

FORM = {
    "name": "山田 太郎",
    "email": "taro@example.com",
    "kind": "self",
    "right": "privacy",
    "urls": "https://example.com/m/1\n",
    "statement": "住所を書かれました。<script>alert(1)</script>",
    "hide": "1",
}


@pytest.fixture
def service(sqlite_database):
    with sqlite_database.write() as unit:
        accounts.add_service(unit.connection, "test", name="test", now=datetime.now(UTC))


@pytest.fixture
def kei(visit, service):
    return visit("kei", Role.SPECIALIST)


def send(stranger, **given):
    files = {"files": ("証拠.txt", b"abc", "text/plain")}
    return stranger.post("/takedown", data=FORM | given, files=files)


def reference_in(page):
    return re.search(r"SD-\d{8}-\w{6}", page)[0]


class TestTakedown:
    def test_anybody_may_send_one_and_gets_its_number_and_a_status_page(self, stranger, kei):
        answer = send(stranger)

        assert answer.status_code == 201
        reference = reference_in(answer.text)
        link = re.search(r'href="(/takedown/status/[^"]+)"', answer.text)[1]
        assert "調査しています" in stranger.get(link).text
        page = kei.get(f"/console/notices/{reference}").text
        assert "&lt;script&gt;alert" in page
        assert hashlib.sha256(b"abc").hexdigest() in page

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"email": ""}, "結果をお知らせする連絡先"),
            ({"urls": ""}, "一つ以上入力してください"),
            ({"right": "nothing"}, "侵害された権利を選んで"),
            ({"statement": " "}, "権利が侵害されたと考える理由"),
        ],
    )
    def test_what_is_missing_is_said_and_what_was_typed_stays(self, stranger, service, given, said):
        answer = send(stranger, **given)

        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="山田 太郎"' in answer.text

    def test_a_program_that_fills_every_field_is_turned_away(self, stranger, service):
        assert send(stranger, website="https://spam.example").status_code == 404

    def test_the_desk_carries_a_notice_to_its_end(self, stranger, kei):
        reference = reference_in(send(stranger).text)
        link = f"/console/notices/{reference}"

        kei.post(f"{link}/assign")
        empty = kei.post(f"{link}/decide", result="measure_taken", reason="")
        kei.post(
            f"{link}/decide",
            result="measure_taken",
            measures="hide",
            policy_id="P-1",
            reason="住所を確認したため。",
        )
        again = kei.post(f"{link}/decide", result="not_taken", reason="やり直し")
        kei.post(f"{link}/applicant", ground="")
        kei.post(f"{link}/poster", ground="second_harm")
        kei.post(f"{link}/note", text="電話で確認しました")

        assert (empty.status_code, again.status_code) == (422, 409)
        page = kei.get(link).text
        assert "期限内に通知" in page
        assert "電話で確認しました" in page
        assert "通知により申出者に二次被害のおそれがある" in page

    def test_the_file_of_a_notice_leaves_a_line_in_its_history(self, stranger, kei):
        reference = reference_in(send(stranger).text)

        answer = kei.get(f"/console/notices/{reference}/file")

        assert "notice.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert "書き出し" in kei.get(f"/console/notices/{reference}").text

    def test_a_made_up_token_shows_nothing(self, stranger):
        answer = stranger.get("/takedown/status/01ARZ3NDEKTSV4RRFFQ69G5FAV-00000000000000000000000000000000")

        assert answer.status_code == 404


class TestInquiries:
    @pytest.fixture
    def letter(self, sqlite_database, service):
        now = datetime.now(UTC)
        given = Inquiry(
            service="test",
            id="iq-1",
            topic=InquiryTopic.ACCOUNT,
            text="ログインできません",
            room_id=None,
            author_id=None,
            ticket_id="CS-9",
            asked_at=now,
        )
        scored = Scored(
            minors=False,
            category_scores={},
            model_version="-",
            lexicon_version="-",
            fold_version="-",
            ruleset_version="-",
        )
        with sqlite_database.write() as unit:
            return voices.add_inquiry(unit.connection, given, case_id=None, urgent=(), scored=scored, now=now)

    def test_a_letter_is_found_and_answered_once(self, visit, letter):
        sato = visit("sato", Role.ANALYST)
        assert letter in sato.get("/console/inquiries?q=CS-9&state=open").text
        assert "アカウントの安全" in sato.get(f"/console/inquiries/{letter}").text

        sato.post(f"/console/inquiries/{letter}/answer", reply="再設定の手順をお送りします。")
        again = sato.post(f"/console/inquiries/{letter}/answer", reply="別の回答")

        assert again.status_code == 409
        assert "再設定の手順をお送りします。" in sato.get(f"/console/inquiries/{letter}").text

    def test_an_empty_answer_is_not_sent(self, visit, letter):
        assert (
            visit("sato", Role.ANALYST).post(f"/console/inquiries/{letter}/answer", reply=" ").status_code
            == 422
        )


def test_a_reporter_is_muted_with_a_reason(visit, desk):
    desk.report(desk.case(at=datetime.now(UTC)))
    lead = visit("lead", Role.LEAD)

    lead.post("/console/reporters/test/u-reporter", mute_days="7", why="根拠のない通報が続くため")

    now = datetime.now(UTC)
    with desk.database.read() as connection:
        card = reporters.card(connection, "test", "u-reporter", now=now)
    assert card.weight == 0.0
    assert timedelta(days=6) < card.reporter.muted_until - now < timedelta(days=8)
    assert "根拠のない通報が続くため" in lead.get("/console/reporters/test/u-reporter").text


def test_evidence_is_made_from_a_case_exported_and_released(visit, desk):
    case_id = desk.case("家に行くからな", at=datetime.now(UTC))
    lead = visit("lead", Role.LEAD)

    made = lead.post(f"/console/cases/{case_id}/evidence", purpose="警察への相談")
    link = made.headers["location"]
    archive = zipfile.ZipFile(io.BytesIO(lead.get(f"{link}/file").content))
    lead.post(f"{link}/release", why="相談が終わったため")

    assert "家に行くからな" in archive.read("messages.csv").decode("utf-8-sig")
    page = lead.get(link).text
    assert "解除済み" in page
    assert "一致しています" in page


def test_a_reporter_sees_how_their_report_stands(stranger, desk):
    desk.report(desk.case(at=datetime.now(UTC)), text="ひみつの通報文")
    with desk.database.read() as connection:
        row_id = connection.execute(select(reports.c.id)).scalar_one()
    token = StatusTokens(b"the key of these tests").make(TokenKind.REPORT, row_id)

    page = stranger.get(f"/reports/status/{token}").text

    assert "受付済み" in page
    assert "ひみつの通報文" not in page
    assert stranger.get(f"/takedown/status/{token}").status_code == 404
