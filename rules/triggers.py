"""Triggers: phrases, patterns and high scores of which at least one must be seen before a rule can be true.

Rules without any are asked of every message; the others only where a trigger was seen.
"""

from collections.abc import Mapping
from typing import Literal

from rules.nodes import Chain, Every, Node, Number, Phrases, Reach, Reference, Regexes, Some, Split
from rules.plan import Plan
from rules.vocabulary import View

Score = tuple[str, float]
"""A category, and the least that its score has to be."""
Trigger = (
    tuple[Literal["phrase", "pattern", "joined"], View | Reach, str] | tuple[Literal["score"], Score, str]
)
EAGER: frozenset[View] = frozenset({"folded", "raw"})
"""Views that are searched for every message; the reading costs a tokeniser and waits until it is asked for."""


def triggers(node: Node, plans: Mapping[str, Plan]) -> frozenset[Trigger] | None:
    """What has to be seen for a condition to be true; None when it can be true without."""
    if isinstance(node, Every | Some):
        below = [triggers(child, plans) for child in node.children]
        known = [found for found in below if found is not None]
        if isinstance(node, Every):
            return min(known, key=_commonness, default=None)
        return frozenset[Trigger]().union(*known) if len(known) == len(below) else None
    if isinstance(node, Reference):
        return triggers(plans[node.rule_id].when, plans)
    return _of_leaf(node)


def _of_leaf(node: Node) -> frozenset[Trigger] | None:
    if isinstance(node, Phrases) and node.view in EAGER:
        return frozenset(("phrase", node.view, phrase) for phrase in node.phrases)
    if isinstance(node, Regexes) and node.view in EAGER:
        return frozenset(("pattern", node.view, pattern) for pattern in node.patterns)
    if isinstance(node, Split):
        return frozenset(("joined", node.reach, phrase) for phrase in node.phrases)
    if isinstance(node, Chain):
        steps = [frozenset[Trigger](("phrase", "folded", phrase) for phrase in step) for step in node.steps]
        return min(steps, key=_commonness)
    if isinstance(node, Number) and node.fact.startswith("score.") and node.low is not None:
        return frozenset({("score", (node.fact.removeprefix("score."), node.low), "")})
    return None


def _commonness(found: frozenset[Trigger]) -> float:
    """A guess at how often one of them is seen: short phrases are common, hiragana most of all."""
    return sum(0.01 if kind in {"pattern", "score"} else _share(text) for kind, _, text in found)


def _share(phrase: str) -> float:
    share = 1.0
    for char in phrase:
        share *= 0.15 if "ぁ" <= char <= "ん" else 0.03
    return share
