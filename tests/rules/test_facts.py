"""Conditions beside the text; what is not known is neither true nor false."""

from datetime import UTC, datetime

import pytest

from rules.subject import AuthorFacts, RoomFacts, TargetFacts
from tests.rules.support import NOON, fires, rule_data, ruleset, subject

KNOWN = {
    "author": AuthorFacts(
        id="a",
        account_age_seconds=3600.0,
        age_band="minor",
        role="viewer",
        strikes=2,
        labels=frozenset({"warned"}),
    ),
    "room": RoomFacts(
        id="r",
        game="chess",
        category="board",
        strictness="strict",
        live_viewers=50,
        live=True,
        live_seconds=700.0,
        labels=frozenset({"raided"}),
        shield=True,
    ),
    "target": TargetFacts(kind="viewer", id="t", age_band="adult"),
    "scores": {"insult": 0.5},
}

CONDITIONS = [
    ({"score": "insult", "at_least": 0.5}, {"score": "insult", "at_least": 0.51}),
    ({"score": "insult", "below": 0.51}, {"score": "insult", "below": 0.5}),
    ({"author": {"account_age_below": "2h"}}, {"author": {"account_age_below": "1h"}}),
    ({"author": {"account_age_at_least": "1h"}}, {"author": {"account_age_at_least": "1d"}}),
    ({"author": {"age_band": ["minor"]}}, {"author": {"age_band": ["adult"]}}),
    ({"author": {"role": ["viewer", "moderator"]}}, {"author": {"role": ["streamer"]}}),
    ({"author": {"strikes_at_least": 2}}, {"author": {"strikes_below": 2}}),
    ({"author": {"has_label": ["warned"]}}, {"author": {"lacks_label": ["warned", "other"]}}),
    ({"room": {"games": ["chess"]}}, {"room": {"games": ["go"]}}),
    ({"room": {"categories": ["board"]}}, {"room": {"categories": ["fps"]}}),
    ({"room": {"strictness": ["strict"]}}, {"room": {"strictness": ["relaxed", "normal"]}}),
    ({"room": {"live": True}}, {"room": {"live": False}}),
    ({"room": {"live_for_at_least": "10m"}}, {"room": {"live_for_at_least": "20m"}}),
    ({"room": {"live_viewers_at_least": 50}}, {"room": {"live_viewers_below": 50}}),
    ({"room": {"shield": True}}, {"room": {"shield": False}}),
    ({"room": {"has_label": ["raided"]}}, {"room": {"lacks_label": ["raided"]}}),
    ({"target": {"kind": ["viewer"]}}, {"target": {"kind": ["self"]}}),
    ({"target": {"age_band": ["adult"]}}, {"target": {"age_band": ["minor"]}}),
]


@pytest.mark.parametrize(("holds", "fails"), CONDITIONS, ids=lambda when: next(iter(when.values())).__str__())
class TestEachFact:
    def test_it_is_told_when_known(self, holds, fails):
        assert fires(holds, "text", **KNOWN)
        assert not fires(fails, "text", **KNOWN)

    def test_its_negation_is_told_when_known(self, holds, fails):
        assert not fires({"not": holds}, "text", **KNOWN)
        assert fires({"not": fails}, "text", **KNOWN)

    def test_unknown_is_neither_true_nor_false(self, holds, fails):
        for when in (holds, fails):
            assert not fires(when, "text")
            assert not fires({"not": when}, "text")

    def test_unknown_does_not_spoil_what_is_certain(self, holds, fails):
        assert fires({"any": [holds, {"terms": ["text"]}]}, "text")
        assert fires({"not": {"all": [holds, {"terms": ["other"]}]}}, "text")


def test_length_counts_characters_as_typed():
    assert fires({"length": {"at_least": 4}}, "あ い👍")
    assert fires({"length": {"below": 5}}, "あ い👍")
    assert not fires({"length": {"at_least": 5}}, "あ い👍")


def test_an_age_band_of_unknown_is_not_known():
    asked = {"not": {"author": {"age_band": ["adult"]}}}

    assert not fires(asked, "text", author=AuthorFacts(age_band="unknown"))
    assert fires(asked, "text", author=AuthorFacts(age_band="minor"))


@pytest.mark.parametrize(
    ("utc_hour", "night"), [(12, False), (13, True), (18, True), (19, True), (20, False), (3, False)]
)
def test_the_time_of_day_is_japans_and_may_pass_midnight(utc_hour, night):
    when = {"time": {"from": "22:00", "to": "05:00"}}
    at = datetime(2026, 11, 22, utc_hour, 0, tzinfo=UTC)

    assert fires(when, "text", sent_at=at) is night
    assert fires({"not": when}, "text", sent_at=at) is not night


class TestScopeAndExempt:
    def hits(self, known, **rule):
        [found] = ruleset(rule_data({"terms": ["text"]}, **rule)).match_subjects([subject("text", **known)])
        return len(found)

    def test_outside_its_scope_a_rule_is_silent(self):
        assert self.hits({"room": RoomFacts(game="go")}, scope={"games": ["go"]}) == 1
        assert self.hits({"room": RoomFacts(game="chess")}, scope={"games": ["go"]}) == 0

    def test_a_scope_that_cannot_be_told_is_not_met(self):
        assert self.hits({}, scope={"games": ["go"]}) == 0

    def test_whoever_is_exempt_is_excused(self):
        exempt = {"roles": ["streamer"], "labels": ["trusted"]}

        assert self.hits({"author": AuthorFacts(role="streamer")}, exempt=exempt) == 0
        assert self.hits({"author": AuthorFacts(labels=frozenset({"trusted"}))}, exempt=exempt) == 0
        assert self.hits({"author": AuthorFacts(role="viewer")}, exempt=exempt) == 1

    def test_what_is_not_known_excuses_nobody(self):
        assert self.hits({}, exempt={"roles": ["streamer"]}) == 1

    def test_a_rule_stops_at_its_end(self):
        assert self.hits({}, expires_at="2026-11-22T12:00:01+09:00") == 1
        assert self.hits({}, expires_at="2026-11-22T12:00:00+09:00") == 0
        assert NOON.hour == 3


class TestOtherRules:
    BASE = rule_data({"terms": ["bad"]}, "insult.base", exempt={"roles": ["streamer"]})

    def fired(self, asking, text, **known):
        rules = ruleset(self.BASE, rule_data(asking, "insult.asks"))
        [hits] = rules.match_subjects([subject(text, **known)])
        return [hit.rule_id for hit in hits]

    def test_a_rule_can_ask_another(self):
        when = {"all": [{"rule": "insult.base"}, {"author": {"strikes_at_least": 1}}]}

        assert self.fired(when, "bad", author=AuthorFacts(strikes=1)) == ["insult.asks", "insult.base"]
        assert self.fired(when, "bad", author=AuthorFacts(strikes=0)) == ["insult.base"]

    def test_a_rule_can_ask_that_another_does_not_fire(self):
        when = {"all": [{"terms": ["text"]}, {"not": {"rule": "insult.base"}}]}

        assert self.fired(when, "text") == ["insult.asks"]
        assert self.fired(when, "bad text") == ["insult.base"]
        assert self.fired(when, "bad text", author=AuthorFacts(role="streamer")) == ["insult.asks"]

    def test_spans_come_from_the_rule_that_is_asked(self):
        rules = ruleset(self.BASE, rule_data({"rule": "insult.base"}, "insult.asks"))
        [hits] = rules.match_subjects([subject("a bad text")])

        assert {hit.spans for hit in hits} == {((2, 5),)}
