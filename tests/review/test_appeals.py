"""Appeals: somebody else decides, and overturning takes back all that came of the decision."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.errors import AppealConflict, AppealNotFound, DecisionNotFound, Invalid, OwnDecision
from moderation.review.appeal import ANSWERED_WITHIN, Appeal, AppealState
from moderation.review.case import CaseState
from moderation.review.decision import Action, Outcome
from moderation.storage.desk import appeal_answers, appeals
from moderation.storage.desk.case import decisions_of
from moderation.storage.tables.people import strikes
from moderation.taxonomy import Role
from tests.review.desk import CLEAR, LEASE, SERVICE, WARNING
from tests.support.factories import NOON

HIDE = replace(WARNING, actions=(Action.HIDE, Action.WARN))
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def decided(desk):
    """A decision of aoki's that warned an author and hid a message."""
    aoki = desk.sight("aoki")
    return desk.decide(desk.claim(desk.case(), aoki), aoki, HIDE)


def appeal(decision_id, **given):
    fields = {
        "service": SERVICE,
        "id": "a-1",
        "decision_id": decision_id,
        "author_id": "u-1",
        "text": "冗談でした",
        "appealed_at": NOON,
    }
    return Appeal(**(fields | given))


def receive(desk, decision_id, **given):
    with desk.database.write() as unit:
        return appeals.receive(unit.connection, appeal(decision_id, **given), now=NOON)


def answer(desk, appeal_id, sight, outcome=AppealState.OVERTURNED, **given):
    texts = {"reason": "身内の冗談と分かるため。", "public_note": "決定を取り消しました。"} | given
    with desk.database.write() as unit:
        return appeal_answers.decide(
            unit.connection, appeal_id, sight, outcome, now=LATER, lease=LEASE, **texts
        )


def test_it_is_kept_once_and_waits_for_somebody_else(desk, decided):
    kept, new = receive(desk, decided.id)
    again, new_again = receive(desk, decided.id)

    assert (new, new_again) == (True, False)
    assert kept == again
    assert kept.due_at == NOON + ANSWERED_WITHIN
    with pytest.raises(OwnDecision):
        answer(desk, kept.id, desk.sight("aoki"))


def test_overturning_restores_takes_the_strike_back_and_tells_the_service(desk, hooked, decided):
    baba = desk.sight("baba")
    kept, _ = receive(desk, decided.id)

    answer(desk, kept.id, baba)

    case = desk.read(decided.case_id, baba)
    with desk.database.read() as connection:
        made = decisions_of(connection, decided.case_id)
    assert case.state is CaseState.CLOSED
    assert made[-1].ruling.outcome is Outcome.NO_VIOLATION
    assert made[-1].ruling.actions == (Action.RESTORE,)
    assert [row["undone_at"] for row in desk.rows(select(strikes))] == [LATER]
    assert [len(desk.events(kind)) for kind in ("decision.reversed", "appeal.decided")] == [1, 1]
    [told] = desk.events("appeal.decided")
    assert told["data"]["outcome"] == "overturned"
    assert told["data"]["decided_by"] == "担当-baba"


def test_upholding_leaves_everything_and_is_final(desk, hooked, decided):
    baba = desk.sight("baba")
    kept, _ = receive(desk, decided.id)

    answer(desk, kept.id, baba, AppealState.UPHELD)

    assert [row["undone_at"] for row in desk.rows(select(strikes))] == [None]
    with pytest.raises(AppealConflict):
        answer(desk, kept.id, desk.sight("chiba"))
    with pytest.raises(AppealConflict):
        receive(desk, decided.id, id="a-2")


def test_a_case_that_went_on_stays_where_it_is(desk, decided):
    """The decision is reversed, and what somebody decided after it is not touched."""
    mori, baba = desk.sight("mori", Role.LEAD), desk.sight("baba")
    kept, _ = receive(desk, decided.id)
    desk.undo(decided, mori)
    case = desk.read(decided.case_id, mori)
    desk.decide(case, mori, CLEAR)

    answer(desk, kept.id, baba)

    with desk.database.read() as connection:
        assert decisions_of(connection, decided.case_id)[-1].ruling.reason == CLEAR.reason


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"author_id": "u-2"}, DecisionNotFound),
        ({"service": "other"}, DecisionNotFound),
        ({"decision_id": "nothing"}, DecisionNotFound),
    ],
)
def test_only_whom_a_decision_is_about_can_appeal(desk, decided, given, error):
    with pytest.raises(error):
        receive(desk, **({"decision_id": decided.id} | given))


def test_the_same_id_with_other_words_is_a_conflict(desk, decided):
    receive(desk, decided.id)
    with pytest.raises(AppealConflict):
        receive(desk, decided.id, text="別の文章")


def test_nothing_to_appeal_against(desk):
    aoki = desk.sight("aoki")
    cleared = desk.decide(desk.claim(desk.case(), aoki), aoki, CLEAR)
    with pytest.raises(Invalid):
        receive(desk, cleared.id)


@pytest.mark.parametrize("texts", [{"reason": " "}, {"reason": "あ" * 2_001}, {"public_note": "あ" * 2_001}])
def test_an_answer_needs_a_reason_of_bearable_length(desk, decided, texts):
    kept, _ = receive(desk, decided.id)
    with pytest.raises(Invalid):
        answer(desk, kept.id, desk.sight("baba"), **texts)


def test_appeals_about_minors_are_not_there_for_a_moderator(desk):
    chiba, baba = desk.sight("chiba", Role.CHILD_SAFETY), desk.sight("baba")
    made = desk.decide(desk.claim(desk.case(minors=True), chiba), chiba, HIDE)
    kept, _ = receive(desk, made.id)

    with pytest.raises(AppealNotFound):
        answer(desk, kept.id, baba)
    with desk.database.read() as connection:
        assert appeals.list_appeals(connection, baba, state=AppealState.OPEN, page=1) == ([], 0)
        assert appeals.list_appeals(
            connection, desk.sight("mori", Role.LEAD), state=AppealState.OPEN, page=1
        )[1]
