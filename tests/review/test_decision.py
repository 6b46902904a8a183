"""What a ruling may say, and what a case becomes by it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.errors import Invalid
from moderation.review.case import Case, CaseKind, CaseState
from moderation.review.decision import (
    MAX_INTERNAL_NOTE,
    MAX_PUBLIC_NOTE,
    Action,
    Decision,
    Outcome,
    Ruling,
    check_decision_id,
    covered,
    last_standing,
    state_after,
    state_before,
)
from moderation.review.strikes import TERMS, Strike, terms_of, weight_in_force
from moderation.storage.ids import new_id
from moderation.taxonomy import Category, Severity
from tests.review.desk import CLEAR, UNSURE, WARNING
from tests.support.factories import NOON


def case(**fields):
    values = {
        "id": "c",
        "service": "test",
        "kind": CaseKind.AUTHOR_ROOM,
        "state": CaseState.QUEUED,
        "queue": "general",
        "author_id": "u",
        "room_id": "r",
        "severity": Severity.LOW,
        "categories": {Category.INSULT: 0.9},
        "minors": False,
        "priority": 1.0,
        "hit_seq": 5,
        "seen_hit_seq": 2,
        "hits": 5,
        "reports": 0,
        "version": 3,
        "opened_at": NOON,
        "updated_at": NOON,
    }
    return Case(**(values | fields))


def decision(ruling, **fields):
    values = {
        "id": new_id(),
        "case_id": "c",
        "ruling": ruling,
        "policy_version": 1,
        "decided_by": "u",
        "decided_at": NOON,
        "seen_hit_seq": 5,
        "previous_hit_seq": 2,
    }
    return Decision(**(values | fields))


def problems(ruling):
    with pytest.raises(Invalid) as caught:
        ruling.check()
    return {problem.pointer for problem in caught.value.problems}


class TestRuling:
    @pytest.mark.parametrize("ruling", [WARNING, CLEAR, UNSURE])
    def test_a_sound_one_stands(self, ruling):
        ruling.check()

    def test_a_violation_names_category_and_clause(self):
        assert problems(Ruling(outcome=Outcome.VIOLATION, reason="x")) == {"/categories", "/policy_id"}

    def test_every_decision_has_a_reason(self):
        assert problems(replace(CLEAR, reason=" \n ")) == {"/reason"}

    @pytest.mark.parametrize("action", [Action.WARN, Action.HIDE, Action.TIMEOUT, Action.BAN])
    def test_nobody_is_punished_without_a_violation(self, action):
        assert problems(replace(CLEAR, actions=(action,))) == {"/actions"}

    @pytest.mark.parametrize(
        "actions",
        [(Action.NONE, Action.WARN), (Action.TIMEOUT, Action.BAN)],
        ids="+".join,
    )
    def test_actions_that_contradict_each_other_are_refused(self, actions):
        assert problems(replace(WARNING, actions=actions)) == {"/actions"}

    def test_notes_have_limits(self):
        ruling = replace(
            CLEAR, public_note="あ" * (MAX_PUBLIC_NOTE + 1), internal_note="あ" * (MAX_INTERNAL_NOTE + 1)
        )

        assert problems(ruling) == {"/public_note", "/internal_note"}
        replace(CLEAR, public_note="あ" * MAX_PUBLIC_NOTE, internal_note="あ" * MAX_INTERNAL_NOTE).check()


class TestCovered:
    @settings(deadline=None)  # a busy machine is no failure
    @given(
        first=st.integers(0, 20),
        seen=st.integers(0, 20),
        now=st.integers(0, 20),
        outcome=st.sampled_from(Outcome),
    )
    def test_what_came_after_the_look_stays_undecided(self, first, seen, now, outcome):
        first, seen, now = sorted((first, seen, now))
        subject = case(seen_hit_seq=first, hit_seq=now)

        settled = covered(subject, outcome, seen)
        state = state_after(subject, outcome, seen)

        assert settled == (first if outcome is Outcome.UNSURE else seen)
        assert (state is CaseState.CLOSED) == (settled == now and outcome is not Outcome.UNSURE)

    @pytest.mark.parametrize("seen", [1, 6])
    def test_nobody_can_have_seen_less_than_was_decided_or_more_than_there_is(self, seen):
        with pytest.raises(Invalid, match="does not fit"):
            covered(case(), Outcome.VIOLATION, seen)


class TestUndo:
    def test_takes_back_the_newest_that_stands(self):
        first, second = decision(UNSURE), decision(WARNING)
        undone = replace(second, undone_by="x")
        undoing = decision(WARNING, undoes=second.id)

        assert last_standing([first, second]) == second
        assert last_standing([first, undone, undoing]) == first
        assert last_standing([undoing]) is None

    def test_a_case_goes_back_to_what_the_decision_before_made_of_it(self):
        escalated, warned = decision(UNSURE), decision(WARNING)

        assert state_before([warned], warned.id) is CaseState.QUEUED
        assert state_before([escalated, warned], warned.id) is CaseState.ESCALATED
        assert state_before([escalated], escalated.id) is CaseState.QUEUED


class TestStrikes:
    def test_the_heaviest_action_counts(self):
        ban = replace(WARNING, actions=(Action.HIDE, Action.WARN, Action.BAN))

        assert terms_of(ban) == TERMS[Action.BAN]
        assert terms_of(replace(WARNING, actions=(Action.HIDE,))) is None
        assert terms_of(CLEAR) is None

    def test_what_expired_or_was_undone_does_not_weigh(self):
        strike = Strike(decision_id="d", weight=3.0, given_at=NOON, expires_at=NOON + timedelta(days=1))
        undone = replace(strike, undone_at=NOON)

        assert weight_in_force([strike, undone], NOON) == 3.0
        assert weight_in_force([strike], NOON + timedelta(days=1)) == 0.0


@pytest.mark.parametrize("given", ["", "x" * 26, "01M82T0Y2SAC7QJGDVRVGBY9E", "01J'; DROP TABLE cases--aaa"])
def test_a_damaged_decision_id_is_refused(given):
    check_decision_id(new_id())
    with pytest.raises(Invalid, match="damaged"):
        check_decision_id(given)
