"""Retention and erasure: texts go in time, counts stay, and a legal hold keeps what it names."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from moderation.campaigns.campaign import Audience, Campaign
from moderation.reports.clock import Terms
from moderation.reports.notice import Application
from moderation.reports.notice_words import Right
from moderation.reports.retention import Keeping, run_once
from moderation.storage import erasure
from moderation.storage.erasure import AuthorHasOpenCases, AuthorHeld
from moderation.storage.reports import evidence, evidence_copy, notices
from moderation.storage.tables.archive import messages
from moderation.storage.tables.cases import case_hits, cases
from moderation.storage.tables.notices import evidence as packs
from moderation.storage.tables.notices import notices as kept_notices
from moderation.storage.tables.voices import reports
from moderation.storage.trends import campaigns
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.taxonomy import Category
from tests.reports.desk import about_message, inquiry, report
from tests.support.factories import NOON

KEEPING = Keeping(messages=timedelta(days=30), cases=timedelta(days=180), notices=timedelta(days=1_825))
YEARS_LATER = NOON + timedelta(days=2_000)


def later(take, days):
    return run_once(take.database, KEEPING, now=NOON + timedelta(days=days))


def decided_case(take, message_id="m-1", author="u-1"):
    subject = about_message(message_id, author_id=author, room_id="r-1", text="ひどいことば")
    case_id = take(report(subject=subject)).case_id
    take.decide(case_id)
    return case_id


def secure(take, case_id):
    with take.database.write() as unit, take.database.read_archive() as archive:
        service, copy, holds = evidence_copy.of_case(unit.connection, archive, case_id, now=NOON)
        return evidence.add(
            unit.connection, copy, service=service, purpose="照会", by="user:kei", holds=holds, now=NOON
        ).id


def archived(take):
    with take.database.read_archive() as archive:
        return set(archive.execute(select(messages.c.id)).scalars())


def test_chat_goes_after_its_days_and_not_before(take):
    take.said("m-old", "古い", author="u-1", at=NOON - timedelta(days=1))
    take.said("m-new", "新しい", author="u-1", at=NOON)

    done = later(take, 30)

    assert (done["messages"], archived(take)) == (1, {"m-new"})


def test_a_decided_case_loses_its_texts_and_keeps_its_numbers(take):
    case_id = decided_case(take)

    assert later(take, 179)["cases"] == 0
    assert later(take, 181)["cases"] == 1
    assert later(take, 181)["cases"] == 0
    [hit], [told] = take.rows(case_hits), take.rows(reports)
    assert (hit.text, told.text, told.subject_text) == ("", "", None)
    assert (take.case(case_id).reports, told.outcome) == (1, "disagreed")


def test_a_legal_hold_keeps_case_and_chat_until_it_is_released(take):
    take.said("m-1", "ひどいことば", author="u-1", at=NOON)
    pack_id = secure(take, decided_case(take))

    held = later(take, 400)
    with take.database.write() as unit:
        evidence.release(
            unit.connection, pack_id, by="user:kei", why="終わった", now=NOON + timedelta(days=400)
        )
    after = later(take, 401)

    assert (held["messages"], held["cases"]) == (0, 0)
    assert (after["messages"], after["cases"]) == (1, 1)
    assert len(take.rows(packs)) == 1


def test_a_settled_notice_ends_its_hold_and_goes_with_everything_of_it(take):
    given = Application(
        service="test",
        channel="api",
        name="山田",
        email="a@example.com",
        right=Right.PRIVACY,
        message_ids=["m-1"],
        statement="理由",
    )
    with take.database.write() as unit, take.database.read_archive() as archive:
        notice = notices.take(unit.connection, archive, given, Terms(), now=NOON)

    waiting = run_once(take.database, KEEPING, now=YEARS_LATER)
    with take.database.write() as unit:
        notices.withdraw(unit.connection, notice.id, why="解決", by="user:kei", now=NOON)
    done = run_once(take.database, KEEPING, now=YEARS_LATER)

    assert (waiting["notices"], done["holds"], done["notices"]) == (0, 1, 1)
    assert (take.rows(kept_notices), take.rows(packs)) == ([], [])


class TestErasure:
    KEY = Pseudonyms(b"key of this test")

    def erase(self, take, author="u-1"):
        with take.database.write_archive() as unit:
            gone = erasure.erase_archived(unit.connection, "test", author)
        with take.database.write() as unit:
            return erasure.erase(
                unit.connection, "test", author, self.KEY, messages=gone, by="cli:kei", now=NOON
            )

    def test_words_and_id_go_and_counts_stay(self, take):
        take.said("m-1", "ひどいことば", author="u-1")
        decided_case(take)
        take(inquiry(sender_id="u-1", text="わたしの話"))

        counts = self.erase(take)

        assert (counts["archive_messages"], counts["case_hits"], counts["inquiries_by"]) == (1, 1, 1)
        with take.database.read() as connection:
            assert connection.execute(select(func.count()).select_from(cases)).scalar_one() == 1
            everything = [
                str(tuple(row))
                for table in (cases, case_hits, reports)
                for row in connection.execute(select(table))
            ]
        assert archived(take) == set()
        assert not [row for row in everything if "u-1" in row or "ひどいことば" in row]

    def test_an_erased_author_is_no_reader_of_an_article_any_more(self, take):
        article = Campaign(
            id="c1", service="test", title="チャットのことば", url=None, categories=(Category.INSULT,), policies=(),
            audience=Audience(), published_at=NOON, measured_with=None, created_at=NOON, created_by="kei",
        )  # fmt: skip
        readers = [(self.KEY.of("test", "author", who), NOON) for who in ("u-1", "u-2")]
        with take.database.write() as unit:
            campaigns.add(unit.connection, article)
            campaigns.add_readers(unit.connection, "c1", readers)

        assert self.erase(take)["campaign_readers"] == 1

        with take.database.read() as connection:
            assert campaigns.readers(connection, "c1") == {readers[1][0]}

    def test_who_is_held_or_under_review_is_not_erased(self, take_once):
        secure(take_once, decided_case(take_once))
        take_once(report(subject=about_message("m-2", author_id="u-2", room_id="r-1", text="あ")))

        with pytest.raises(AuthorHeld, match="ibasho evidence release"):
            self.erase(take_once)
        with pytest.raises(AuthorHasOpenCases, match="1 open"):
            self.erase(take_once, "u-2")
