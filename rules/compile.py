"""Compile rules to a rule set: phrases to one automaton a view, patterns to RE2 sets, conditions to code.

A rule that cannot be compiled is left out and named; the others run.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial, reduce
from hashlib import sha256
from operator import or_

from rules.codegen import PackFunction, Row, Writer, pack_function, scores_function
from rules.codegen_windows import Ask, counting_function, windows_function
from rules.index import PhraseIndex, ViewIndex
from rules.load import Loaded
from rules.lower import Fold
from rules.masks import Masks, masks_of
from rules.match import Engine, RuleSet
from rules.nodes import TEXT_NODES, Alike, Chain, Counter, Node, Phrases, Reach, Regexes, Split, walk
from rules.plan import Plan, plan_of
from rules.probes import probe_of
from rules.problems import Problem
from rules.references import without_bad_references
from rules.triggers import triggers
from rules.vocabulary import Mode, View
from rules.windows import WindowSpec

LANGUAGE = 1
"""Version of the rule language; part of every rule set's version."""


def compile_rules(loaded: Loaded, *, fold: Fold, modes: Sequence[Mode] = ("live", "shadow")) -> RuleSet:
    """A rule set of the rules whose status is one of ``modes``.

    Args:
        loaded: From ``rules.load``. Files that could not be read are named in ``broken`` too.
        fold: Text to one spelling; the same that made the ``folded`` view.
        modes: ``live``, ``shadow`` or both.
    """
    [rule_set] = compile_together([loaded], fold=fold, modes=modes)
    return rule_set


def compile_together(
    several: Iterable[Loaded], *, fold: Fold, modes: Sequence[Mode] = ("live", "shadow")
) -> list[RuleSet]:
    """Rule sets that share their automata: a text that one of them searched need not be searched again.

    See ``RuleSet.search``.
    """
    planned = [(loaded, *_plans(loaded, fold, modes)) for loaded in several]
    views = _views(
        node for _, plans, _ in planned for rule_id in sorted(plans) for node in walk(plans[rule_id].when)
    )
    made = []
    for loaded, plans, broken in planned:
        engine = _engine(plans, views)
        made.append(
            RuleSet(
                version=_version(loaded, plans),
                rules=tuple(plan.rule for plan in engine.plans),
                windows=engine.windows,
                needs=_needs(engine),
                broken=tuple(broken),
                engine=engine,
            )
        )
    return made


def _plans(loaded: Loaded, fold: Fold, modes: Sequence[Mode]) -> tuple[Mapping[str, Plan], Sequence[Problem]]:
    """Plans of the sound rules by id, and why there are no others."""
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
    return sound, [*broken, *bad]


def _engine(plans: Mapping[str, Plan], views: dict[View, ViewIndex]) -> Engine:
    ordered = tuple(plans[rule_id] for rule_id in sorted(plans))
    nodes = [node for plan in ordered for node in walk(plan.when)]
    joins = _joins(nodes)
    of_text = list(dict.fromkeys(node for node in nodes if isinstance(node, TEXT_NODES)))
    numbers: dict[Node, int] = {node: number for number, node in enumerate(of_text)}
    masks = masks_of(ordered, plans, views, joins)
    rows = [
        Row(number=number, plan=plan, bit=masks.rules[plan.rule.id]) for number, plan in enumerate(ordered)
    ]
    specs, asks = _windows(rows, plans)
    always, packs = _packs(rows, numbers, plans, masks)
    writer = Writer(probes=numbers, plans=plans, bits=masks.nodes)
    hopeful = Writer(probes=numbers, plans=plans, bits=masks.nodes, assume_windows=True, names=writer.names)
    return Engine(
        plans=ordered,
        by_id=plans,
        views=views,
        joins=joins,
        joined=masks.joined,
        scored=scores_function(masks.scored) if masks.scored else None,
        eager=masks.eager,
        always=always,
        packs=packs,
        wanted=reduce(or_, (wanted for wanted, _ in packs), 0),
        probes=tuple(probe_of(node, views, joins) for node in of_text),
        numbers=numbers,
        windows=specs,
        asks=windows_function(asks, writer, hopeful),
        counting=partial(counting_function, asks, writer, hopeful),
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


def _joins(nodes: Iterable[Node]) -> dict[Reach, PhraseIndex]:
    phrases: defaultdict[Reach, set[str]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, Split):
            phrases[node.reach].update(node.phrases, node.excepts, node.unless)
    return {reach: PhraseIndex(phrases[reach]) for reach in phrases}


def _packs(
    rows: Sequence[Row], numbers: Mapping[Node, int], plans: Mapping[str, Plan], masks: Masks
) -> tuple[tuple[PackFunction, ...], tuple[tuple[int, PackFunction], ...]]:
    """The packs that are asked of every message, and the others with the bits of which they need one."""
    members: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        members[row.plan.rule.category].append(row)
    always: list[PackFunction] = []
    packs: list[tuple[int, PackFunction]] = []
    for name in sorted(members):
        function = pack_function(name, members[name], Writer(probes=numbers, plans=plans, bits=masks.nodes))
        bits = [row.bit for row in members[name] if row.bit is not None]
        if len(bits) < len(members[name]):
            always.append(function)
        else:
            packs.append((sum(1 << bit for bit in bits), function))
    return tuple(always), tuple(packs)


def _windows(rows: Sequence[Row], plans: Mapping[str, Plan]) -> tuple[tuple[WindowSpec, ...], list[Ask]]:
    asked: dict[str, Counter] = {}
    readers: defaultdict[str, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        for node in walk(row.plan.when):
            if isinstance(node, Counter):
                asked.setdefault(node.spec.id, node)
                readers[node.spec.id][row.number] = row
    nodes = [asked[spec_id] for spec_id in sorted(asked)]
    asks = [
        Ask(
            spec=node.spec,
            where=node.where,
            min_length=node.min_length,
            counts=node.spec.measure != "reports",
            triggered=node.where is not None and triggers(node.where, plans) is not None,
            readers=tuple(readers[node.spec.id].values()),
        )
        for node in nodes
    ]
    return tuple(node.spec for node in nodes), asks


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
