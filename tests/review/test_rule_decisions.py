"""Decisions by rule, counted by the database."""

from dataclasses import replace
from datetime import timedelta

from moderation.review.decision import Action, Outcome, Ruling
from moderation.scoring.rule_source import RuleSource
from moderation.storage.rules import decisions
from moderation.storage.rules.decisions import RuleDecisions
from moderation.taxonomy import Category
from tests.review.desk import CLEAR, UNSURE, WARNING
from tests.support.factories import NOON

RULE = RuleSource("insult.test", 2)
THREAT = Ruling(
    outcome=Outcome.VIOLATION,
    categories=(Category.THREAT,),
    policy_id="H-2",
    actions=(Action.WARN,),
    reason="脅迫にあたるため。",
)


def decided(desk, aoki, ruling, author, *, hits=1):
    for number in range(hits):
        case_id = desk.case(f"お前ほんと消えろ{number}", author=author)
    return desk.decide(desk.claim(case_id, aoki), aoki, ruling)


def test_each_standing_decision_counts_once_for_its_rule(desk):
    aoki = desk.sight("aoki")
    decided(desk, aoki, WARNING, "u-1", hits=3)
    both = replace(WARNING, categories=(Category.THREAT, Category.INSULT))
    decided(desk, aoki, both, "u-2")
    decided(desk, aoki, THREAT, "u-3")
    decided(desk, aoki, CLEAR, "u-4")
    decided(desk, aoki, UNSURE, "u-5")
    desk.undo(decided(desk, aoki, CLEAR, "u-6"), aoki)

    with desk.database.read() as connection:
        assert decisions.by_rule(connection, since=NOON) == {
            RULE: RuleDecisions(violation=2, other=1, no_violation=1)
        }
        assert decisions.by_rule(connection, since=NOON + timedelta(seconds=1)) == {}
