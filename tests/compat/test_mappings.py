"""Foreign categories are made of ours as their tables say."""

import pytest

from moderation.scoring.mappings import (
    OPENAI,
    OPENAI_CATEGORIES,
    PERSPECTIVE,
    PERSPECTIVE_WITHOUT,
    Reading,
)
from moderation.scoring.signal import Signal
from moderation.scoring.verdict import Outcome, Verdict, Versions
from moderation.taxonomy import Category, Severity

VERSIONS = Versions(model="m", lexicon="l", fold="f", ruleset="r")


def reading(*signals: Signal, minors: float = 0.0, **scores: float) -> Reading:
    """A reading with scores by category; those of 0.5 and more are reached."""
    by_category = {Category(name): score for name, score in scores.items()}
    verdict = Verdict(
        verdict=Outcome.ALLOW,
        review=False,
        severity=Severity.NONE,
        category_scores=by_category,
        categories=tuple(name for name, score in by_category.items() if score >= 0.5),
        signals=signals,
        versions=VERSIONS,
        minors=minors >= 0.5,
    )
    return Reading(verdict=verdict, minors=minors)


def hit(category: Category, score: float, severity: Severity, mode: str = "live") -> Signal:
    return Signal(
        source="rule:a@1", category=category, score=score, reason="理由", severity=severity, mode=mode
    )


def test_openais_table_holds_its_categories_and_no_others():
    assert set(OPENAI_CATEGORIES) - set(OPENAI) == {"violence/graphic"}
    assert set(OPENAI) < set(OPENAI_CATEGORIES)


def test_perspectives_tables_do_not_overlap():
    assert not PERSPECTIVE_WITHOUT & set(PERSPECTIVE)


def test_the_highest_part_counts():
    found = reading(insult=0.3, disruption=0.7)

    assert OPENAI["harassment"].score(found) == 0.7
    assert PERSPECTIVE["TOXICITY"].score(found) == 0.7
    assert PERSPECTIVE["INSULT"].score(found) == 0.3


def test_hate_threatens_only_where_both_are_there():
    hate = OPENAI["hate/threatening"]

    assert hate.score(reading(identity_hate=0.9, threat=0.2)) == 0.2
    assert not hate.reached(reading(identity_hate=0.9, threat=0.2))
    assert hate.reached(reading(identity_hate=0.9, threat=0.6))


@pytest.mark.parametrize("category", [Category.SEXUAL_HARASSMENT, Category.SOLICITATION])
def test_sexual_minors_needs_a_minor(category):
    counterpart = OPENAI["sexual/minors"]

    assert counterpart.score(reading(**{category.value: 0.9}, minors=0.1)) == 0.1
    assert not counterpart.reached(reading(**{category.value: 0.9}, minors=0.1))
    assert counterpart.reached(reading(**{category.value: 0.9}, minors=0.8))
    assert not counterpart.reached(reading(insult=0.9, minors=0.8))


def test_severe_toxicity_counts_what_rules_rate_high():
    severe = PERSPECTIVE["SEVERE_TOXICITY"]
    command = hit(Category.INSULT, 0.9, Severity.HIGH)

    assert severe.score(reading(command, insult=0.9)) == 0.9
    assert severe.evidence(reading(command, insult=0.9).verdict) == [command]
    assert severe.score(reading(hit(Category.INSULT, 0.9, Severity.MEDIUM), insult=0.9)) == 0.0
    assert severe.score(reading(hit(Category.PRIVACY, 0.9, Severity.HIGH), privacy=0.9)) == 0.0


def test_a_shadow_rule_moves_nothing():
    watched = reading(hit(Category.INSULT, 0.9, Severity.HIGH, mode="shadow"))

    assert PERSPECTIVE["SEVERE_TOXICITY"].score(watched) == 0.0
    assert PERSPECTIVE["INSULT"].evidence(watched.verdict) == []
