"""What a decision does to held messages, and what it tells the service and the buckets."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.scoring.verdict import Outcome as Verdicts
from moderation.storage.tables.cases import held_messages
from moderation.storage.tables.delivery import outbox
from moderation.taxonomy import Role
from moderation.trends.facts import count_fact
from tests.review.desk import CLEAR, SERVICE, UNSURE, WARNING
from tests.support.factories import NOON

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def aoki(desk):
    return desk.sight("aoki")


def held_states(desk):
    return {row["message_id"]: row["state"] for row in desk.rows(select(held_messages))}


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
        assert len(desk.events("message.released", "message.denied")) == (1 if event else 0)
        assert len(desk.events(event)) == (1 if event else 0)

    def test_one_that_expired_meanwhile_stays_unseen(self, desk, aoki, hooked):
        case = desk.claim(desk.case(verdict=Verdicts.HOLD), aoki)
        with desk.database.write() as unit:
            unit.connection.execute(held_messages.update().values(state="expired"))

        desk.decide(case, aoki, CLEAR)

        assert list(held_states(desk).values()) == ["expired"]
        assert desk.events("message.released") == []

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

        [payload] = desk.events("case.decided")
        data = payload["data"]
        assert (data["decision_id"], data["outcome"], data["actions"]) == (made.id, "violation", ["warn"])
        assert (data["decided_by"], data["public_note"]) == ("担当-aoki", "ご確認ください")
        assert len(data["message_ids"]) == 1
        assert "内緒" not in str(payload)

    def test_of_minors_stay_from_receivers_who_may_not_see_them(self, desk, hooked):
        lead = desk.sight("mori", Role.LEAD)
        case = desk.claim(desk.case(minors=True, verdict=Verdicts.HOLD), lead)

        desk.decide(case, lead)

        assert desk.events("case.decided", "message.denied") == []

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
