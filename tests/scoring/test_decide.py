"""Order of precedence between classifier and rules."""

import pytest

from moderation.scoring.decide import Classified, RuleFindings, decide
from moderation.scoring.policy import read_policy
from moderation.scoring.signal import Signal
from moderation.scoring.verdict import Outcome, Status, Versions
from moderation.taxonomy import Category, Severity, Strictness, Target

VERSIONS = Versions(model="m", lexicon="l", fold="f", ruleset="r")


def findings(**given):
    return RuleFindings(**({"scores": {}} | given))


def classified(minors=0.0, **scores):
    return Classified(
        scores={category: scores.get(category.value, 0.001) for category in Category},
        minors=minors,
        target=Target.VIEWER,
    )


def verdict_of(found, rules, *, strictness=Strictness.NORMAL, missing=()):
    return decide(
        classified=found,
        findings=rules,
        explain=lambda category, score: Signal(
            source="classifier@m", category=category, score=score, reason="理由"
        ),
        points=read_policy().points[strictness],
        minors_from=0.5,
        versions=VERSIONS,
        missing=missing,
    )


def test_a_quiet_message_is_allowed_and_says_no_reason():
    verdict = verdict_of(classified(), findings())

    assert not verdict.flagged
    assert verdict.severity is Severity.NONE
    assert verdict.signals == ()


def test_a_score_at_its_operating_point_asks_for_review_with_a_reason():
    point = read_policy().points[Strictness.NORMAL][Category.INSULT]

    verdict = verdict_of(classified(insult=point.review), findings())

    assert verdict.review
    assert verdict.verdict is Outcome.ALLOW
    assert verdict.categories == (Category.INSULT,)
    assert [signal.reason for signal in verdict.signals] == ["理由"]


def test_the_category_score_is_the_higher_of_classifier_and_rules():
    verdict = verdict_of(classified(insult=0.2), findings(scores={Category.INSULT: 0.9}, review=True))

    assert verdict.category_scores[Category.INSULT] == 0.9


def test_an_allow_rule_lifts_the_classifiers_wish_for_review():
    assert not verdict_of(classified(insult=0.99), findings(allowed=True)).review


@pytest.mark.parametrize("category", ["threat", "self_harm"])
def test_an_allow_rule_never_lifts(category):
    assert verdict_of(classified(**{category: 0.99}), findings(allowed=True)).review


def test_an_allow_rule_never_lifts_harm_to_a_minor():
    assert verdict_of(classified(minors=0.9, solicitation=0.99), findings(allowed=True)).review


def test_a_strict_room_asks_for_review_earlier_and_a_relaxed_one_later():
    point = read_policy().points[Strictness.NORMAL][Category.INSULT].review

    assert verdict_of(classified(insult=point - 0.01), findings(), strictness=Strictness.STRICT).review
    assert not verdict_of(classified(insult=point + 0.01), findings(), strictness=Strictness.RELAXED).review


def test_rules_alone_answer_partially_when_the_classifier_had_no_time():
    verdict = verdict_of(None, findings(scores={Category.THREAT: 0.9}, review=True), missing=("classifier",))

    assert verdict.status is Status.PARTIAL
    assert verdict.degraded
    assert verdict.review


def test_windows_that_redis_could_not_count_degrade_the_answer_but_do_not_make_it_partial():
    verdict = verdict_of(classified(), findings(), missing=("redis",))

    assert verdict.degraded
    assert verdict.status is Status.COMPLETE
