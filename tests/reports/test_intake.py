"""A report's way: it joins the live case of its subject, or opens one, and counts once a reporter."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from moderation.reports.intake import ReportConflict
from moderation.storage import outbox
from moderation.storage.chat import flagged
from moderation.storage.chat.flagged import Flagged
from moderation.storage.tables.cases import case_hits, cases
from moderation.storage.tables.voices import inquiries, reports
from moderation.taxonomy import ReportReason, Severity
from tests.reports.desk import about_message, inquiry, report
from tests.support.factories import NOON, message
from tests.support.verdicts import verdict


@pytest.fixture
def hit(database):
    """A flagged message in its case; gives its id and the case's."""
    item = Flagged(message=message("ばか", id="m-hit"), verdict=verdict())
    with database.write() as unit:
        where = flagged.save(unit.connection, [item], hold_for=timedelta(0), now=NOON)
    return "m-hit", where["test", "m-hit"]


def rows(database, table):
    with database.read() as connection:
        return connection.execute(select(table)).all()


def close(database, case_id):
    """As a decision that covers everything seen does."""
    with database.write() as unit:
        unit.connection.execute(
            update(cases)
            .where(cases.c.id == case_id)
            .values(state="closed", seen_hit_seq=cases.c.hit_seq, closed_at=NOON)
        )


def test_the_first_report_opens_a_case_and_the_next_reporters_join_it(take, database):
    taken = [take(report(reporter)) for reporter in ("a", "b", "c")]

    assert [one.status for one in taken] == ["opened", "joined", "joined"]
    [case] = rows(database, cases)
    assert (case.reports, case.hit_seq, case.kind) == (3, 3, "author_room")


def test_the_same_reporter_on_the_same_subject_counts_once(take, database):
    take(report("a"))

    again = take(report("a", reason=ReportReason.THREAT))

    assert again.status == "repeated"
    assert [case.reports for case in rows(database, cases)] == [1]
    assert sorted(row.counted for row in rows(database, reports)) == [False, True]


def test_a_report_sent_again_gets_the_same_case_and_is_kept_once(take, database):
    once = report()

    assert take(once).case_id == take(once).case_id
    assert len(rows(database, reports)) == 1


def test_a_report_id_with_other_content_is_a_conflict(take):
    once = report()
    take(once)

    with pytest.raises(ReportConflict, match=once.id):
        take(replace(once, text="別の話"))


def test_a_report_on_a_flagged_message_joins_its_case(take, hit):
    message_id, case_id = hit

    assert take(report(subject=about_message(message_id))).case_id == case_id


def test_a_reported_message_is_shown_to_the_moderator_with_what_the_engine_says(take, database):
    subject = about_message("m-new", author_id="u-1", room_id="r-1", text="早く死ねよお前")

    take(report(subject=subject))

    [shown] = rows(database, case_hits)
    assert (shown.message_id, shown.text) == ("m-new", "早く死ねよお前")
    assert shown.category_scores["insult"] > 0.5
    assert shown.fold_version


def test_a_message_nobody_knows_is_taken_on_the_reporters_word(take, database):
    taken = take(report(subject=about_message("m-gone")))

    assert taken.status == "opened"
    [case] = rows(database, cases)
    assert case.kind == "profile"


def test_a_message_that_was_decided_on_stays_settled(take, database, hit):
    message_id, case_id = hit
    close(database, case_id)

    taken = take(report(subject=about_message(message_id)))

    assert (taken.status, taken.case_id) == ("settled", case_id)
    assert [case.state for case in rows(database, cases)] == ["closed"]


def test_new_content_of_a_settled_author_opens_a_new_case(take, database, hit):
    _, case_id = hit
    close(database, case_id)
    subject = about_message("m-later", author_id="u-1", room_id="r-1", text="また来たぞ")

    taken = take(report(subject=subject))

    assert taken.status == "opened"
    assert taken.case_id != case_id


def test_a_report_that_tells_of_a_wish_to_die_is_urgent_whatever_its_reason(take, database):
    take(report(reason=ReportReason.OTHER, text="この人が死にたい、もう自殺するって書いてます"))

    [case] = rows(database, cases)
    assert case.severity >= Severity.HIGH.rank


def test_a_counted_report_reaches_the_buckets_through_the_outbox(take, database):
    take(report("a"))
    take(report("a"))

    with database.read() as connection:
        facts = outbox.due(connection, destination=outbox.RECORDER, now=NOON, most=10)
    assert [(fact.type, fact.payload["reason"]) for fact in facts] == [("report", "insult")]


def test_an_inquiry_that_names_nobody_is_kept_without_a_case(take, database):
    taken = take(inquiry())

    assert (taken.status, taken.case_id) == ("kept", None)
    assert [row.ticket_id for row in rows(database, inquiries)] == ["CS-1"]


def test_an_inquiry_about_an_author_joins_the_live_case(take, database):
    opened = take(report())

    assert take(inquiry(author_id="u-1", room_id="r-1")).case_id == opened.case_id
