"""Taking a decision back is a decision: the case is open again, and nothing is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.errors import (
    CaseClaimed,
    MissingRole,
    NothingToUndo,
)
from moderation.review.case import CaseState
from moderation.storage.tables.cases import cases, decisions
from moderation.storage.tables.people import strikes
from moderation.taxonomy import Role
from tests.review.desk import CLEAR
from tests.support.factories import NOON

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def aoki(desk):
    return desk.sight("aoki")


class TestUndo:
    def test_opens_the_case_again_for_who_undid_it(self, desk, aoki):
        made = desk.decide(desk.claim(desk.case(), aoki), aoki)

        desk.undo(made, aoki, now=LATER)

        after = desk.read(made.case_id, aoki)
        assert (after.state, after.seen_hit_seq, after.closed_at) == (CaseState.QUEUED, 0, None)
        assert after.holder(LATER) == aoki.user_id
        [strike] = desk.rows(select(strikes))
        assert strike["undone_at"] == LATER

    def test_lets_another_decision_follow(self, desk, aoki):
        made = desk.decide(desk.claim(desk.case(), aoki), aoki)
        desk.undo(made, aoki, now=LATER)

        desk.decide(desk.read(made.case_id, aoki), aoki, CLEAR, now=LATER)

        standing = [row["outcome"] for row in desk.rows(select(decisions)) if row["undone_by"] is None]
        assert sorted(standing) == ["no_violation", "violation"]  # the latter undoes the first one

    def test_twice_is_once(self, desk, aoki):
        made = desk.decide(desk.claim(desk.case(), aoki), aoki)
        desk.undo(made, aoki, now=LATER)

        with pytest.raises(NothingToUndo):
            desk.undo(made, aoki, now=LATER)

    def test_of_somebody_else_is_for_leads(self, desk, aoki):
        made = desk.decide(desk.claim(desk.case(), aoki), aoki)

        with pytest.raises(MissingRole):
            desk.undo(made, desk.sight("baba"))
        desk.undo(made, desk.sight("mori", Role.LEAD))

    def test_waits_for_whoever_works_on_the_case(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)
        desk.case("まだ言うぞ")
        made = desk.decide(case, aoki)
        desk.claim(case.id, desk.sight("baba"))

        with pytest.raises(CaseClaimed):
            desk.undo(made, aoki)

    def test_loses_nothing_when_a_newer_case_of_the_author_is_open(self, desk, aoki):
        made = desk.decide(desk.claim(desk.case(), aoki), aoki)
        newer = desk.case("また来た")

        desk.undo(made, aoki, now=LATER)
        third = desk.case("さらに一言")

        open_cases = desk.rows(select(cases).where(cases.c.state != "closed"))
        assert {row["id"] for row in open_cases} == {made.case_id, newer}
        assert third == newer

    def test_tells_the_service(self, desk, aoki, hooked):
        made = desk.decide(desk.claim(desk.case(), aoki), aoki)

        desk.undo(made, aoki, now=LATER)

        [payload] = desk.events("decision.reversed")
        assert payload["data"]["decision_id"] == made.id
        assert len(payload["data"]["message_ids"]) == 1
        [reopened] = desk.events("case.reopened")
        assert reopened["data"]["case_id"] == made.case_id
        assert (reopened["data"]["decision_id"], reopened["data"]["state"]) == (made.id, "queued")

    def test_tells_of_no_reopening_where_later_hits_had_kept_the_case_open(self, desk, aoki, hooked):
        case = desk.claim(desk.case(), aoki)
        desk.case("まだ言うぞ")
        made = desk.decide(case, aoki)

        desk.undo(made, aoki, now=LATER)

        assert desk.events("case.reopened") == []
