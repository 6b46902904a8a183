"""Try rules by hand: the tests inside them, and one message with every condition's answer."""

from collections.abc import Collection, Sequence

import msgspec

from moderation.rulebook.edits import rule_of, runnable_set
from moderation.scoring.detectors import fold_text, views_of
from moderation.scoring.engine import TextDetector
from moderation.scoring.ruleset import RuleSources
from rules.example import Example
from rules.problems import Problem
from rules.testing import example_count, run_tests, subject_of
from rules.trace import ConditionTrace, RuleTrace, Trace, trace


def try_tests(sources: RuleSources, rule_ids: Collection[str] | None = None) -> tuple[int, Sequence[Problem]]:
    """Run the tests inside the rules.

    Returns:
        How many examples were tried, and those that do not hold.

    Raises:
        RuleNotFound: One of the rules is not there, or not sound.
    """
    loaded = sources.loaded
    if rule_ids is not None:
        chosen = tuple(rule_of(sources, rule_id) for rule_id in sorted(rule_ids))
        tried = sum(len(one.rule.tests.fires) + len(one.rule.tests.silent) for one in chosen)
    else:
        tried = example_count(loaded)
    return tried, run_tests(loaded, fold=fold_text, views_of=views_of, rule_ids=rule_ids)


def trace_message(
    sources: RuleSources,
    message: Example,
    *,
    text: TextDetector | None = None,
    rule_ids: Collection[str] | None = None,
) -> Trace:
    """Every condition of every rule for one message; what the message leaves out is not known.

    Args:
        sources: The rule set; drafts are asked too, retired rules are not.
        message: The message. Window values are those it gives by their names.
        text: The classifier, asked where the message gives no scores.
        rule_ids: Only these rules; None is all.

    Raises:
        RuleNotFound: One of the rules is not there, or not sound.
    """
    for rule_id in rule_ids or ():
        rule_of(sources, rule_id)
    rule_set = runnable_set(sources)
    plans = [plan for plan in rule_set.engine.plans if rule_ids is None or plan.rule.id in rule_ids]
    names = {name: spec_id for plan in plans for name, spec_id in plan.windows.items()}
    subject = subject_of(message, names, fold=fold_text, views_of=views_of)
    if text is not None and message.scores is None:
        [found] = text.classify(text.read([message.text]))
        subject = msgspec.structs.replace(
            subject, scores={category.value: score for category, score in found.scores.items()}
        )
    return trace(rule_set, subject, rule_ids=rule_ids)


def near(traced: Trace) -> Trace:
    """Only the rules that fire, and those of which a condition sees something in the text."""
    kept = tuple(one for one in traced.rules if one.fired or _sees(one.conditions))
    return Trace(ruleset=traced.ruleset, text=traced.text, rules=kept)


def _sees(condition: ConditionTrace) -> bool:
    return bool(condition.spans) or any(_sees(child) for child in condition.children)


def ordered(traced: Trace) -> list[RuleTrace]:
    """Fired rules first, then those that could not tell, then the rest."""
    order = {"true": 0, "unknown": 1, "false": 2}
    return sorted(traced.rules, key=lambda one: (order[one.value], one.rule_id))
