"""A decision is one transaction: case, strikes, held messages, events and outbox, or nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.errors import (
    AlreadyDecided,
    CaseClaimed,
    CaseClosed,
    CaseNotClaimed,
    Invalid,
    MissingRole,
    NothingToUndo,
    PolicyNotFound,
    StaleVersion,
)
from moderation.review.case import CaseState
from moderation.review.decision import Action
from moderation.scoring.verdict import Outcome as Verdicts
from moderation.storage import webhooks
from moderation.storage.ids import new_id
from moderation.storage.tables.cases import case_events, cases, decisions, held_messages
from moderation.storage.tables.delivery import outbox
from moderation.storage.tables.people import strikes
from moderation.taxonomy import Category, Role
from moderation.trends.facts import count_fact
from tests.review.desk import CLEAR, LEASE, SERVICE, UNSURE, WARNING
from tests.support.factories import NOON
from tests.support.servers import make_key

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def aoki(desk):
    return desk.sight("aoki")


@pytest.fixture
def hooked(desk):
    """A service that hears of everything."""
    make_key(desk.database, service=SERVICE)
    with desk.database.write() as unit:
        webhooks.add(unit.connection, service=SERVICE, url="https://example.com/hook", now=NOON)


def events(desk, *types):
    rows = desk.rows(select(outbox).where(outbox.c.destination == "webhook").order_by(outbox.c.seq))
    return [row["payload"] for row in rows if row["type"] in types]


def held_states(desk):
    return {row["message_id"]: row["state"] for row in desk.rows(select(held_messages))}


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


class TestHeldMessages:
    def decided(self, desk, aoki, ruling):
        case = desk.claim(desk.case(verdict=Verdicts.HOLD), aoki)
        return desk.decide(case, aoki, ruling)

    @pytest.mark.parametrize(
        ("ruling", "state", "event"),
        [
            (CLEAR, "approved", "message.released"),
            (WARNING, "denied", "message.denied"),
            (UNSURE, "held", None),
        ],
    )
    def test_go_the_way_of_the_decision(self, desk, aoki, hooked, ruling, state, event):
        self.decided(desk, aoki, ruling)

        assert list(held_states(desk).values()) == [state]
        assert len(events(desk, "message.released", "message.denied")) == (1 if event else 0)
        assert len(events(desk, event)) == (1 if event else 0)

    def test_one_that_expired_meanwhile_stays_unseen(self, desk, aoki, hooked):
        case = desk.claim(desk.case(verdict=Verdicts.HOLD), aoki)
        with desk.database.write() as unit:
            unit.connection.execute(held_messages.update().values(state="expired"))

        desk.decide(case, aoki, CLEAR)

        assert list(held_states(desk).values()) == ["expired"]
        assert events(desk, "message.released") == []

    def test_one_that_came_after_the_look_waits_on(self, desk, aoki):
        case = desk.claim(desk.case(verdict=Verdicts.HOLD), aoki)
        desk.case("二つ目", verdict=Verdicts.HOLD)

        desk.decide(case, aoki, CLEAR)

        assert sorted(held_states(desk).values()) == ["approved", "held"]

    def test_an_undo_lets_refused_ones_wait_again_while_there_is_time(self, desk, aoki):
        made = self.decided(desk, aoki, WARNING)

        desk.undo(made, aoki, now=LATER)

        assert list(held_states(desk).values()) == ["held"]

    def test_an_undo_after_their_time_leaves_them_unseen(self, desk, aoki):
        made = self.decided(desk, aoki, WARNING)

        desk.undo(made, aoki, now=NOON + timedelta(hours=1))

        assert list(held_states(desk).values()) == ["denied"]


class TestEvents:
    def test_tell_the_service_what_was_decided(self, desk, aoki, hooked):
        case = desk.claim(desk.case(), aoki)

        made = desk.decide(case, aoki, replace(WARNING, public_note="ご確認ください", internal_note="内緒"))

        [payload] = events(desk, "case.decided")
        data = payload["data"]
        assert (data["decision_id"], data["outcome"], data["actions"]) == (made.id, "violation", ["warn"])
        assert (data["decided_by"], data["public_note"]) == ("担当-aoki", "ご確認ください")
        assert len(data["message_ids"]) == 1
        assert "内緒" not in str(payload)

    def test_of_minors_stay_from_receivers_who_may_not_see_them(self, desk, hooked):
        lead = desk.sight("mori", Role.LEAD)
        case = desk.claim(desk.case(minors=True, verdict=Verdicts.HOLD), lead)

        desk.decide(case, lead)

        assert events(desk, "case.decided", "message.denied") == []

    def test_count_once_and_an_undo_takes_the_count_out_of_the_same_hour(self, desk, aoki):
        desk.room("r-1", category="fps")
        made = desk.decide(desk.claim(desk.case(), aoki), aoki)
        desk.undo(made, aoki, now=NOON + timedelta(hours=5))

        facts = desk.rows(select(outbox).where(outbox.c.destination == "recorder").order_by(outbox.c.seq))
        counts = [
            count_fact(SERVICE, row["type"], row["payload"], made_at=row["created_at"]) for row in facts
        ]

        assert counts[0].keys() == counts[1].keys()
        assert {key.room_category for key in counts[0]} == {"fps"}
        assert set(counts[0].values()) == {1}
        assert set(counts[1].values()) == {-1}


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

        [payload] = events(desk, "decision.reversed")
        assert payload["data"]["decision_id"] == made.id
        assert len(payload["data"]["message_ids"]) == 1


def test_the_gravest_category_of_what_is_new_leads(desk, aoki):
    from moderation.storage import desk_case
    from moderation.taxonomy import Severity

    case_id = desk.case(score=0.99)
    desk.case(category=Category.THREAT, score=0.8, severity=Severity.CRITICAL, policy="H-2")

    with desk.database.read() as connection:
        file = desk_case.load(connection, case_id, aoki)

    assert file.leading == (Category.THREAT, Category.INSULT)
    assert file.cited_policies == ["H-1", "H-2"]
