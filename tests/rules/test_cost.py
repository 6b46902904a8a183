"""What rules cost is measured rule by rule, on messages that were scored."""

from rules.cost import SAMPLE, CostMeter
from tests.rules.support import PlainViews, rule_data, ruleset, subject

HARD = {"patterns": [f"{char}.{{1,60}}{char}.{{1,60}}終" for char in "あいうえおかきくけこ"]}
LONG = "あいうえおかきくけこ" * 200


def measured(meter, rules):
    return meter.measure(rules, PlainViews, budget_ns=0)


def test_all_rules_are_measured_and_the_slow_one_most_often():
    rules = ruleset(rule_data(HARD, "insult.slow"), rule_data({"terms": ["ぬ"]}, "insult.quick"))
    meter = CostMeter()
    assert measured(meter, rules) == []  # nothing was scored yet

    meter.seen = rules.prepare([subject(LONG)] * (SAMPLE + 5))
    spent = {}
    for _ in range(8):
        [(rule_id, version, messages, nanoseconds)] = measured(meter, rules)
        assert (version, messages) == (1, SAMPLE)
        spent.setdefault(rule_id, []).append(nanoseconds)

    assert len(spent["insult.slow"]) >= 4
    assert len(spent["insult.quick"]) >= 2
    assert min(spent["insult.slow"]) > 3 * min(spent["insult.quick"])


def test_after_an_activation_every_other_turn_is_at_the_rules_that_are_new():
    """A slow one shall not have to wait until hundreds of others had their turn ten times."""
    old, new = rule_data({"terms": ["ぬ"]}, "insult.old"), rule_data({"terms": ["ね"]}, "insult.zeal")
    before, after = CostMeter(), CostMeter()
    before.seen = ruleset(old).prepare([subject("ぬ")])
    rules = ruleset(old, new)
    after.seen = rules.prepare([subject("ぬ")])
    for _ in range(20):
        measured(before, ruleset(old))
    after.go_on_from(before)

    turns = [rule_id for _ in range(10) for rule_id, *_ in measured(after, rules)]

    assert turns.count("insult.zeal") >= 5


def test_one_call_asks_each_rule_at_most_once():
    rules = ruleset(rule_data({"terms": ["ぬ"]}, "insult.quick"))
    meter = CostMeter()
    meter.seen = rules.prepare([subject("ぬ")])

    assert len(meter.measure(rules, PlainViews, budget_ns=10**9)) == 1
