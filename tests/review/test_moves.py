"""Who goes on with a case: comment, escalate, move, assign, second opinion, routing."""

from datetime import timedelta

import pytest

from moderation.errors import CaseClaimed, CaseNotClaimed, CaseNotFound, Invalid, MissingRole
from moderation.review.case import CaseState
from moderation.storage.desk import ageing, moves, routing
from moderation.storage.desk import case as desk_case
from moderation.storage.desk import queue as desk_queue
from moderation.storage.desk.queue import QueueFilter
from moderation.taxonomy import Category, Role, Severity
from tests.support.factories import NOON


def write(desk, step, *arguments, **given):
    with desk.database.write() as unit:
        return step(unit.connection, *arguments, **given)


def test_an_escalated_case_waits_for_leads_with_the_remark(desk, hooked):
    aoki, mori = desk.sight("aoki"), desk.sight("mori", Role.LEAD)
    case = desk.claim(desk.case(), aoki)

    write(desk, moves.escalate, case.id, aoki, "文脈が読めません", now=NOON)
    write(desk, moves.escalate, case.id, mori, "", now=NOON)

    assert desk.read(case.id, aoki).state is CaseState.ESCALATED
    assert desk.claim_next(aoki) is None
    assert desk.claim_next(mori).id == case.id
    assert len(desk.events("case.escalated")) == 1
    with desk.database.read() as connection:
        events = desk_case.load(connection, case.id, mori).events
    assert any(event.data.get("text") == "文脈が読めません" for event in events)


def test_nobody_moves_what_somebody_else_works_on_except_a_lead(desk):
    aoki, baba, mori = desk.sight("aoki"), desk.sight("baba"), desk.sight("mori", Role.LEAD)
    case = desk.claim(desk.case(), aoki)

    with pytest.raises(CaseClaimed):
        write(desk, moves.move, case.id, baba, "child_safety", "", now=NOON)
    write(desk, moves.move, case.id, mori, "child_safety", "未成年かもしれません", now=NOON)

    with pytest.raises(CaseNotFound):
        desk.read(case.id, aoki)
    assert desk.claim_next(desk.sight("chiba", Role.CHILD_SAFETY)).id == case.id


def test_a_queue_for_some_roles_is_not_there_for_others(desk):
    aoki, mori = desk.sight("aoki"), desk.sight("mori", Role.LEAD)
    write(desk, routing.put_queue, "legal", name="法務", roles=[Role.LEAD])
    write(
        desk,
        routing.add_route,
        service=None,
        kind=None,
        category=Category.THREAT,
        severity=Severity.HIGH,
        queue="legal",
    )
    hidden = desk.case(category=Category.THREAT, severity=Severity.CRITICAL)
    low = desk.case(category=Category.THREAT, severity=Severity.LOW, author="u-2")

    assert desk.read(hidden, mori).queue == "legal"
    assert desk.read(low, aoki).queue == "general"
    with pytest.raises(CaseNotFound):
        desk.read(hidden, aoki)
    with desk.database.read() as connection:
        found = desk_queue.list_cases(connection, aoki, QueueFilter(), page=1, now=NOON)
    assert [row.case.id for row in found.rows] == [low]
    with pytest.raises(Invalid):
        write(desk, routing.remove_queue, "legal")


@pytest.mark.parametrize(
    ("queue_id", "name", "roles"),
    [("Legal", "法務", []), ("legal", " ", []), ("legal", "法" * 101, []), ("legal", "法務", [Role.ANALYST])],
)
def test_a_queue_that_cannot_be_kept(desk, queue_id, name, roles):
    with pytest.raises(Invalid):
        write(desk, routing.put_queue, queue_id, name=name, roles=roles)


