"""Codegen: the rules of one pack as one Python function.

A rule counts only where it is certainly true. So negations are pushed down to the leaves, and each
leaf becomes one expression: ``certainly true`` where it stands as it is, ``certainly false`` where it
stands negated. What is unknown is neither, so no third value is needed while running.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rules.facts import EXPRESSIONS, UNKNOWN_WORDS
from rules.interpret import JST
from rules.nodes import (
    TEXT_NODES,
    Alike,
    Chain,
    Clock,
    Counter,
    Every,
    Flag,
    Marked,
    No,
    Node,
    Number,
    OneOf,
    Phrases,
    Reference,
    Some,
    Split,
)
from rules.plan import Plan

PackFunction = Callable[[int, Any, list[int]], None]
"""Takes the bits of triggered rules, the prepared message and the list that gets numbers of rules that fire."""


@dataclass(slots=True, kw_only=True)
class Writer:
    """Writes expressions; constants are kept in ``names``.

    Attributes:
        probes: Numbers of the conditions on text.
        plans: Plans by rule id, for rules that ask other rules.
        assume_windows: Write what could be true if every window were just as wanted.
    """

    probes: Mapping[Node, int]
    plans: Mapping[str, Plan]
    assume_windows: bool = False
    names: dict[str, Any] = field(default_factory=lambda: {"JST": JST})

    def fires(self, plan: Plan) -> str:
        """The rule certainly fires."""
        parts = [] if plan.expires is None else [f"s.sent_at.timestamp() < {plan.expires!r}"]
        parts += [] if plan.scope is None else [self.true(plan.scope)]
        parts += [self.true(plan.when)]
        parts += [] if plan.exempt is None else [f"not {self.true(plan.exempt)}"]
        return f"({' and '.join(parts)})"

    def quiet(self, plan: Plan) -> str:
        """The rule certainly does not fire."""
        parts = [] if plan.expires is None else [f"s.sent_at.timestamp() >= {plan.expires!r}"]
        parts += [] if plan.exempt is None else [self.true(plan.exempt)]
        parts += [] if plan.scope is None else [self.false(plan.scope)]
        return f"({' or '.join([*parts, self.false(plan.when)])})"

    def true(self, node: Node) -> str:
        """The condition is certainly true."""
        if isinstance(node, Every | Some):
            return self._joined(" and " if isinstance(node, Every) else " or ", node.children, self.true)
        if isinstance(node, No):
            return self.false(node.child)
        if isinstance(node, Reference):
            return self.fires(self.plans[node.rule_id])
        return self._leaf(node, wanted=True)

    def false(self, node: Node) -> str:
        """The condition is certainly false."""
        if isinstance(node, Every | Some):
            return self._joined(" or " if isinstance(node, Every) else " and ", node.children, self.false)
        if isinstance(node, No):
            return self.true(node.child)
        if isinstance(node, Reference):
            return self.quiet(self.plans[node.rule_id])
        return self._leaf(node, wanted=False)

    def _joined(self, word: str, children: Sequence[Node], write: Callable[[Node], str]) -> str:
        # cheap ones first: most rules end there
        return f"({word.join(write(child) for child in sorted(children, key=cost))})"

    def _leaf(self, node: Node, *, wanted: bool) -> str:
        if isinstance(node, TEXT_NODES):
            return f"p.value({self.probes[node]}) is {wanted}"
        if isinstance(node, Counter):
            return (
                "True"
                if self.assume_windows
                else _range(f"w.get({node.spec.id!r})", node.low, node.high, wanted)
            )
        if isinstance(node, Clock):
            word = " and " if node.start < node.end else " or "
            minute = "((t := s.sent_at.astimezone(JST)).hour * 60 + t.minute)"
            inside = f"((q := {minute}) >= {node.start}{word}q < {node.end})"
            return inside if wanted else f"(not {inside})"
        return self._fact(node, wanted=wanted)

    def _fact(self, node: Node, *, wanted: bool) -> str:
        if isinstance(node, Number):
            holder, _, name = node.fact.partition(".")
            value = f"c.get({name!r})" if holder == "score" else EXPRESSIONS[node.fact]
            return _range(value, node.low, node.high, wanted)
        if isinstance(node, OneOf):
            values = node.values if wanted else node.values | UNKNOWN_WORDS
            return f"({EXPRESSIONS[node.fact]} {'in' if wanted else 'not in'} {self._name(values)})"
        if isinstance(node, Flag):
            return f"({EXPRESSIONS[node.fact]} is {node.value if wanted else not node.value})"
        if isinstance(node, Marked):
            test = f"{self._name(node.names)}.isdisjoint(v)"
            return f"((v := {EXPRESSIONS[node.fact]}) is not None and {'not ' if wanted else ''}{test})"
        raise TypeError(f"no such condition: {node!r}")

    def _name(self, value: Any) -> str:
        name = f"K{len(self.names)}"
        self.names[name] = value
        return name


def _range(value: str, low: float | None, high: float | None, wanted: bool) -> str:
    tests = [f"v >= {low!r}"] if low is not None else []
    tests += [f"v < {high!r}"] if high is not None else []
    test = " and ".join(tests)
    return f"((v := {value}) is not None and {test if wanted else f'not ({test})'})"


def cost(node: Node) -> float:
    """About how long asking a condition takes, in units of a look at a fact."""
    if isinstance(node, Every | Some):
        return sum(cost(child) for child in node.children)
    if isinstance(node, No):
        return cost(node.child)
    if isinstance(node, Phrases):
        return 5 if node.mode in {"substring", "exact"} else 100
    for kind, price in (
        (Chain, 8.0),
        (Split, 20.0),
        (Alike, 40.0),
        (TEXT_NODES, 6.0),
        (Reference, 30.0),
        (Clock, 4.0),
    ):
        if isinstance(node, kind):
            return price
    return 1


HEAD = "    s = p.subject; c = p.scores; w = p.windows\n"


def pack_function(name: str, plans: Sequence[tuple[int, Plan, int | None]], writer: Writer) -> PackFunction:
    """One function for the rules of a pack.

    Args:
        name: The pack's name, shown in profiles.
        plans: For each rule its number, its plan, and its bit in the mask; no bit: it is asked of every message.
        writer: Writes the conditions.
    """
    lines = [f"def pack_{name}(m, p, out):\n", HEAD]
    for number, plan, bit in plans:
        if bit is None:
            lines.append(f"    if {writer.fires(plan)}: out.append({number})\n")
    if any(bit is not None for _, _, bit in plans):
        lines.append("    if not m: return\n")
    for number, plan, bit in plans:
        if bit is not None:
            lines.append(f"    if m & {1 << bit} and {writer.fires(plan)}: out.append({number})\n")
    return _made("".join(lines), f"pack_{name}", writer)  # type: ignore[no-any-return]


def predicate(name: str, expression: str, writer: Writer) -> Callable[[Any], bool]:
    """A function of a prepared message for one expression."""
    return _made(f"def {name}(p):\n{HEAD}    return {expression}\n", name, writer)  # type: ignore[no-any-return]


def _made(source: str, name: str, writer: Writer) -> Any:
    space = dict(writer.names)
    # The source is written above from validated rules; texts enter only as constants in `space` or by repr.
    exec(compile(source, f"<rules {name}>", "exec"), space)  # noqa: S102
    return space[name]
