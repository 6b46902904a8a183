"""Nobody gets a case that someone else holds, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import perf_counter

import pytest

from moderation.errors import CaseClaimed, CaseClosed, MissingRole, StaleVersion
from moderation.storage.desk import claims as desk_claims
from moderation.storage.desk import next_case
from moderation.taxonomy import Role, Severity
from tests.bench.desk import passed_over
from tests.review.desk import LEASE, UNSURE
from tests.support.factories import NOON


def test_the_most_urgent_case_comes_first_then_the_oldest(desk):
    aoki = desk.sight("aoki")
    low = desk.case(author="u-low", severity=Severity.LOW)
    later = desk.case(author="u-b", severity=Severity.HIGH, at=NOON + timedelta(seconds=1))
    earlier = desk.case(author="u-a", severity=Severity.HIGH, at=NOON)

    assert [desk.claim_next(aoki).id for _ in range(3)] == [earlier, later, low]
    assert desk.claim_next(aoki) is None


def test_a_second_moderator_is_turned_away_until_the_lease_ends(desk):
    aoki, baba = desk.sight("aoki"), desk.sight("baba")
    case_id = desk.case()
    desk.claim(case_id, aoki)

    with pytest.raises(CaseClaimed):
        desk.claim(case_id, baba, now=NOON + LEASE - timedelta(seconds=1))
    assert desk.claim_next(baba, now=NOON + LEASE - timedelta(seconds=1)) is None

    assert desk.claim_next(baba, now=NOON + LEASE).claimed_by == baba.user_id


def test_twenty_moderators_at_once_never_get_the_same_case_and_pass_none_over(desk):
    people = [desk.sight(f"moderator{number}") for number in range(20)]
    cases = [desk.case(author=f"u-{number}", at=NOON + timedelta(seconds=number)) for number in range(60)]
    start = Barrier(20)

    def work(sight):
        got = []
        start.wait()
        while True:
            began = perf_counter()
            case = desk.claim_next(sight)
            if case is None:
                return got
            got.append((began, perf_counter() - began, case.id))

    with ThreadPoolExecutor(20) as pool:
        claims = [claim for got in pool.map(work, people) for claim in got]

    claimed = [case_id for _, _, case_id in claims]
    assert len(claimed) == len(set(claimed))
    assert passed_over(claims, cases) == 0
    left = iter(lambda: desk.claim_next(people[0]), None)  # rows that were locked at the last look
    assert {*claimed, *(case.id for case in left)} == set(cases)


def test_two_who_claim_the_same_case_at_once(desk):
    people = [desk.sight("aoki"), desk.sight("baba")]
    for number in range(10):
        case_id = desk.case(author=f"u-{number}")
        start = Barrier(2)

        def claim(sight, start=start, case_id=case_id):
            start.wait()
            try:
                return desk.claim(case_id, sight).claimed_by
            except CaseClaimed:
                return None

        with ThreadPoolExecutor(2) as pool:
            holders = [holder for holder in pool.map(claim, people) if holder]

        assert len(holders) == 1
        assert desk.read(case_id, people[0]).claimed_by == holders[0]


def test_pressing_next_twice_claims_once(desk):
    aoki = desk.sight("aoki")
    for number in range(3):
        desk.case(author=f"u-{number}")

    def press():
        with desk.database.write() as unit:
            return next_case.resume_or_claim_next(unit.connection, aoki, now=NOON, lease=LEASE)

    with ThreadPoolExecutor(2) as pool:
        pressed = [pool.submit(press).result() for _ in range(2)]

    assert pressed[0][0].id == pressed[1][0].id
    assert [resumed for _, resumed in pressed] == [False, True]


def test_two_tabs_of_one_person_do_not_wait_for_each_other_for_ever(desk):
    aoki = desk.sight("aoki")
    for number in range(20):
        desk.case(author=f"u-{number}")

    def decide_and_go_on():
        with desk.database.write() as unit:
            desk_claims.take_turn(unit.connection, aoki)
            held = desk_claims.held_by(unit.connection, aoki, now=NOON)
            if held is not None:
                desk_claims.release(unit.connection, held.id, aoki, now=NOON, skip=True)
            return next_case.resume_or_claim_next(unit.connection, aoki, now=NOON, lease=LEASE)

    def go_on():
        with desk.database.write() as unit:
            return next_case.resume_or_claim_next(unit.connection, aoki, now=NOON, lease=LEASE)

    with ThreadPoolExecutor(2) as pool:
        steps = [pool.submit(step) for _ in range(8) for step in (decide_and_go_on, go_on)]

    assert all(step.result()[0] is not None for step in steps)


def test_a_skipped_case_goes_to_others_and_comes_back_after_a_rest(desk):
    aoki, baba = desk.sight("aoki"), desk.sight("baba")
    case_id = desk.case()
    desk.claim(case_id, aoki)
    with desk.database.write() as unit:
        desk_claims.release(unit.connection, case_id, aoki, now=NOON, skip=True)

    assert desk.claim_next(aoki, now=NOON) is None
    rested = NOON + next_case.SKIP_REST
    with desk.database.read() as connection:
        assert next_case.count_waiting(connection, baba, now=NOON) == 1
        assert next_case.count_waiting(connection, aoki, now=rested) == 1


def test_releasing_what_somebody_else_holds_changes_nothing(desk):
    aoki, baba = desk.sight("aoki"), desk.sight("baba")
    case_id = desk.case()
    desk.claim(case_id, aoki)

    with desk.database.write() as unit:
        desk_claims.release(unit.connection, case_id, baba, now=NOON)

    assert desk.read(case_id, aoki).holder(NOON) == aoki.user_id


class TestRenew:
    def renew(self, desk, sight, case, *, now):
        with desk.database.write() as unit:
            return desk_claims.renew(
                unit.connection, case.id, sight, version=case.version, now=now, lease=LEASE
            )

    def test_keeps_the_version_that_the_page_holds(self, desk):
        aoki = desk.sight("aoki")
        held = desk.claim(desk.case(), aoki)

        renewed = self.renew(desk, aoki, held, now=NOON + timedelta(minutes=5))

        assert renewed.version == held.version
        assert renewed.claimed_until == NOON + timedelta(minutes=15)

    def test_a_lease_that_ran_out_is_taken_up_again_while_nobody_came(self, desk):
        aoki = desk.sight("aoki")
        held = desk.claim(desk.case(), aoki)
        late = NOON + LEASE + timedelta(hours=1)

        renewed = self.renew(desk, aoki, held, now=late)

        assert renewed.holder(late) == aoki.user_id

    def test_but_not_after_somebody_came(self, desk):
        aoki, baba = desk.sight("aoki"), desk.sight("baba")
        held = desk.claim(desk.case(), aoki)
        desk.claim(held.id, baba, now=NOON + LEASE)

        with pytest.raises(StaleVersion):
            self.renew(desk, aoki, held, now=NOON + LEASE + timedelta(seconds=1))


def test_a_closed_case_cannot_be_claimed(desk):
    aoki = desk.sight("aoki")
    case = desk.claim(desk.case(), aoki)
    desk.decide(case, aoki)

    with pytest.raises(CaseClosed):
        desk.claim(case.id, aoki)


def test_an_escalated_case_goes_to_leads(desk):
    aoki, lead = desk.sight("aoki"), desk.sight("mori", Role.LEAD)
    case = desk.claim(desk.case(), aoki)
    desk.decide(case, aoki, UNSURE)

    with pytest.raises(MissingRole):
        desk.claim(case.id, aoki)
    assert desk.claim_next(desk.sight("baba")) is None
    assert desk.claim_next(lead).id == case.id


def test_who_is_not_of_the_desk_gets_nothing(desk):
    desk.case()

    assert desk.claim_next(desk.sight("sato", Role.ANALYST)) is None
