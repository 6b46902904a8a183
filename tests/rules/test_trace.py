"""A trace shows every condition with its value, and agrees with what fires."""

from rules.subject import AuthorFacts
from rules.trace import trace
from tests.rules.support import rule_data, ruleset, subject

RULES = ruleset(
    rule_data(
        {"all": [{"terms": ["死ね"]}, {"author": {"strikes_at_least": 1}}, {"not": {"terms": ["冗談"]}}]},
        "insult.die",
        exempt={"roles": ["streamer"]},
        scope={"strictness": ["strict", "normal"]},
    ),
    rule_data({"score": "threat", "at_least": 0.5}, "threat.score", status="shadow"),
    rule_data({"rule": "insult.die"}, "insult.asks"),
    rule_data(
        {"window": {"name": "w", "count": "messages", "by": ["author"], "within": "1m", "at_least": 2}},
        "insult.w",
    ),
)


def traced(text, **known):
    return {rule.rule_id: rule for rule in trace(RULES, subject(text, **known)).rules}


def test_what_is_not_known_is_shown_as_unknown_with_its_reason():
    rule = traced("死 ね")["insult.die"]

    assert (rule.value, rule.fired) == ("unknown", False)
    terms, strikes, negated = rule.conditions.children
    assert (terms.value, terms.spans) == ("true", ((0, 3),))
    assert (strikes.value, strikes.why) == ("unknown", "not known")
    assert (negated.value, negated.children[0].value) == ("true", "false")
    assert rule.scope is not None
    assert rule.scope.value == "unknown"


def test_a_false_part_makes_the_rule_false_whatever_is_unknown():
    assert traced("こんにちは")["insult.die"].value == "false"


def test_windows_and_scores_show_the_value_they_had():
    window_id = RULES.windows[0].id
    found = traced("text", scores={"threat": 0.75}, windows={window_id: 2})

    assert (found["threat.score"].value, found["threat.score"].conditions.why) == ("true", "0.75")
    assert (found["insult.w"].value, found["insult.w"].conditions.why) == ("true", "2")
    assert found["threat.score"].mode == "shadow"


def test_the_exempt_are_shown():
    rule = traced("死ね", author=AuthorFacts(role="streamer", strikes=3))["insult.die"]

    assert rule.value == "false"
    assert rule.exempt is not None
    assert rule.exempt.value == "true"


def test_a_rule_that_has_ended_is_false():
    ended = ruleset(rule_data({"terms": ["bad"]}, expires_at="2026-11-22T12:00:00+09:00"))

    [rule] = trace(ended, subject("bad")).rules

    assert (rule.value, rule.conditions.value) == ("false", "true")


def test_only_the_rules_asked_for_are_traced():
    found = trace(RULES, subject("text"), rule_ids={"insult.w"})

    assert [rule.rule_id for rule in found.rules] == ["insult.w"]


def test_lines_tell_what_fired_first_and_show_the_typed_text():
    lines = trace(RULES, subject("死 ね", scores={"threat": 0.9})).lines()

    assert lines[0].startswith("true    threat.score@1 (shadow)")
    assert any("0-3 '死 ね'" in line for line in lines)
    assert any(line.startswith("unknown     author.strikes >= 1  [not known]") for line in lines)
