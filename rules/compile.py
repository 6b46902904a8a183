"""Compile rules to a rule set: phrases to one automaton a view, patterns to one RE2 set, conditions to code.

A rule that cannot be compiled is left out and named; the others run.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from rules.codegen import Writer, pack_function, predicate
from rules.index import ViewIndex
from rules.load import Loaded
from rules.lower import Fold
from rules.match import Counted, Engine, RuleSet
from rules.nodes import TEXT_NODES, Alike, Chain, Counter, Node, Phrases, Regexes, Split, walk
from rules.plan import Plan, plan_of
from rules.probes import probe_of
from rules.problems import Problem
from rules.references import without_bad_references
from rules.triggers import EAGER, Trigger, triggers
from rules.vocabulary import Mode, View

LANGUAGE = 1
"""Version of the rule language; part of every rule set's version."""


def compile_rules(loaded: Loaded, *, fold: Fold, modes: Sequence[Mode] = ("live", "shadow")) -> RuleSet:
    """A rule set of the rules whose status is one of ``modes``.

    Args:
        loaded: From ``rules.load``. Files that could not be read are named in ``broken`` too.
        fold: Text to one spelling; the same that made the ``folded`` view.
        modes: ``live``, ``shadow`` or both.
    """
    lists = {term_list.id: term_list for term_list in loaded.lists}
    chosen = [item for item in loaded.rules if item.rule.status in modes]
    broken: list[Problem] = list(loaded.problems)
    plans: dict[str, Plan] = {}
    for item in chosen:
        plan, problems = plan_of(item, lists, fold)
        broken.extend(problems)
        if plan is not None:
            plans[item.rule.id] = plan
    sound, bad = without_bad_references(plans, {item.rule.id: item for item in chosen})
    engine = _engine(sound)
    return RuleSet(
        version=_version(loaded, sound),
        rules=tuple(plan.rule for plan in engine.plans),
        windows=tuple(counted.spec for counted in engine.counted),
        needs=_needs(engine),
        broken=(*broken, *bad),
        engine=engine,
    )


def _engine(plans: Mapping[str, Plan]) -> Engine:
    ordered = tuple(plans[rule_id] for rule_id in sorted(plans))
    nodes = [node for plan in ordered for node in walk(plan.when)]
    views = _views(nodes)
    of_text = list(dict.fromkeys(node for node in nodes if isinstance(node, TEXT_NODES)))
    numbers: dict[Node, int] = {node: number for number, node in enumerate(of_text)}
    packs, masks = _packs(ordered, plans, views, numbers)
    return Engine(
        plans=ordered,
        by_id=plans,
        views=views,
        masks=masks,
        packs=packs,
        probes=tuple(probe_of(node, views) for node in of_text),
        numbers=numbers,
        counted=_counted(ordered, plans, numbers),
    )


def _views(nodes: Iterable[Node]) -> dict[View, ViewIndex]:
    phrases: defaultdict[View, set[str]] = defaultdict(set)
    patterns: defaultdict[View, set[str]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, Phrases):
            phrases[node.view].update(node.phrases, node.excepts, node.unless)
        elif isinstance(node, Chain):
            phrases["folded"].update(*node.steps, node.excepts, node.unless)
        elif isinstance(node, Regexes):
            phrases[node.view].update(node.excepts, node.unless)
            patterns[node.view].update(node.patterns)
    return {view: ViewIndex(phrases[view], patterns[view]) for view in sorted({*phrases, *patterns})}


def _packs(
    ordered: Sequence[Plan],
    plans: Mapping[str, Plan],
    views: Mapping[View, ViewIndex],
    numbers: Mapping[Node, int],
) -> tuple[Any, Any]:
    members: defaultdict[str, list[tuple[int, Plan]]] = defaultdict(list)
    for number, plan in enumerate(ordered):
        members[plan.rule.category].append((number, plan))
    masks: dict[View, tuple[list[int], list[int]]] = {
        view: ([0] * len(index.phrases.numbers), [0] * len(index.patterns.numbers))
        for view, index in views.items()
        if view in EAGER
    }
    packs, first = [], 0
    for name in sorted(members):
        rows: list[tuple[int, Plan, int | None]] = []
        bits = 0
        for number, plan in members[name]:
            needed = triggers(plan.when, plans)
            rows.append((number, plan, None if needed is None else bits))
            if needed is not None:
                _set_bit(masks, views, needed, 1 << (first + bits))
                bits += 1
        function = pack_function(name, rows, Writer(probes=numbers, plans=plans))
        packs.append((function, first, (1 << bits) - 1))
        first += bits
    return tuple(packs), {
        view: (tuple(phrases), tuple(patterns)) for view, (phrases, patterns) in masks.items()
    }


def _set_bit(
    masks: Mapping[View, tuple[list[int], list[int]]],
    views: Mapping[View, ViewIndex],
    needed: Iterable[Trigger],
    bit: int,
) -> None:
    for kind, view, text in needed:
        of_phrases, of_patterns = masks[view]
        if kind == "phrase":
            of_phrases[views[view].phrases.numbers[text]] |= bit
        else:
            of_patterns[views[view].patterns.numbers[text]] |= bit


def _counted(
    ordered: Sequence[Plan], plans: Mapping[str, Plan], numbers: Mapping[Node, int]
) -> tuple[Counted, ...]:
    asked: dict[str, Counter] = {}
    readers: defaultdict[str, list[Plan]] = defaultdict(list)
    for plan in ordered:
        for node in walk(plan.when):
            if isinstance(node, Counter):
                asked.setdefault(node.spec.id, node)
                readers[node.spec.id].append(plan)
    found = []
    for spec_id in sorted(asked):
        node = asked[spec_id]
        writer = Writer(probes=numbers, plans=plans)
        hopeful = Writer(probes=numbers, plans=plans, assume_windows=True)
        found.append(
            Counted(
                spec=node.spec,
                where=None if node.where is None else predicate("where", writer.true(node.where), writer),
                min_length=node.min_length,
                readers=tuple(predicate("reads", hopeful.fires(plan), hopeful) for plan in readers[spec_id]),
            )
        )
    return tuple(found)


def _needs(engine: Engine) -> frozenset[str]:
    looked_back = {f"recent_{node.to}" for node in engine.numbers if isinstance(node, Alike)}
    if any(isinstance(node, Split) for node in engine.numbers):
        looked_back.add("recent_author")
    return frozenset(looked_back)


def _version(loaded: Loaded, plans: Mapping[str, Plan]) -> str:
    content = {
        "language": LANGUAGE,
        "rules": [plans[rule_id].rule.model_dump(mode="json", by_alias=True) for rule_id in sorted(plans)],
        "lists": [term_list.model_dump(mode="json", by_alias=True) for term_list in loaded.lists],
    }
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f"rs-{sha256(text.encode()).hexdigest()[:12]}"
