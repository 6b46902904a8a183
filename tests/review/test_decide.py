"""Who may decide what, and what becomes of the case: all of it is written, or nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from moderation.errors import (
    AlreadyDecided,
    CaseClosed,
    CaseNotClaimed,
    Invalid,
    PolicyNotFound,
    StaleVersion,
)
from moderation.review.case import CaseState
from moderation.review.decision import Action
from moderation.storage.desk import case as desk_case
from moderation.storage.ids import new_id
from moderation.storage.tables.cases import case_events, decisions
from moderation.storage.tables.people import strikes
from moderation.taxonomy import Category, Role, Severity
from tests.review.desk import CLEAR, LEASE, UNSURE, WARNING
from tests.support.factories import NOON


@pytest.fixture
def aoki(desk):
    return desk.sight("aoki")


class TestDecide:
    def test_closes_the_case_and_writes_it_down(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)

        made = desk.decide(case, aoki)

        after = desk.read(case.id, aoki)
        assert (after.state, after.seen_hit_seq, after.version) == (CaseState.CLOSED, 1, case.version + 1)
        assert (after.claimed_by, after.closed_at) == (None, NOON)
        [row] = desk.rows(select(decisions))
        assert (row["id"], row["policy_id"], row["policy_version"]) == (made.id, "H-1", 1)
        kinds = [row["kind"] for row in desk.rows(select(case_events).order_by(case_events.c.seq))]
        assert kinds == ["opened", "claimed", "decided"]

    @pytest.mark.parametrize(("category", "clause"), [(Category.THREAT, "H-2"), (Category.SPAM_SCAM, "S-1")])
    def test_a_finding_that_names_no_clause_cites_the_one_that_was_looked_at(
        self, desk, aoki, category, clause
    ):
        case = desk.claim(desk.case(category=category), aoki)

        made = desk.decide(case, aoki, UNSURE)
        again = desk.decide(case, aoki, UNSURE, decision_id=made.id)

        assert (made.ruling.policy_id, made.policy_version) == (clause, 1)
        assert again == made

    def test_hits_that_came_after_the_look_keep_it_queued(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)
        desk.case("まだ言うぞ")

        desk.decide(case, aoki)

        after = desk.read(case.id, aoki)
        assert (after.state, after.seen_hit_seq, after.hit_seq) == (CaseState.QUEUED, 1, 2)
        assert after.holder(NOON) is None

    def test_unsure_escalates_and_settles_nothing(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)

        desk.decide(case, aoki, UNSURE)

        after = desk.read(case.id, aoki)
        assert (after.state, after.seen_hit_seq) == (CaseState.ESCALATED, 0)

    def test_needs_a_claim_that_has_not_run_out(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)

        with pytest.raises(CaseNotClaimed):
            desk.decide(case, desk.sight("baba"))
        with pytest.raises(CaseNotClaimed):
            desk.decide(case, aoki, now=NOON + LEASE)

    def test_rests_on_the_version_that_was_seen(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)

        with pytest.raises(StaleVersion):
            desk.decide(case, aoki, version=case.version - 1)
        assert desk.rows(select(decisions)) == []

    def test_the_same_form_twice_decides_once(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)
        decision_id = new_id()

        first = desk.decide(case, aoki, decision_id=decision_id)
        second = desk.decide(case, aoki, decision_id=decision_id)

        assert first == second
        assert len(desk.rows(select(decisions))) == len(desk.rows(select(strikes))) == 1

    def test_the_same_form_with_another_decision_is_refused(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)
        decision_id = new_id()
        desk.decide(case, aoki, decision_id=decision_id)

        with pytest.raises(AlreadyDecided):
            desk.decide(case, aoki, CLEAR, decision_id=decision_id)

    def test_a_closed_case_stays_as_it_is(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)
        desk.decide(case, aoki)

        with pytest.raises(CaseClosed):
            desk.decide(case, aoki, CLEAR)

    def test_a_clause_that_nobody_knows_undoes_everything(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)

        with pytest.raises(PolicyNotFound):
            desk.decide(case, aoki, replace(WARNING, policy_id="Z-99"))
        with pytest.raises(Invalid):
            desk.decide(case, aoki, seen_hit_seq=99)

        assert desk.read(case.id, aoki).version == case.version
        assert desk.rows(select(decisions)) == []

    def test_escalated_cases_are_decided_by_leads(self, desk, aoki):
        case = desk.claim(desk.case(), aoki)
        desk.decide(case, aoki, UNSURE)
        lead = desk.sight("mori", Role.LEAD)

        desk.decide(desk.claim(case.id, lead), lead)

        assert desk.read(case.id, aoki).state is CaseState.CLOSED


class TestStrikes:
    @pytest.mark.parametrize(
        ("actions", "weights"),
        [
            ((Action.WARN,), [1.0]),
            ((Action.HIDE, Action.TIMEOUT), [3.0]),
            ((Action.BAN,), [9.0]),
            ((Action.HIDE,), []),
        ],
    )
    def test_follow_the_actions(self, desk, aoki, actions, weights):
        case = desk.claim(desk.case(), aoki)

        desk.decide(case, aoki, replace(WARNING, actions=actions))

        assert [row["weight"] for row in desk.rows(select(strikes))] == weights


def test_the_gravest_category_of_what_is_new_leads(desk, aoki):
    case_id = desk.case(score=0.99)
    desk.case(category=Category.THREAT, score=0.8, severity=Severity.CRITICAL, policy="H-2")

    with desk.database.read() as connection:
        file = desk_case.load(connection, case_id, aoki)

    assert file.leading == (Category.THREAT, Category.INSULT)
    assert file.cited_policies == ["H-1", "H-2"]
