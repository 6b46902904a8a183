"""Reachable: whether a rule could ever fire where some facts are never known, as in an archive."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from rules.nodes import Counter, Every, Flag, Marked, No, Node, Number, OneOf, Reference, Some
from rules.plan import Plan


def may_fire(plan: Plan, plans: Mapping[str, Plan], absent: AbstractSet[str]) -> bool:
    """Whether the rule can certainly fire although the facts in ``absent`` are unknown; ``reports`` names those windows."""
    return all(_may_be(node, True, plans, absent) for node in (plan.scope, plan.when) if node is not None)


def _may_be(node: Node, wanted: bool, plans: Mapping[str, Plan], absent: AbstractSet[str]) -> bool:
    if isinstance(node, Every | Some):
        together = all if isinstance(node, Every) == wanted else any
        return together(_may_be(child, wanted, plans, absent) for child in node.children)
    if isinstance(node, No):
        return _may_be(node.child, not wanted, plans, absent)
    if isinstance(node, Reference):
        return not wanted or may_fire(plans[node.rule_id], plans, absent)
    if isinstance(node, Number | OneOf | Marked | Flag):
        return node.fact not in absent
    return not (isinstance(node, Counter) and node.spec.measure in absent)
