"""Rules that ask other rules: no missing ones, no circles, no explosions."""

from collections.abc import Mapping

from rules.load import LoadedRule
from rules.nodes import Reference, walk
from rules.plan import Plan
from rules.problems import Problem, did_you_mean

MAX_CONDITIONS = 2_000
"""Conditions of one rule with those of all rules it asks written out."""
MAX_DEPTH = 5
"""Rules that ask rules that ask rules ..."""


def without_bad_references(
    plans: Mapping[str, Plan], items: Mapping[str, LoadedRule]
) -> tuple[dict[str, Plan], list[Problem]]:
    """The plans whose references hold, and why the others are left out."""
    sound = dict(plans)
    problems: list[Problem] = []
    for judge in (
        _unanswered,
        _too_much,
        _unanswered,
    ):  # the second walks references: circles have to be gone
        while bad := {
            rule_id: why for rule_id, plan in sound.items() if (why := judge(plan, sound)) is not None
        }:
            for rule_id, (code, what, hint) in bad.items():
                problems.append(items[rule_id].problem(code, what, at=("when",), hint=hint))
                del sound[rule_id]
    return sound, problems


Why = tuple[str, str, str | None]


def _unanswered(plan: Plan, plans: Mapping[str, Plan]) -> Why | None:
    """A rule it asks is not there, or asks back."""
    for other in sorted(plan.references):
        if other not in plans:
            hint = did_you_mean(other, plans) or "it is missing, broken, a draft or retired"
            return "no_rule", f"the rule {other!r} cannot be asked", hint
        if plan.mode == "live" and plans[other].mode == "shadow":
            return (
                "live_asks_shadow",
                f"a live rule asks the shadow rule {other!r}",
                "make that one live first",
            )
    circle = _circle(plan.rule.id, plans)
    if circle is not None:
        return "circle", f"rules ask one another in a circle: {' -> '.join(circle)}", None
    return None


def _too_much(plan: Plan, plans: Mapping[str, Plan]) -> Why | None:
    """What it asks goes too deep, or is too much when written out."""
    if not plan.references:
        return None
    if _deeper(plan.rule.id, plans, MAX_DEPTH):
        return "too_deep", f"rules ask one another more than {MAX_DEPTH} deep", None
    if _written_out(plan, plans) > MAX_CONDITIONS:
        return (
            "too_many_conditions",
            f"more than {MAX_CONDITIONS:,} conditions with those of the rules it asks",
            None,
        )
    return None


def _circle(start: str, plans: Mapping[str, Plan]) -> tuple[str, ...] | None:
    """A way from a rule back to itself. Rules that only lead into a circle fail when it is gone."""
    todo: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while todo:
        way = todo.pop()
        for other in sorted(plans[way[-1]].references) if way[-1] in plans else ():
            if other == start:
                return (*way, start)
            if other not in seen:
                seen.add(other)
                todo.append((*way, other))
    return None


def _deeper(rule_id: str, plans: Mapping[str, Plan], left: int) -> bool:
    layer = {rule_id}
    for _ in range(left + 1):
        layer = {other for one in layer if one in plans for other in plans[one].references}
    return bool(layer)


def _written_out(plan: Plan, plans: Mapping[str, Plan]) -> int:
    """Conditions counted as often as they would be written; called where the depth is bounded."""
    nodes = walk(plan.when)
    asked = [plans[node.rule_id] for node in nodes if isinstance(node, Reference) and node.rule_id in plans]
    total = len(nodes)
    for other in asked:
        if total > MAX_CONDITIONS:
            break
        total += _written_out(other, plans)
    return total
