"""Masks: one bit for each rule, and for each condition on text that many messages would be asked.

A phrase, pattern or high score that is seen sets the bits of what it makes possible; most messages set none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rules.index import PhraseHit, PhraseIndex, ViewIndex
from rules.nodes import TEXT_NODES, Counter, Node, Reach, Reference, walk
from rules.plan import Plan
from rules.triggers import EAGER, Trigger, triggers
from rules.vocabulary import View


class EagerView(NamedTuple):
    """A view that is searched for every message, and the bits that its phrases and patterns set, by number."""

    view: View
    find: Callable[[str], tuple[list[PhraseHit], list[int]]]
    phrase_bits: tuple[int, ...]
    pattern_bits: tuple[int, ...]


class Joined(NamedTuple):
    """Joined text of one reach, and the bits that its phrases set, by number."""

    reach: Reach
    phrase_bits: tuple[int, ...]


class Scored(NamedTuple):
    """A category, the lowest score that sets any bits, and from which score on which are set."""

    category: str
    lowest: float
    steps: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Masks:
    """Places of bits. A rule without one can be true with nothing seen, and is asked of every message."""

    rules: Mapping[str, int | None]
    nodes: Mapping[Node, int]
    eager: tuple[EagerView, ...]
    joined: tuple[Joined, ...]
    scored: tuple[Scored, ...]


def masks_of(
    ordered: Sequence[Plan],
    plans: Mapping[str, Plan],
    views: Mapping[View, ViewIndex],
    joins: Mapping[Reach, PhraseIndex],
) -> Masks:
    """Bits for rules and conditions, and what sets them."""
    needed = {plan.rule.id: triggers(plan.when, plans) for plan in ordered}
    setters: list[frozenset[Trigger]] = []
    nodes: dict[Node, int] = {}
    # conditions first: their bits are looked at most often, and small numbers are quick
    for node in _often_asked(ordered, plans, needed):
        found = triggers(node, plans)
        if found is not None and node not in nodes:
            nodes[node] = len(setters)
            setters.append(found)
    rules: dict[str, int | None] = {}
    for plan in ordered:
        found = needed[plan.rule.id]
        rules[plan.rule.id] = None if found is None else len(setters)
        if found is not None:
            setters.append(found)
    return Masks(
        rules=rules,
        nodes=nodes,
        eager=_eager(setters, views),
        joined=_joined(setters, joins),
        scored=_scored(setters),
    )


def _often_asked(
    ordered: Sequence[Plan], plans: Mapping[str, Plan], needed: Mapping[str, frozenset[Trigger] | None]
) -> Iterable[Node]:
    """Conditions on text of rules that are asked of every message, and of what windows count."""
    todo: list[Node] = []
    for plan in ordered:
        if needed[plan.rule.id] is None:
            todo.append(plan.when)
        todo.extend(
            node.where for node in walk(plan.when) if isinstance(node, Counter) and node.where is not None
        )
    asked: set[str] = set()
    for root in todo:
        for node in walk(root):
            if isinstance(node, Reference) and node.rule_id not in asked:
                asked.add(node.rule_id)
                todo.append(plans[node.rule_id].when)
            elif isinstance(node, TEXT_NODES):
                yield node


def _eager(setters: Sequence[frozenset[Trigger]], views: Mapping[View, ViewIndex]) -> tuple[EagerView, ...]:
    bits = {
        view: ([0] * len(index.phrases.numbers), [0] * len(index.patterns.numbers))
        for view, index in views.items()
        if view in EAGER
    }
    for bit, setter in enumerate(setters):
        for kind, view, text in setter:
            if kind in {"joined", "score"} or isinstance(view, tuple):
                continue
            of_phrases, of_patterns = bits[view]
            if kind == "phrase":
                of_phrases[views[view].phrases.numbers[text]] |= 1 << bit
            else:
                of_patterns[views[view].patterns.numbers[text]] |= 1 << bit
    return tuple(
        EagerView(
            view=view,
            find=views[view].find,
            phrase_bits=tuple(of_phrases),
            pattern_bits=tuple(of_patterns),
        )
        for view, (of_phrases, of_patterns) in bits.items()
    )


def _joined(setters: Sequence[frozenset[Trigger]], joins: Mapping[Reach, PhraseIndex]) -> tuple[Joined, ...]:
    bits = {reach: [0] * len(index.numbers) for reach, index in joins.items()}
    for bit, setter in enumerate(setters):
        for trigger in setter:
            if trigger[0] == "joined" and not isinstance(reach := trigger[1], str):
                bits[reach][joins[reach].numbers[trigger[2]]] |= 1 << bit
    return tuple(Joined(reach=reach, phrase_bits=tuple(found)) for reach, found in bits.items())


def _scored(setters: Sequence[frozenset[Trigger]]) -> tuple[Scored, ...]:
    bits: defaultdict[str, defaultdict[float, int]] = defaultdict(lambda: defaultdict(int))
    for bit, setter in enumerate(setters):
        for trigger in setter:
            if trigger[0] == "score":
                category, low = trigger[1]
                bits[category][low] |= 1 << bit
    return tuple(
        Scored(category, min(steps), tuple(sorted(steps.items()))) for category, steps in sorted(bits.items())
    )
