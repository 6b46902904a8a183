"""One key makes a whole decision."""

import pytest

from moderation.bootstrap import read_policies
from moderation.errors import Invalid
from moderation.review.decision import Action, Outcome
from moderation.review.presets import (
    BY_NAME,
    PRESETS,
    VIOLATION_REASON_JA,
    clause_for,
    leading_categories,
    ruling_of,
)
from moderation.storage.policies import PolicyClause
from moderation.taxonomy import Category, Severity

CLAUSES = read_policies()


def clause(policy_id, *categories):
    return PolicyClause(id=policy_id, version=1, title="題", text="文", url=None, categories=categories)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
@pytest.mark.parametrize("category", Category)
def test_every_key_makes_a_sound_ruling_in_every_category(preset, category):
    ruling = ruling_of(preset, leading=[category], cited=[], clauses=CLAUSES)

    ruling.check()
    assert ruling.actions == preset.actions


def test_keys_are_single_and_different():
    assert len({preset.key for preset in PRESETS}) == len(PRESETS)
    assert all(len(preset.key) == 1 for preset in PRESETS)


def test_a_violation_cites_the_clause_that_the_rules_cited():
    clauses = [clause("A-1", Category.INSULT), clause("A-9", Category.INSULT)]

    assert clause_for(Category.INSULT, ["A-9"], clauses) == clauses[1]
    assert clause_for(Category.INSULT, [], clauses) == clauses[0]


def test_a_cited_clause_about_something_else_is_not_taken():
    clauses = [clause("A-1", Category.INSULT), clause("B-1", Category.THREAT)]

    assert clause_for(Category.INSULT, ["B-1"], clauses) == clauses[0]


def test_the_author_is_told_the_clause_and_the_reason():
    ruling = ruling_of(BY_NAME["warn"], leading=[Category.INSULT], cited=[], clauses=CLAUSES)

    assert ruling.policy_id in ruling.public_note
    assert VIOLATION_REASON_JA[Category.INSULT] in ruling.public_note


def test_without_a_category_only_findings_that_need_none_are_possible():
    with pytest.raises(Invalid, match="no category"):
        ruling_of(BY_NAME["ban"], leading=[], cited=[], clauses=CLAUSES)

    care = ruling_of(BY_NAME["care"], leading=[], cited=[], clauses=CLAUSES)
    assert (care.outcome, care.actions) == (Outcome.NO_VIOLATION, (Action.CARE,))


def test_a_threat_outranks_a_surer_insult():
    scores = {Category.INSULT: 0.99, Category.THREAT: 0.8}

    assert leading_categories(scores)[0] is Category.INSULT
    worst = {Category.INSULT: Severity.MEDIUM, Category.THREAT: Severity.CRITICAL}
    assert leading_categories(scores, worst)[0] is Category.THREAT
