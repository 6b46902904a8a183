"""Plan: a rule made ready to be compiled or interpreted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.load import LoadedRule
from rules.lower import Fold, Lowering
from rules.lower_facts import exempt_node, scope_node
from rules.nodes import Node, Reference, walk
from rules.problems import Problem
from rules.rule import Rule
from rules.term_list import TermList
from rules.vocabulary import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One rule's condition, scope and exemptions as nodes.

    Attributes:
        mode: ``live`` counts; ``shadow`` is recorded and never acted on.
        expires: Unix seconds at which the rule stops.
        windows: Window ids by the names they have in the rule.
    """

    rule: Rule
    mode: Mode
    when: Node
    scope: Node | None
    exempt: Node | None
    expires: float | None
    windows: Mapping[str, str] = field(default_factory=dict)

    @property
    def references(self) -> frozenset[str]:
        """Ids of the rules that this one asks."""
        return frozenset(node.rule_id for node in walk(self.when) if isinstance(node, Reference))


def plan_of(item: LoadedRule, lists: Mapping[str, TermList], fold: Fold) -> tuple[Plan | None, list[Problem]]:
    """A rule's plan, or every reason why there is none."""
    rule = item.rule
    lowering = Lowering(lists=lists, fold=fold)
    when = lowering.node(rule.when, ("when",))
    if lowering.troubles:
        return None, [
            item.problem(found.code, found.what, at=found.at, hint=found.hint) for found in lowering.troubles
        ]
    plan = Plan(
        rule=rule,
        mode="live" if rule.status == "live" else "shadow",
        when=when,
        scope=scope_node(rule.scope),
        exempt=exempt_node(rule.exempt),
        expires=None if rule.expires_at is None else rule.expires_at.timestamp(),
        windows=lowering.windows,
    )
    return plan, []
