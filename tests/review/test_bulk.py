"""Bulk: the same text, author or room at once; each case has a decision of its own, and all can be undone."""

from datetime import timedelta

import pytest

from moderation.errors import CaseClaimed, Invalid, StaleVersion
from moderation.review.case import CaseState
from moderation.storage.desk import bulk
from moderation.storage.desk import similar as desk_similar
from moderation.storage.desk.bulk import Alike, Chosen
from moderation.storage.ids import new_id
from moderation.taxonomy import Role
from tests.review.desk import LEASE, WARNING
from tests.support.factories import NOON

SPAM = "フォロワー買いませんか？今だけ半額です"


@pytest.fixture
def raid(desk):
    """Four accounts that say the same in one room, and one that says something else."""
    texts = (SPAM, SPAM.replace("？", ""), f"{SPAM}！！", SPAM)
    return [desk.case(text, author=f"u-{number}") for number, text in enumerate(texts)] + [
        desk.case("お前ほんと消えろ", author="u-9")
    ]


def find(desk, case_id, sight, alike, *, now=NOON):
    with desk.database.read() as connection:
        case = bulk.get_case(connection, case_id, sight)
        return bulk.candidates(connection, case, sight, alike, now=now)


def decide(desk, found, sight, *, batch_id=None, now=NOON):
    chosen = [
        Chosen(case_id=one.case.id, version=one.case.version, hit_seq=one.case.hit_seq) for one in found
    ]
    with desk.database.write() as unit:
        return bulk.decide_all(
            unit.connection, chosen, sight, WARNING, batch_id=batch_id or new_id(), now=now, lease=LEASE
        )


@pytest.mark.parametrize(("alike", "count"), [(Alike.TEXT, 4), (Alike.ROOM, 5), (Alike.AUTHOR, 1)])
def test_the_preview_shows_what_is_alike(desk, raid, alike, count):
    found = find(desk, raid[0], desk.sight("aoki"), alike)

    assert found[0].case.id == raid[0]
    assert {one.case.id for one in found} == set(raid[:count])


def test_all_are_decided_once_and_undone_together(desk, raid):
    aoki, batch_id = desk.sight("aoki"), new_id()
    found = find(desk, raid[0], aoki, Alike.TEXT)

    first = decide(desk, found, aoki, batch_id=batch_id)
    again = decide(desk, found, aoki, batch_id=batch_id)

    assert [one.decision for one in first] == [one.decision for one in again]
    assert {desk.read(case_id, aoki).state for case_id in raid[:4]} == {CaseState.CLOSED}
    with desk.database.write() as unit:
        undone = bulk.undo_all(unit.connection, batch_id, aoki, now=NOON + timedelta(minutes=1), lease=LEASE)
    assert [one.error for one in undone] == [None] * 4
    back = [desk.read(case_id, aoki) for case_id in raid[:4]]
    assert {(case.state, case.holder(NOON)) for case in back} == {(CaseState.QUEUED, None)}


def test_what_moved_on_stays_as_it_is_and_says_why(desk, raid):
    aoki, baba = desk.sight("aoki"), desk.sight("baba")
    found = find(desk, raid[0], aoki, Alike.TEXT)
    desk.claim(raid[1], baba)
    decided = desk.claim(raid[2], baba)
    desk.decide(decided, baba)

    results = {one.case_id: one for one in decide(desk, found, aoki)}

    assert isinstance(results[raid[1]].error, StaleVersion | CaseClaimed)
    assert isinstance(results[raid[2]].error, StaleVersion)
    assert results[raid[0]].decision
    assert results[raid[3]].decision
    assert desk.read(raid[1], aoki).holder(NOON) == baba.user_id
    assert find(desk, raid[1], aoki, Alike.TEXT)[0].obstacle == "claimed"


def test_hits_that_came_after_the_preview_keep_their_case_open(desk, raid):
    aoki = desk.sight("aoki")
    found = find(desk, raid[0], aoki, Alike.TEXT)
    desk.case("まだ言うぞ", author="u-1")

    decide(desk, found, aoki)

    assert desk.read(raid[1], aoki).state is CaseState.QUEUED


def test_minors_cases_are_neither_similar_nor_decided_by_a_moderator(desk):
    aoki, chiba = desk.sight("aoki"), desk.sight("chiba", Role.CHILD_SAFETY)
    seen, hidden = desk.case(SPAM), desk.case(SPAM, author="u-2", minors=True)

    assert [one.case.id for one in find(desk, seen, aoki, Alike.TEXT)] == [seen]
    assert len(find(desk, seen, chiba, Alike.TEXT)) == 2
    with desk.database.read() as connection:
        case = bulk.get_case(connection, seen, aoki)
        assert desk_similar.find(connection, case, aoki) == []
        assert [one.case.id for one in desk_similar.find(connection, case, chiba)] == [hidden]
    [result] = decide(desk, find(desk, hidden, chiba, Alike.TEXT)[:1], aoki)
    assert result.decision is None
    assert desk.read(hidden, chiba).state is CaseState.QUEUED


def test_near_texts_are_shown_as_similar(desk):
    aoki = desk.sight("aoki")
    first = desk.case("フォロワー買いませんか 今だけ半額 プロフのリンクから")
    near = desk.case("フォロワー買いませんか 今だけ三割引 プロフのリンクから", author="u-2")
    desk.case("お前の家に行く", author="u-3")
    with desk.database.read() as connection:
        case = bulk.get_case(connection, first, aoki)
        [similar] = desk_similar.find(connection, case, aoki)

    assert similar.case.id == near
    assert 0.6 <= similar.likeness < 1


@pytest.mark.parametrize("count", [0, 201])
def test_too_few_or_too_many(desk, count):
    aoki = desk.sight("aoki")
    chosen = [Chosen(case_id=new_id(), version=1, hit_seq=1)] * count
    with desk.database.write() as unit, pytest.raises(Invalid):
        bulk.decide_all(unit.connection, chosen, aoki, WARNING, batch_id=new_id(), now=NOON, lease=LEASE)
