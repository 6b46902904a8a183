from datetime import timedelta

import pytest

from moderation.review.decision import Action, Outcome, Ruling
from moderation.scoring.learning import training_row
from moderation.storage.desk.decided import decided_hits
from moderation.taxonomy import Category, Role
from tests.review.desk import CLEAR, UNSURE, WARNING
from tests.support.factories import NOON

BOTH = Ruling(
    outcome=Outcome.VIOLATION,
    categories=(Category.INSULT, Category.PRIVACY),
    policy_id="H-1",
    actions=(Action.WARN,),
    reason="侮辱と晒しにあたるため。",
)


@pytest.fixture
def aoki(desk):
    return desk.sight("aoki", Role.LEAD, Role.CHILD_SAFETY)


def rows(database, **given):
    with database.read() as connection:
        made = [training_row(hit, author="a", room="r") for hit in decided_hits(connection, **given)]
    return [row for row in made if row is not None]


def taught(database, **given):
    return [(row["text"], row["categories"]) for row in rows(database, **given)]


def test_a_violation_teaches_its_categories_and_no_violation_a_benign_row(desk, database, aoki):
    bad = desk.claim(desk.case("お前ほんと消えろ", author="u-1"), aoki)
    desk.decide(bad, aoki, WARNING)
    fine = desk.claim(desk.case("敵を消した", author="u-2"), aoki)
    desk.decide(fine, aoki, CLEAR, now=NOON + timedelta(minutes=1))

    assert taught(database) == [("お前ほんと消えろ", ["insult"]), ("敵を消した", [])]


def test_a_row_says_where_it_comes_from_and_nobodys_id(desk, database, aoki):
    case = desk.claim(desk.case(author="u-1"), aoki)
    decision = desk.decide(case, aoki)

    [row] = rows(database)
    assert row["group"] == f"case:{case.id}"
    assert row["provenance"] == {
        "source": "decision", "service": "test", "case": case.id, "case_kind": "author_room",
        "decision": decision.id, "decided_at": NOON.isoformat(), "policy": "H-1@1", "author": "a", "room": "r",
        "sources": ["rule:insult.test@2"],
        "versions": {"model": "model-1", "lexicon": "lexicon-1", "fold": "fold-1", "ruleset": "ruleset-1"},
    }  # fmt: skip
    assert aoki.user_id not in str(row)
    assert "u-1" not in str(row)


def test_only_what_was_seen_is_covered(desk, database, aoki):
    case = desk.claim(desk.case("一つ目"), aoki)
    desk.case("二つ目")
    desk.decide(case, aoki, seen_hit_seq=1)

    assert taught(database) == [("一つ目", ["insult"])]


def test_a_message_is_covered_by_the_decision_that_saw_it_first(desk, database, aoki):
    case = desk.claim(desk.case("一つ目"), aoki)
    desk.case("二つ目")
    desk.decide(case, aoki, CLEAR, seen_hit_seq=1)
    desk.decide(desk.claim(case.id, aoki), aoki, WARNING, now=NOON + timedelta(minutes=1))

    assert taught(database) == [("一つ目", []), ("二つ目", ["insult"])]


def test_what_was_taken_back_and_what_is_unsure_teach_nothing(desk, database, aoki):
    undone = desk.decide(desk.claim(desk.case("取り消し", author="u-1"), aoki), aoki)
    desk.undo(undone, aoki)
    desk.decide(desk.claim(desk.case("わからない", author="u-2"), aoki), aoki, UNSURE)

    assert rows(database) == []


def test_a_decision_made_anew_teaches_in_place_of_the_one_taken_back(desk, database, aoki):
    case = desk.claim(desk.case("消えろ"), aoki)
    desk.undo(desk.decide(case, aoki, WARNING), aoki)
    desk.decide(desk.claim(case.id, aoki), aoki, CLEAR, now=NOON + timedelta(minutes=1))

    assert taught(database) == [("消えろ", [])]


def test_of_several_messages_each_teaches_only_what_it_was_flagged_for(desk, database, aoki):
    desk.case("消えろ", category=Category.INSULT)
    desk.case("住所ここに貼るね", category=Category.PRIVACY)
    case = desk.claim(desk.case("登録はこちら", category=Category.SPAM_SCAM), aoki)
    desk.decide(case, aoki, BOTH)

    assert taught(database) == [("消えろ", ["insult"]), ("住所ここに貼るね", ["privacy"])]


def test_a_single_message_teaches_what_was_found_whatever_it_was_flagged_for(desk, database, aoki):
    case = desk.claim(desk.case("遠回しな話", category=Category.SPAM_SCAM), aoki)
    desk.decide(case, aoki, BOTH)

    assert taught(database) == [("遠回しな話", ["insult", "privacy"])]


def test_minors_cases_come_only_when_asked_for(desk, database, aoki):
    case = desk.claim(desk.case("何年生なの", minors=True), aoki)
    desk.decide(case, aoki)

    assert rows(database) == []
    [row] = rows(database, protected=True)
    assert row["minors"] is True


def test_decisions_before_a_day_can_be_left_out(desk, database, aoki):
    desk.decide(desk.claim(desk.case("前", author="u-1"), aoki), aoki, now=NOON)
    desk.decide(desk.claim(desk.case("後", author="u-2"), aoki), aoki, now=NOON + timedelta(minutes=2))

    assert taught(database, since=NOON + timedelta(minutes=1)) == [("後", ["insult"])]
