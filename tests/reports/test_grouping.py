"""Brigades, settled subjects, muted reporters, the fast lane, quarrels."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.errors import Invalid
from moderation.reports.answers import AnswerKind
from moderation.reports.weight import BRIGADE_WEIGHT
from moderation.review.decision import Action, Outcome
from moderation.scoring.message import Room
from moderation.storage.accounts import accounts
from moderation.storage.chat import people
from moderation.storage.chat.people import Event, EventType
from moderation.storage.desk.case import load
from moderation.storage.reports import answers, reporters
from moderation.storage.tables.cases import case_events, cases
from moderation.storage.tables.voices import reports
from moderation.storage.webhooks import endpoints
from moderation.taxonomy import ReportReason, Severity, SubjectKind
from tests.reports.desk import about, about_message, inquiry, report
from tests.support.factories import NOON

LATER = NOON + timedelta(hours=1)
SAME = "このひとは毎日いやがらせをしている最低な人です。BANしてください"
SPOKEN = [
    "このひとは毎日いやがらせをしている最低な人です!BANしてください",
    "この人は毎日いやがらせをしている最低な人です、BANして下さい",
    "このひとは毎日 嫌がらせをしている最低な人です。BANしてください！！",
    SAME,
    "こいつは毎日いやがらせをしている最低な人です。ばんしてください",
    SAME,
]


class TestBrigade:
    def test_many_new_accounts_that_say_the_same_are_marked_and_weighed_down_but_kept(self, take):
        for n, text in enumerate(SPOKEN):
            taken = take(report(f"new-{n}", text=text, reason=ReportReason.THREAT))

        assert taken.status == "joined"
        kept = take.rows(reports)
        assert all(row.brigade and row.weight == BRIGADE_WEIGHT and row.counted for row in kept)
        case = take.case(taken.case_id)
        assert case.reports == 6
        assert case.report_weight == pytest.approx(0.6)
        assert case.severity == Severity.LOW.rank
        assert "brigade" in {row.kind for row in take.rows(case_events)}

    def test_one_honest_voice_among_them_keeps_its_weight(self, take_once):
        take_once.many([report(f"new-{n}", text=text) for n, text in enumerate(SPOKEN)])

        honest = report("u-honest", text="配信者さんに年齢をからかうことを言っていました。見ていてつらいです")
        case_id = take_once(honest).case_id

        assert take_once.kept(honest.id).weight == 1.0
        assert take_once.case(case_id).severity == Severity.MEDIUM.rank

    def test_people_who_report_in_their_own_words_are_no_brigade(self, take_once):
        words = [
            "悪口を言われました",
            "配信を荒らしています",
            "この人の発言で泣いている子がいます",
            "何度注意しても暴言をやめません",
            "見た目のことを笑っていて不快です",
            "ずっとからんできて怖い",
        ]
        take_once.many([report(f"new-{n}", text=text) for n, text in enumerate(words)])

        assert not any(row.brigade for row in take_once.rows(reports))

    def test_what_the_engine_sees_as_well_is_no_invention_of_a_crowd(self, take_once):
        subject = about_message("m-bad", author_id="u-1", room_id="r-1", text="早く死ねよお前")
        take_once.many([report(f"new-{n}", text=text, subject=subject) for n, text in enumerate(SPOKEN)])

        assert not any(row.brigade for row in take_once.rows(reports))

    def test_a_reporter_with_a_record_is_no_new_account(self, take_once):
        for n, text in enumerate(SPOKEN):
            older = report(f"known-{n}", text=text, reporter_created_at=NOON - timedelta(days=400))
            take_once(older)

        assert not any(row.brigade for row in take_once.rows(reports))
        assert {row.quality for row in take_once.rows(reports)} == {"ok", "copied"}


class TestSettled:
    def test_a_cleared_author_stays_silent_until_they_write_again(self, take):
        take.said("m-1", "こんばんは", author="u-1", at=NOON - timedelta(minutes=5))
        case_id = take(report("a")).case_id
        take.decide(case_id)

        silent = take(report("b"), now=LATER)
        take.said("m-2", "また来たよ", author="u-1", at=LATER)
        again = take(report("c"), now=LATER + timedelta(minutes=1))

        assert (silent.status, silent.case_id) == ("settled", case_id)
        assert again.status == "opened"

    def test_the_same_words_that_were_cleared_stay_silent_under_another_id(self, take):
        text = "それは無理だと思うけど"
        first = take(report("a", subject=about_message("m-1", author_id="u-1", room_id="r-1", text=text)))
        take.decide(first.case_id)

        again = take(
            report("b", subject=about_message("m-2", author_id="u-1", room_id="r-1", text=text)), now=LATER
        )
        flood = take(
            report(
                "c",
                subject=about_message("m-3", author_id="u-1", room_id="r-1", text=text),
                reason=ReportReason.DISRUPTION,
            ),
            now=LATER,
        )

        assert (again.status, flood.status) == ("settled", "opened")

    def test_a_cleared_profile_opens_again_when_it_reads_differently(self, take_once):
        old = about(SubjectKind.PROFILE, "u-1", text="ゲーム好きです")
        case_id = take_once(report("a", subject=old)).case_id
        take_once.decide(case_id)

        same = take_once(report("b", subject=old), now=LATER)
        new = about(SubjectKind.PROFILE, "u-1", text="連絡先は別のサイトに")
        changed = take_once(report("c", subject=new), now=LATER)

        assert (same.status, changed.status) == ("settled", "opened")

    def test_a_cleared_room_opens_again_with_the_next_stream(self, take_once):
        subject = about(SubjectKind.ROOM, "r-1")
        take_once.decide(take_once(report("a", subject=subject)).case_id)

        same = take_once(report("b", subject=subject), now=LATER)
        start = Event(id="e", type=EventType.ROOM_STARTED, at=LATER, room_id="r-1", room=Room(id="r-1"))
        with take_once.database.write() as unit:
            people.add_events(unit.connection, "test", [start], now=LATER)
        anew = take_once(report("c", subject=subject), now=LATER + timedelta(minutes=1))

        assert (same.status, anew.status) == ("settled", "opened")

    def test_evidence_that_no_decision_covers_is_new_content(self, take_once):
        take_once.decide(take_once(report("a")).case_id)

        assert take_once(report("b", evidence=("m-77",)), now=LATER).status == "opened"


class TestUrgent:
    def test_a_threat_to_life_takes_the_fast_lane_and_calls_once(self, take, database):
        with database.write() as unit:
            add_endpoint(unit.connection)
        subject = about_message("m-1", author_id="u-1", room_id="r-1", text="明日お前の家に行って殺す")

        taken = take(report("a", subject=subject, reason=ReportReason.THREAT))
        take(report("b", subject=subject, reason=ReportReason.THREAT))

        case = take.case(taken.case_id)
        assert case.severity == Severity.CRITICAL.rank
        assert case.due_at == NOON + timedelta(minutes=15)
        [called] = take.events("report.urgent")
        assert (called["case_id"], called["why"]) == (taken.case_id, ["threat"])

    def test_a_reason_alone_does_not_open_it(self, take_once):
        taken = take_once(report("a", reason=ReportReason.THREAT, text="なんとなくいやです"))

        assert take_once.case(taken.case_id).severity == Severity.HIGH.rank

    def test_a_muted_reporter_opens_nothing_unless_somebody_may_be_in_danger(self, take_once):
        with take_once.database.write() as unit:
            reporters.put(
                unit.connection,
                "test",
                "a",
                trusted=False,
                muted_until=LATER,
                why="乱用",
                by="lead",
                now=NOON,
            )
        calm = take_once(report("a"))
        danger = take_once(
            report("a", text="この人が死にたい、もう自殺するって書いてます", reason=ReportReason.SELF_HARM)
        )

        assert (calm.status, calm.case_id, danger.status) == ("kept", None, "opened")

    def test_the_category_the_message_points_to_stands_beside_the_reason(self, take_once):
        subject = about_message("m-1", author_id="u-1", room_id="r-1", text="お前を殺しに行くからな")
        wrong = report(subject=subject, reason=ReportReason.SPAM_SCAM, text="")
        take_once(wrong)

        kept = take_once.kept(wrong.id)
        assert (kept.reason, kept.suggested, kept.quality) == ("spam_scam", "threat", "empty")

    def test_the_text_given_for_an_unknown_message_is_kept(self, take_once):
        lost = report(subject=about_message("m-gone", text="消されたことば"))
        take_once(lost)

        assert take_once.kept(lost.id).subject_text == "消されたことば"


def add_endpoint(connection):
    accounts.add_service(connection, "test", name="test", now=NOON)
    endpoints.add(connection, service="test", url="https://example.com/hook", now=NOON)


class TestQuarrel:
    def test_two_people_who_report_each_other_meet_in_one_case_with_what_both_said(self, take):
        take.said("m-a", "お前の配信つまらない", author="u-a", at=NOON - timedelta(minutes=3))
        take.said("m-b", "うるさい、もう来るな", author="u-b", at=NOON - timedelta(minutes=2))
        take.said("m-c", "そっちこそ消えろ", author="u-a", at=NOON - timedelta(minutes=1))
        first = take(report("u-a", subject=about_message("m-b")))

        second = take(report("u-b", subject=about_message("m-c")))

        case = take.case(second.case_id)
        assert (case.kind, case.reports, case.hits) == ("quarrel", 2, 2)
        assert take.case(first.case_id).state == "closed"
        assert {row.case_id for row in take.rows(reports)} == {case.id}
        with take.database.read() as connection:
            file = load(connection, case.id, take.lead)
        assert [line.message_id for line in file.lines] == ["m-a", "m-b", "m-c"]
        assert len({row.id for row in take.rows(cases) if row.state != "closed"}) == 1

    def test_a_case_that_holds_more_than_the_quarrel_stays(self, take_once):
        take_once(report("u-third", subject=about(SubjectKind.AUTHOR, "u-b", room_id="r-1")))
        first = take_once(report("u-a", subject=about(SubjectKind.AUTHOR, "u-b", room_id="r-1")))

        second = take_once(report("u-b", subject=about(SubjectKind.AUTHOR, "u-a", room_id="r-1")))

        left = take_once.case(first.case_id)
        assert (left.state, left.reports, left.report_weight) == ("queued", 1, 1.0)
        assert take_once.case(second.case_id).reports == 2

    def test_a_mediated_quarrel_judges_neither_side_and_tells_both(self, take):
        take(report("u-a", subject=about(SubjectKind.AUTHOR, "u-b", room_id="r-1")))
        met = take(report("u-b", subject=about(SubjectKind.AUTHOR, "u-a", room_id="r-1")))

        take.decide(met.case_id, actions=(Action.MEDIATE,))

        assert {row.outcome for row in take.rows(reports)} == {"ignored"}
        with take.database.read() as connection:
            states = [answers.state_of_row(connection, row.id) for row in take.rows(reports)]
        assert {state.answer.kind for state in states} == {AnswerKind.MEDIATED}

    def test_only_a_quarrel_can_be_mediated(self, take_once):
        case_id = take_once(report("a")).case_id

        with pytest.raises(Invalid, match="does not fit"):
            take_once.decide(case_id, actions=(Action.MEDIATE,))

    def test_a_later_report_of_either_side_joins_it(self, take_once):
        take_once(report("u-a", subject=about(SubjectKind.AUTHOR, "u-b", room_id="r-1")))
        met = take_once(report("u-b", subject=about(SubjectKind.AUTHOR, "u-a", room_id="r-1")))

        later = take_once(report("u-a", subject=about(SubjectKind.AUTHOR, "u-b", room_id="r-2")))

        assert later.case_id == met.case_id


class TestOutcomes:
    def test_a_decision_weighs_reporters_and_an_undo_takes_that_back(self, take):
        given = report("a")
        case_id = take(given).case_id
        decision_id = take.decide(case_id)
        judged = weigh(take, "a")

        take.undo(case_id, decision_id)

        assert (judged, weigh(take, "a")) == (0.8, 1.0)
        assert take.kept(given.id).outcome is None

    def test_who_called_for_help_was_right(self, take_once):
        given = report("a", reason=ReportReason.SELF_HARM, text="死にたいと書いていて心配です")
        take_once.decide(take_once(given).case_id, actions=(Action.CARE,))

        assert take_once.kept(given.id).outcome == "agreed"

    def test_unsure_judges_nobody(self, take_once):
        given = report("a")
        take_once.decide(take_once(given).case_id, Outcome.UNSURE)

        assert take_once.kept(given.id).outcome is None


def weigh(take, reporter_id):
    with take.database.read() as connection:
        return reporters.card(connection, "test", reporter_id, now=NOON).weight


def test_an_inquiry_about_a_case_joins_it(take_once):
    case_id = take_once(report()).case_id

    assert take_once(inquiry(case_id=case_id)).case_id == case_id


def test_a_batch_is_grouped_as_one_by_one(take_once):
    subjects = [about(SubjectKind.AUTHOR, f"u-{n % 3}", room_id="r-1") for n in range(12)]
    taken = take_once.many([report(f"v-{n}", subject=subject) for n, subject in enumerate(subjects)])

    assert [one.status for one in taken].count("opened") == 3
    with take_once.database.read() as connection:
        counted = connection.execute(
            select(cases.c.author_id, cases.c.reports).order_by(cases.c.author_id)
        ).all()
    assert [tuple(row) for row in counted] == [("u-0", 4), ("u-1", 4), ("u-2", 4)]
