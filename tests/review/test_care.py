"""Care: exposure and rest, reasons to look at what is protected, and the trail of it all."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from moderation.errors import Invalid
from moderation.review.care import PAUSE, exposure
from moderation.storage.accounts import audit
from moderation.storage.desk import care, feed, filters
from moderation.storage.tables.delivery import audit as trail
from moderation.taxonomy import Category, Role, Severity
from tests.support.factories import NOON


def minutes(*at, heavy=False):
    return [(NOON + timedelta(minutes=minute), heavy) for minute in at]


@pytest.mark.parametrize(
    ("decided", "now", "rest"),
    [
        ([], 0, False),
        (minutes(*range(0, 85, 5)), 85, False),
        (minutes(*range(0, 95, 5)), 95, True),
        (minutes(*range(0, 95, 5)), 90 + 11, False),
        (minutes(*range(0, 60, 5), *range(80, 130, 5)), 130, False),
        (minutes(*range(30), heavy=True), 30, True),
        (minutes(*range(29), heavy=True), 30, False),
    ],
)
def test_a_rest_is_due_after_long_or_heavy_work_without_a_pause(decided, now, rest):
    assert exposure(decided, now=NOON + timedelta(minutes=now)).rest is rest


def test_a_pause_starts_the_count_anew():
    seen = exposure(minutes(0, 1, 2, heavy=True), now=NOON + timedelta(minutes=2) + PAUSE)
    assert (seen.heavy, seen.heavy_since_pause) == (3, 0)


def test_exposure_comes_from_the_decisions_of_the_shift(desk):
    aoki = desk.sight("aoki")
    for number, category in enumerate((Category.THREAT, Category.INSULT)):
        case_id = desk.case(author=f"u-{number}", category=category)
        desk.decide(desk.claim(case_id, aoki), aoki)
    with desk.database.read() as connection:
        seen = care.exposure_of(connection, aoki.user_id, now=NOON)
    assert (seen.cases, seen.heavy) == (2, 1)


def test_a_minors_case_opens_with_a_claim_or_a_reason(desk):
    mori = desk.sight("mori", Role.LEAD)
    case = desk.read(desk.case(minors=True), mori)

    def may_look(now=NOON):
        with desk.database.read() as connection:
            return care.may_look(connection, desk.read(case.id, mori), mori, now=now)

    assert not may_look()
    with desk.database.write() as unit, pytest.raises(Invalid):
        care.give_reason(unit.connection, case, mori, "  ", now=NOON)
    with desk.database.write() as unit:
        care.give_reason(unit.connection, case, mori, "照会への回答", now=NOON)
    assert may_look()
    assert not may_look(NOON + care.LOOK_LASTS)
    desk.claim(case.id, mori, now=NOON + timedelta(hours=1))
    assert may_look(NOON + timedelta(hours=1))


class TestTrail:
    def seal(self, desk):
        with desk.database.write() as unit:
            return audit.seal(unit.connection)

    def test_acts_of_the_desk_are_sealed_in_their_order(self, desk):
        aoki = desk.sight("aoki")
        desk.decide(desk.claim(desk.case(), aoki), aoki)

        assert self.seal(desk) == 2
        assert self.seal(desk) == 0
        rows = desk.rows(select(trail).order_by(trail.c.seq))
        assert [row["act"] for row in rows] == ["case.claimed", "case.decided"]
        assert {row["actor"] for row in rows} == {f"user:{aoki.user_id}"}
        with desk.database.read() as connection:
            assert audit.verify(connection) is None

    def test_an_entry_taken_out_is_noticed(self, desk):
        aoki = desk.sight("aoki")
        for number in range(3):
            desk.claim(desk.case(author=f"u-{number}"), aoki)
        self.seal(desk)
        with desk.database.write() as unit:
            first = unit.connection.execute(select(func.min(trail.c.seq))).scalar_one()
            unit.connection.execute(delete(trail).where(trail.c.seq == first + 1))

        with desk.database.read() as connection:
            assert audit.verify(connection) == first + 2


def test_the_feed_leaves_out_what_somebody_may_not_see(desk):
    aoki, chiba = desk.sight("aoki"), desk.sight("chiba", Role.CHILD_SAFETY)
    with desk.database.read() as connection:
        before = feed.newest(connection)
    seen, hidden = desk.case(), desk.case(author="u-2", minors=True)
    desk.claim(seen, aoki)

    with desk.database.read() as connection:
        mine = feed.since(connection, aoki, before)
        theirs = feed.since(connection, chiba, before)

    assert [(event.case_id, event.kind, event.user_id) for event in mine] == [
        (seen, "opened", None),
        (seen, "claimed", aoki.user_id),
    ]
    assert hidden in {event.case_id for event in theirs}


def test_filters_are_kept_under_a_name(desk):
    aoki, baba = desk.sight("aoki"), desk.sight("baba")

    def save(name, query="severity=high"):
        with desk.database.write() as unit:
            filters.save_filter(unit.connection, aoki.user_id, name=name, query=query, now=NOON)

    save("急ぎ")
    save("急ぎ", f"severity={Severity.CRITICAL}")
    for bad in ({"name": " "}, {"name": "あ" * 61}, {"name": "空", "query": ""}):
        with pytest.raises(Invalid):
            save(**bad)

    with desk.database.read() as connection:
        [kept] = filters.list_filters(connection, aoki.user_id)
        assert filters.list_filters(connection, baba.user_id) == []
    assert (kept.name, kept.query) == ("急ぎ", "severity=critical")
