"""Second looks, golden cases and agreement."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import AlreadyAnswered, Invalid, MissingRole, NotFound
from moderation.review.decision import Outcome
from moderation.review.quality import by_category, by_moderator, cohens_kappa, sampled
from moderation.storage.desk import quality, second_looks
from moderation.taxonomy import Category, Role
from tests.support.factories import NOON

INSULT = [Category.INSULT]


class TestKappa:
    def test_the_example_of_the_field(self):
        pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
        assert cohens_kappa(pairs) == 0.4

    @pytest.mark.parametrize("pairs", [[], [("y", "y")] * 9])
    def test_where_it_is_undefined(self, pairs):
        assert cohens_kappa(pairs) is None

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"))))
    def test_it_never_exceeds_one_and_does_not_care_who_is_first(self, pairs):
        kappa = cohens_kappa(pairs)
        assert kappa == cohens_kappa([(other, one) for one, other in pairs])
        assert kappa is None or -1 <= kappa <= 1


def test_a_share_of_all_decisions_is_drawn():
    drawn = sum(sampled(f"decision-{number}", 0.05) for number in range(20_000))
    assert 850 < drawn < 1150
    assert not any(sampled(f"decision-{number}", 0.0) for number in range(100))
    assert all(sampled(f"decision-{number}", 1.0) for number in range(100))


@pytest.fixture
def decided(desk):
    aoki = desk.sight("aoki")
    return desk.decide(desk.claim(desk.case(), aoki), aoki)


def write(desk, step, *arguments, **given):
    with desk.database.write() as unit:
        return step(unit.connection, *arguments, **given)


def draw(desk):
    return write(desk, second_looks.draw, share=1.0, now=NOON)


def next_look(desk, sight, now=NOON):
    return write(desk, second_looks.next_look, sight, now=now)


def answer(desk, look, sight, outcome=Outcome.VIOLATION, categories=INSULT):
    write(desk, second_looks.answer, look.id, sight, outcome, categories, now=NOON)


def test_a_second_look_is_somebody_elses_and_given_once(desk, decided):
    aoki, baba, chiba = desk.sight("aoki"), desk.sight("baba"), desk.sight("chiba")
    assert (draw(desk), draw(desk)) == (1, 0)

    assert next_look(desk, aoki) is None
    look = next_look(desk, baba)
    answer(desk, look, baba)
    with pytest.raises(AlreadyAnswered):
        answer(desk, look, chiba)

    with desk.database.read() as connection:
        found = quality.pairs(connection, since=NOON - timedelta(days=1))
    assert by_moderator(found)[aoki.user_id].equal == 1
    assert by_category(found)[Category.INSULT].pairs == 1


def test_a_violation_is_of_something(desk, decided):
    baba = desk.sight("baba")
    draw(desk)
    with pytest.raises(Invalid):
        answer(desk, next_look(desk, baba), baba, categories=[])


def test_minors_cases_are_not_there_for_a_moderator(desk):
    chiba, aoki = desk.sight("chiba", Role.CHILD_SAFETY), desk.sight("aoki")
    desk.decide(desk.claim(desk.case(minors=True), chiba), chiba)
    draw(desk)

    assert next_look(desk, aoki) is None
    look = next_look(desk, desk.sight("mori", Role.LEAD))
    with pytest.raises(NotFound):
        answer(desk, look, aoki)


def test_a_golden_case_measures_whoever_answers(desk, decided):
    aoki, baba, mori = desk.sight("aoki"), desk.sight("baba"), desk.sight("mori", Role.LEAD)
    with pytest.raises(MissingRole):
        write(desk, quality.set_golden, decided.case_id, aoki, now=NOON)
    write(desk, quality.set_golden, decided.case_id, mori, now=NOON)

    look = next_look(desk, baba)
    assert next_look(desk, baba) == look
    assert next_look(desk, aoki) is None
    answer(desk, look, baba, Outcome.NO_VIOLATION, [])

    with desk.database.read() as connection:
        [pair] = quality.pairs(connection, since=NOON - timedelta(days=1))
    assert (pair.moderator_id, pair.golden) == (baba.user_id, True)
    assert (pair.outcome, pair.other_outcome) == (Outcome.NO_VIOLATION, Outcome.VIOLATION)
    assert next_look(desk, baba) is None
    write(desk, quality.retire_golden, decided.case_id, mori, now=NOON)
    assert next_look(desk, baba, NOON + second_looks.GOLDEN_AGAIN_AFTER * 2) is None


def test_what_others_took_back_is_counted(desk, decided):
    mori = desk.sight("mori", Role.LEAD)
    desk.undo(decided, mori, now=NOON + timedelta(minutes=1))

    with desk.database.read() as connection:
        [row] = quality.overturned(connection, since=NOON - timedelta(days=1))

    assert (row.user_id, row.decisions, row.undone, row.overturned) == (decided.decided_by, 1, 1, 0)
