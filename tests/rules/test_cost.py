"""What rules cost is measured rule by rule, on messages that were scored."""

from rules.cost import SAMPLE, CostMeter
from tests.rules.support import PlainViews, rule_data, ruleset, subject

HARD = {"patterns": [f"{char}.{{1,60}}{char}.{{1,60}}終" for char in "あいうえおかきくけこ"]}
LONG = "あいうえおかきくけこ" * 200


def measured(meter, rules):
    return meter.measure(rules, PlainViews, budget_ns=0)


def test_rules_are_measured_in_turn_and_the_slow_one_stands_out():
    rules = ruleset(rule_data(HARD, "insult.slow"), rule_data({"terms": ["ぬ"]}, "insult.quick"))
    meter = CostMeter()
    assert measured(meter, rules) == []  # nothing was scored yet

    meter.seen = rules.prepare([subject(LONG)] * (SAMPLE + 5))
    spent = {}
    for _ in range(8):
        [(rule_id, version, messages, nanoseconds)] = measured(meter, rules)
        assert (version, messages) == (1, SAMPLE)
        spent.setdefault(rule_id, []).append(nanoseconds)

    assert {rule_id: len(found) for rule_id, found in spent.items()} == {"insult.slow": 4, "insult.quick": 4}
    assert min(spent["insult.slow"]) > 3 * min(spent["insult.quick"])


def test_one_call_asks_each_rule_at_most_once():
    rules = ruleset(rule_data({"terms": ["ぬ"]}, "insult.quick"))
    meter = CostMeter()
    meter.seen = rules.prepare([subject("ぬ")])

    assert len(meter.measure(rules, PlainViews, budget_ns=10**9)) == 1
