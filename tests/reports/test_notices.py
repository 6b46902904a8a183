"""Takedown notices: taken once, with a clock, a history, alarms, a result and a file with hashes."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import Invalid
from moderation.reports import transparency, transparency_pages
from moderation.reports.clock import ClockState, Terms, days_until, due_at, end_of_day
from moderation.reports.notice import Application, Attachment, NoticeClosed, NoticeConflict
from moderation.reports.notice_acts import ApplicantNotice, Extension, Finding, PosterNotice
from moderation.reports.notice_file import notice_zip
from moderation.reports.notice_words import (
    ApplicantExemption,
    ExtensionGround,
    Measure,
    NoticeState,
    PosterExemption,
    Result,
    Right,
)
from moderation.storage.reports import evidence, notice_alarms, notice_read, notices
from moderation.storage.reports import transparency as store
from tests.support.factories import NOON

TERMS = Terms()
FILE = b"%PDF-1.7 ..."
TAKEN = Finding(
    result=Result.MEASURE_TAKEN, measures=[Measure.HIDE], reason="違法と判断したため。", policy_id="H-1"
)
NOT_TAKEN = Finding(result=Result.NOT_TAKEN, measures=[], reason="侵害が明らかでないため。")
WAIT = Extension(
    ground=ExtensionGround.HEARING_POSTER,
    reason="発信者に確認しているため。",
    until=NOON + timedelta(days=20),
)


def application(**given):
    fields = {
        "service": "test",
        "channel": "api",
        "name": "山田 太郎",
        "email": "taro@example.com",
        "right": Right.HONOUR,
        "message_ids": ["m-1"],
        "statement": "事実でないことを書かれました。",
    }
    return Application(**(fields | given))


@pytest.fixture
def desk(database):
    return NoticeDesk(database)


@pytest.fixture
def desk_once(sqlite_database):
    return NoticeDesk(sqlite_database)


class NoticeDesk:
    def __init__(self, database):
        self.database = database

    def take(self, given=None, *, now=NOON):
        with self.database.write() as unit, self.database.read_archive() as archive:
            return notices.take(unit.connection, archive, given or application(), TERMS, now=now)

    def act(self, act, notice, *given, now=NOON, **others):
        with self.database.write() as unit:
            act(unit.connection, notice.id, *given, by="user:kei", now=now, **others)

    def get(self, notice):
        with self.database.read() as connection:
            return notice_read.get(connection, notice.reference)

    def history(self, notice):
        with self.database.read() as connection:
            return [event.kind for event in notice_read.history(connection, notice.id)]


def test_a_notice_is_due_after_seven_days_and_what_it_names_is_secured(desk):
    notice = desk.take(
        application(files=[Attachment(name="a.pdf", sha256=hashlib.sha256(FILE).hexdigest(), content=FILE)])
    )

    assert notice.due_at == NOON + timedelta(days=7)
    assert notice.reference.startswith("SD-20260820-")
    with desk.database.read() as connection:
        [file] = notice_read.files(connection, notice.id, content=True)
        [pack] = evidence.list_packs(connection)
    assert file.content == FILE
    assert (pack.notice_id, pack.held, json.loads(pack.content)["missing"]) == (notice.id, True, ["m-1"])


def test_the_same_id_is_taken_once_and_other_content_is_a_conflict(desk_once):
    first = desk_once.take(application(external_id="n-1"))

    assert desk_once.take(application(external_id="n-1")).reference == first.reference
    with pytest.raises(NoticeConflict, match="n-1"):
        desk_once.take(application(external_id="n-1", statement="別の理由です。"))


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"email": "", "phone": "", "address": ""}, "/applicant/email"),
        ({"email": "taro"}, "/applicant/email"),
        ({"name": " "}, "/applicant/name"),
        ({"message_ids": [], "urls": []}, "/urls"),
        ({"urls": ["javascript:alert(1)"]}, "/urls/0"),
        ({"statement": ""}, "/statement"),
        ({"statement": "あ" * 10_001}, "/statement"),
        ({"files": [Attachment(name="a", sha256="0" * 64, content=FILE)]}, "/attachments/0/sha256"),
        ({"files": [Attachment(name="a", sha256="xyz")]}, "/attachments/0/sha256"),
        ({"files": [Attachment(name="a", sha256=hashlib.sha256(b"0" * 6_000_000).hexdigest(), content=b"0" * 6_000_000)]}, "/attachments/0/content"),
    ],
)  # fmt: skip
def test_what_nobody_could_act_on_is_refused_by_field(given, pointer):
    with pytest.raises(Invalid) as refused:
        application(**given).check()

    assert pointer in [problem.pointer for problem in refused.value.problems]


class TestClock:
    def test_working_days_leave_out_weekends_and_holidays(self):
        silver_week = datetime(2026, 9, 18, 3, tzinfo=UTC)  # a Friday before three holidays

        assert due_at(silver_week, Terms(days=1, working=True)).date() == date(2026, 9, 24)

    def test_the_days_on_the_way_name_their_holidays(self):
        start = datetime(2026, 4, 28, 3, tzinfo=UTC)

        shown = days_until(start, due_at(start, TERMS))

        assert [day.holiday for day in shown] == [
            "昭和の日",
            None,
            None,
            None,
            "憲法記念日",
            "みどりの日",
            "こどもの日",
        ]

    @given(st.integers(0, 3_650), st.integers(1, 20))
    def test_working_days_never_end_before_calendar_days(self, later, days):
        start = NOON + timedelta(days=later)

        assert due_at(start, Terms(days=days, working=True)) >= due_at(start, Terms(days=days))

    def test_what_counts_is_when_the_applicant_was_told(self, desk_once):
        notice = desk_once.take()
        desk_once.act(notices.decide, notice, NOT_TAKEN, now=NOON + timedelta(days=6))
        late = NOON + timedelta(days=8)

        assert desk_once.get(notice).clock(late, TERMS) is ClockState.OVERDUE
        desk_once.act(notices.tell_applicant, notice, ApplicantNotice(), now=late)
        assert desk_once.get(notice).clock(late, TERMS) is ClockState.MISSED


class TestAlarms:
    def test_each_alarm_sounds_once_and_again_after_an_extension(self, desk):
        notice = desk.take()

        sounded = [self.sound(desk, days) for days in (1, 5.5, 5.6, 7.1, 7.2)]
        desk.act(notices.extend, notice, WAIT, now=NOON + timedelta(days=7, hours=5))
        sounded += [self.sound(desk, days) for days in (8, 19, 21)]

        assert sounded == [(0, 0), (1, 0), (0, 0), (0, 1), (0, 0), (0, 0), (1, 0), (0, 1)]
        assert desk.history(notice) == ["received", "due_soon", "overdue", "extended", "due_soon", "overdue"]

    @staticmethod
    def sound(desk, days):
        with desk.database.write() as unit:
            return notice_alarms.sound_alarms(
                unit.connection, TERMS, now=NOON + timedelta(days=days), most=10
            )


class TestActs:
    def test_a_result_is_told_to_both_sides_and_closes_the_notice(self, desk):
        notice = desk.take()
        desk.act(notices.assign, notice, "kei")
        desk.act(notices.decide, notice, TAKEN)
        desk.act(notices.tell_applicant, notice, ApplicantNotice())
        desk.act(notices.tell_poster, notice, PosterNotice(exemption=PosterExemption.SECOND_HARM))

        told = desk.get(notice)
        assert (told.state, told.policy_version, told.poster_exempt_ground) == (
            NoticeState.DECIDED,
            1,
            PosterExemption.SECOND_HARM,
        )
        with pytest.raises(NoticeClosed):
            desk.act(notices.decide, notice, NOT_TAKEN)

    @pytest.mark.parametrize(
        "finding",
        [
            Finding(result=Result.MEASURE_TAKEN, measures=[], reason="理由", policy_id="H-1"),
            Finding(result=Result.MEASURE_TAKEN, measures=[Measure.HIDE], reason="理由"),
            Finding(result=Result.NOT_TAKEN, measures=[Measure.HIDE], reason="理由"),
            Finding(result=Result.NOT_TAKEN, measures=[], reason=" "),
        ],
    )
    def test_a_result_that_contradicts_itself_is_refused(self, finding):
        with pytest.raises(Invalid):
            finding.check()

    def test_an_extension_goes_forward_and_has_its_reason(self):
        back = Extension(ground=ExtensionGround.UNAVOIDABLE, reason="", until=NOON)

        with pytest.raises(Invalid) as refused:
            back.check(due_at=NOON + timedelta(days=7), now=NOON)
        assert [problem.pointer for problem in refused.value.problems] == ["/reason", "/until"]

    def test_history_cannot_be_rewritten(self, desk):
        from sqlalchemy import text
        from sqlalchemy.exc import DBAPIError

        desk.take()

        with pytest.raises(DBAPIError, match="never change"), desk.database.main.begin() as connection:
            connection.execute(text("UPDATE notice_events SET actor = 'nobody'"))


def test_the_file_of_a_notice_checks_out(desk_once):
    given = application(
        files=[Attachment(name="../写真.png", sha256=hashlib.sha256(FILE).hexdigest(), content=FILE)]
    )
    notice = desk_once.take(given)
    desk_once.act(notices.decide, notice, TAKEN)
    with desk_once.database.read() as connection:
        made = notice_zip(
            desk_once.get(notice),
            notice_read.history(connection, notice.id),
            notice_read.files(connection, notice.id, content=True),
            evidence.list_packs(connection),
            names={"kei": "けい"},
            now=NOON,
        )

    archive = zipfile.ZipFile(io.BytesIO(made))
    sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())
    assert sums == {
        name: hashlib.sha256(archive.read(name)).hexdigest()
        for name in archive.namelist()
        if name != "SHA256SUMS"
    }
    assert [name for name in sums if "写真" in name] == ["attachments/01__写真.png"]
    assert all(not name.startswith(("/", "..")) for name in sums)
    assert "違法と判断したため。" in archive.read("summary.txt").decode()


class TestTransparency:
    def year(self, desk, now=NOON):
        start, end = transparency.year_window(2026)
        with desk.database.read() as connection:
            return transparency.make(store.read(connection, "test", start, end), 2026, now=now)

    def test_the_counts_equal_the_notices_they_come_from(self, desk):
        told = desk.take()
        desk.act(notices.decide, told, TAKEN)
        desk.act(notices.tell_applicant, told, ApplicantNotice())
        desk.act(notices.tell_poster, told, PosterNotice())
        refused = desk.take(application(right=Right.COPYRIGHT))
        desk.act(notices.decide, refused, NOT_TAKEN)
        desk.act(notices.tell_applicant, refused, ApplicantNotice(exemption=ApplicantExemption.UNREACHABLE))
        waited = desk.take()
        unavoidable = Extension(
            ground=ExtensionGround.UNAVOIDABLE, reason="停電のため。", until=end_of_day(date(2026, 9, 30))
        )
        desk.act(notices.extend, waited, unavoidable)
        desk.act(notices.decide, waited, NOT_TAKEN)
        desk.act(notices.tell_applicant, waited, ApplicantNotice())

        tables = {table.id: table for table in self.year(desk).tables}

        assert row(tables["results"], "名誉権（名誉毀損）") == [1, 0]
        assert row(tables["not_told"], "著作権") == [1, 0, 0]
        assert row(tables["late_results"], "名誉権（名誉毀損）") == [0, 1]
        assert row(tables["extensions"], "合計") == [0, 0, 1]
        assert tables["extensions"].notes == ["停電のため。"]
        assert row(tables["poster_notices"], "名誉権（名誉毀損）")[0] == 1
        assert row(tables["clock"], "受け付けた申出") == [3]

    def test_the_last_minute_of_march_in_japan_belongs_to_the_year(self, desk_once):
        desk_once.take(now=datetime(2027, 3, 31, 14, 59, tzinfo=UTC))
        desk_once.take(now=datetime(2027, 3, 31, 15, 0, tzinfo=UTC))

        [clock] = [table for table in self.year(desk_once).tables if table.id == "clock"]
        assert row(clock, "受け付けた申出") == [1]

    def test_every_table_has_a_definition_in_every_form(self, desk_once):
        report = self.year(desk_once)
        markdown, page = transparency_pages.to_markdown(report), transparency_pages.to_html(report)

        assert all(table.definition in markdown and table.definition in page for table in report.tables)
        assert transparency_pages.to_csv(report).startswith(b"\xef\xbb\xbf")

    @pytest.mark.parametrize("year", [26, -1, 30_000])
    def test_what_is_no_year_is_refused(self, year):
        with pytest.raises(Invalid, match="no year"):
            transparency.year_window(year)


def row(table, name):
    return next(list(cells[1:]) for cells in table.rows if cells[0] == name)
