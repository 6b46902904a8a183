"""Which rules two rule sets have in the same way, so that they need not be asked twice."""

from moderation.scoring.detectors import fold_text
from moderation.scoring.ruleset import RuleSources, rule_hashes
from rules.load import Loaded, LoadedRule
from rules.nodes import Reference, walk
from rules.plan import plan_of


def unchanged(one: RuleSources, other: RuleSources) -> frozenset[str]:
    """Ids of the rules that both sets have in the same way: content, lists, status, end, and rules they ask."""
    first, second = _ways(one.loaded), _ways(other.loaded)
    same = {rule_id for rule_id, way in first.items() if second.get(rule_id) == way}
    asks = {item.rule.id: _asked(item, one.loaded) for item in one.loaded.rules}
    while torn := {rule_id for rule_id in same if asks[rule_id] - same}:
        same -= torn
    return frozenset(same)


def _ways(loaded: Loaded) -> dict[str, tuple[str, str]]:
    hashes = rule_hashes(loaded)
    return {item.rule.id: (item.rule.status, hashes[item.rule.id][1]) for item in loaded.rules}


def _asked(item: LoadedRule, loaded: Loaded) -> frozenset[str]:
    plan, _ = plan_of(item, {one.id: one for one in loaded.lists}, fold_text)
    if plan is None:
        return frozenset()
    return frozenset(node.rule_id for node in walk(plan.when) if isinstance(node, Reference))


def without(loaded: Loaded, same: frozenset[str]) -> Loaded:
    """The rules that are not in ``same``, with those that they ask."""
    items = {item.rule.id: item for item in loaded.rules}
    wanted = set(items) - same
    todo = list(wanted)
    for rule_id in todo:
        more = (_asked(items[rule_id], loaded) & set(items)) - wanted
        wanted |= more
        todo.extend(more)
    return Loaded(rules=tuple(items[rule_id] for rule_id in sorted(wanted)), lists=loaded.lists)
