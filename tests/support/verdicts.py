"""Verdicts for tests that need none of the detectors."""

from typing import Any

from moderation.scoring.signal import Signal
from moderation.scoring.verdict import Outcome, Verdict, Versions
from moderation.taxonomy import Category, Severity

VERSIONS = Versions(model="m-1", lexicon="l-1", fold="f-1", ruleset="rs-1")


def verdict(**given: Any) -> Verdict:
    """A verdict that asks for review of an insult."""
    category = given.pop("category", Category.INSULT)
    fields: dict[str, Any] = {
        "verdict": Outcome.ALLOW,
        "review": True,
        "severity": Severity.MEDIUM,
        "category_scores": {category: 0.8},
        "categories": (category,),
        "signals": (
            Signal(source="rule:insult.test@1", category=category, score=0.8, reason="理由", spans=((0, 1),)),
        ),
        "versions": VERSIONS,
    }
    return Verdict(**(fields | given))
