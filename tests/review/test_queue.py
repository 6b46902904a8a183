"""The queue lists what there is, in order, filtered, a page at a time."""

from datetime import timedelta

import pytest

from moderation.review.case import CaseState
from moderation.storage.desk import queue as desk_queue
from moderation.storage.desk.queue import PAGE, QueueFilter
from moderation.taxonomy import Category, Role, Severity
from tests.review.desk import UNSURE
from tests.support.factories import NOON


def listed(desk, sight, *, page=1, now=NOON, **wanted):
    with desk.database.read() as connection:
        return desk_queue.list_cases(connection, sight, QueueFilter(**wanted), page=page, now=now)


def ids(found):
    return [row.case.id for row in found.rows]


@pytest.fixture
def lead(desk):
    return desk.sight("mori", Role.LEAD)


def test_filters_narrow_it(desk, lead):
    threat = desk.case(author="u-1", category=Category.THREAT, severity=Severity.CRITICAL)
    insult = desk.case(author="u-2", severity=Severity.LOW)
    special = desk.case(author="u-3", queue="vip")
    desk.decide(desk.claim(insult, lead), lead, UNSURE)
    desk.claim(special, lead)

    assert set(ids(listed(desk, lead))) == {threat, insult, special}
    assert ids(listed(desk, lead, category=Category.THREAT)) == [threat]
    assert ids(listed(desk, lead, severity=Severity.LOW)) == [insult]
    assert ids(listed(desk, lead, state=CaseState.ESCALATED)) == [insult]
    assert ids(listed(desk, lead, queue="vip")) == [special]
    assert ids(listed(desk, lead, mine=True)) == [special]
    assert ids(listed(desk, lead, mine=True, now=NOON + timedelta(days=1))) == []


def test_queues_with_open_cases_come_in_their_order_and_those_only_rules_name_last(desk, lead):
    desk.case(author="u-1", queue="aaa_night_shift")
    for number in range(2, 5):
        desk.case(author=f"u-{number}", queue="urgent" if number == 2 else None)
    desk.case(author="u-5", minors=True)

    with desk.database.read() as connection:
        seen = [desk_queue.open_queues(connection, sight) for sight in (lead, desk.sight("aoki"))]

    everything, of_a_moderator = [[(queue.id, queue.name, queue.open) for queue in queues] for queues in seen]
    assert everything == [
        ("general", "一般", 2),
        ("child_safety", "児童保護", 1),
        ("urgent", "至急", 1),
        ("aaa_night_shift", None, 1),
    ]
    assert of_a_moderator == [queue for queue in everything if queue[0] != "child_safety"]


def test_what_a_rule_asks_for_moves_a_case_up_within_its_severity(desk, lead):
    grave = desk.case(author="u-1", severity=Severity.HIGH)
    plain = desk.case(author="u-2")
    asked = desk.case(author="u-3", asked_priority=100, at=NOON + timedelta(seconds=1))
    desk.case(author="u-3", asked_priority=20, at=NOON + timedelta(seconds=2))

    assert ids(listed(desk, lead)) == [grave, asked, plain]


def test_closed_cases_are_listed_newest_first(desk, lead):
    for number in range(3):
        case = desk.claim(desk.case(author=f"u-{number}"), lead)
        desk.decide(case, lead, now=NOON + timedelta(seconds=number))

    closed = [row.case for row in listed(desk, lead, state=CaseState.CLOSED).rows]

    assert [case.author_id for case in closed] == ["u-2", "u-1", "u-0"]
    assert ids(listed(desk, lead)) == []


def test_pages_hold_every_case_once(desk, lead):
    known = {desk.case(author=f"u-{number}") for number in range(PAGE + 3)}

    first, second = listed(desk, lead), listed(desk, lead, page=2)

    assert (first.total, first.pages, len(first.rows), len(second.rows)) == (PAGE + 3, 2, PAGE, 3)
    assert {*ids(first), *ids(second)} == known
    assert listed(desk, lead, page=99).page == 2


def test_a_line_shows_the_latest_message_with_its_marks(desk, lead):
    desk.room("r-1", category="fps", title="初心者配信")
    desk.case("ひとつめ")
    desk.case("ふたつめ", spans=[(1, 3)])

    [row] = listed(desk, lead).rows

    assert (row.author_name, row.room_title, row.last_text) == ("みかん箱", "初心者配信", "ふたつめ")
    assert row.last_spans == [(1, 3, Category.INSULT)]