def test_an_assigned_case_is_offered_to_nobody_else(desk, hooked):
    aoki, baba, mori = desk.sight("aoki"), desk.sight("baba"), desk.sight("mori", Role.LEAD)
    case_id = desk.case()
    with pytest.raises(MissingRole):
        write(desk, moves.assign, case_id, aoki, baba.user_id, now=NOON)

    write(desk, moves.assign, case_id, mori, baba.user_id, now=NOON)

    assert desk.claim_next(aoki) is None
    with pytest.raises(MissingRole):
        desk.claim(case_id, aoki)
    assert desk.claim_next(baba).id == case_id
    [event] = desk.events("case.assigned")
    assert event["data"]["assigned_to"] == "担当-baba"


def test_naming_oneself_keeps_the_claim_and_naming_another_gives_it_up(desk):
    aoki, mori = desk.sight("aoki"), desk.sight("mori", Role.LEAD)
    case_id = desk.claim(desk.case(), aoki).id

    for named in (aoki.user_id, None):
        write(desk, moves.assign, case_id, aoki, named, now=NOON)
        assert desk.read(case_id, aoki).holder(NOON) == aoki.user_id
    write(desk, moves.assign, case_id, mori, mori.user_id, now=NOON)

    assert desk.read(case_id, aoki).holder(NOON) is None


def test_nobody_is_assigned_who_may_not_see_the_case(desk):
    mori, aoki = desk.sight("mori", Role.LEAD), desk.sight("aoki")
    with pytest.raises(Invalid):
        write(desk, moves.assign, desk.case(minors=True), mori, aoki.user_id, now=NOON)
    with pytest.raises(Invalid):
        write(desk, moves.assign, desk.case(author="u-2"), mori, "nobody", now=NOON)


def test_a_second_opinion_comes_from_somebody_else(desk):
    aoki, baba = desk.sight("aoki"), desk.sight("baba")
    case_id = desk.case()
    with pytest.raises(CaseNotClaimed):
        write(desk, moves.ask_second_opinion, case_id, aoki, "冗談でしょうか", now=NOON)
    desk.claim(case_id, aoki)
    with pytest.raises(Invalid):
        write(desk, moves.ask_second_opinion, case_id, aoki, "  ", now=NOON)

    write(desk, moves.ask_second_opinion, case_id, aoki, "冗談でしょうか", now=NOON)

    assert desk.claim_next(aoki, now=NOON + timedelta(hours=2)) is None
    assert desk.claim_next(baba).id == case_id


@pytest.mark.parametrize("text", ["", " \n", "あ" * 10_001])
def test_a_comment_needs_words_and_not_too_many(desk, text):
    with pytest.raises(Invalid):
        write(desk, moves.comment, desk.case(), desk.sight("aoki"), text, now=NOON)


def test_waiting_cases_come_forward_in_two_steps(desk):
    aoki = desk.sight("aoki")
    case_id = desk.case(severity=Severity.HIGH)
    fresh = desk.read(case_id, aoki).priority
    for minutes in (20, 31, 31, 61, 90):
        write(desk, ageing.age, now=NOON + timedelta(minutes=minutes), most=10)
        priority = desk.read(case_id, aoki).priority
        assert priority == pytest.approx(fresh + {20: 0, 31: 6}.get(minutes, 12))
    desk.case(severity=Severity.HIGH)
    assert desk.read(case_id, aoki).priority > fresh + 12


def test_heavy_cases_are_rotated_unless_one_is_critical(desk):
    aoki = desk.sight("aoki")
    for number in range(8):
        desk.case(author=f"u-{number}", category=Category.THREAT, severity=Severity.HIGH)
    light = desk.case(author="u-light", severity=Severity.LOW)
    claimed = [desk.claim_next(aoki, now=NOON + timedelta(seconds=number)) for number in range(7)]

    assert [case.id == light for case in claimed] == [False] * 5 + [True, False]
    critical = desk.case(author="u-c", category=Category.THREAT, severity=Severity.CRITICAL)
    assert desk.claim_next(aoki, now=NOON + timedelta(seconds=9)).id == critical
