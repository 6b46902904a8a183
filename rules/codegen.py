"""Codegen: the rules of one pack as one Python function.

A rule counts only where it is certainly true. So negations are pushed down to the leaves, and each
leaf becomes one expression: ``certainly true`` where it stands as it is, ``certainly false`` where it
stands negated. What is unknown is neither, so no third value is needed while running.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rules.facts import EXPRESSIONS, UNKNOWN_WORDS
from rules.interpret import JST
from rules.masks import Scored
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

PackFunction = Callable[[Any, list[int]], None]
"""Takes a prepared message and the list that gets the numbers of the rules that fire."""
ScoresFunction = Callable[[Mapping[str, float]], int]
"""Takes scores by category; gives the bits that they set in a message's mask."""


@dataclass(slots=True, kw_only=True)
class Writer:
    """Writes expressions; constants are kept in ``names``.

    Attributes:
        probes: Numbers of the conditions on text.
        plans: Plans by rule id, for rules that ask other rules.
        bits: Bits that are set in a message's mask where a condition on text can be true at all; looking at
            a bit is cheaper than asking the condition.
        assume_windows: Write what could be true if every window were just as wanted.
    """

    probes: Mapping[Node, int]
    plans: Mapping[str, Plan]
    bits: Mapping[Node, int]
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
            asked = f"p.value({self.probes[node]})"
            if node not in self.bits or (isinstance(node, Split) and not wanted):  # that may be unknown
                return f"{asked} is {wanted}"
            seen = f"(g & {1 << self.bits[node]} and {asked})"
            return seen if wanted else f"(not {seen})"
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
            values = {*node.values} if wanted else {*node.values, *UNKNOWN_WORDS}
            return (
                f"({EXPRESSIONS[node.fact]} {'in' if wanted else 'not in'} {self._name(frozenset(values))})"
            )
        if isinstance(node, Flag):
            return f"({EXPRESSIONS[node.fact]} is {node.value if wanted else not node.value})"
        if isinstance(node, Marked):
            test = f"{self._name(frozenset(node.names))}.isdisjoint(v)"
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


HEAD: Final = "    s = p.subject; c = p.scores; w = p.windows; g = p.mask\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A rule to compile: its number, its plan, and its bit in the mask. Without a bit every message is asked."""

    number: int
    plan: Plan
    bit: int | None


def pack_function(name: str, rows: Sequence[Row], writer: Writer) -> PackFunction:
    """One function for the rules of a pack. ``name`` is shown in profiles."""
    lines = [f"def pack_{name}(p, out):\n", HEAD]
    triggered = [row for row in rows if row.bit is not None]
    lines += [
        f"    if {writer.fires(row.plan)}: out.append({row.number})\n" for row in rows if row.bit is None
    ]
    if triggered:
        lines.append(
            f"    if not g & {sum(1 << row.bit for row in triggered if row.bit is not None)}: return\n"
        )
    for row in triggered:
        lines.append(
            f"    if g & {1 << (row.bit or 0)} and {writer.fires(row.plan)}: out.append({row.number})\n"
        )
    return made("".join(lines), f"pack_{name}", writer.names)  # type: ignore[no-any-return]


def scores_function(scored: Sequence[Scored]) -> ScoresFunction:
    """Tells the bits that high scores set."""
    lines = ["def bits_of_scores(c):\n    m = 0; get = c.get\n"]
    for category, lowest, steps in scored:
        lines.append(f"    if (v := get({category!r})) is not None and v >= {lowest!r}:\n")
        lines += [f"        if v >= {low!r}: m |= {bits}\n" for low, bits in steps]
    lines.append("    return m\n")
    return made("".join(lines), "bits_of_scores", {})  # type: ignore[no-any-return]


def made(source: str, name: str, names: Mapping[str, Any]) -> Any:
    """The function of this name in a source, with the constants that a writer kept for it."""
    space = dict(names)
    # The source is written above from validated rules; texts enter only as constants in `space` or by repr.
    exec(compile(source, f"<rules {name}>", "exec"), space)  # noqa: S102
    return space[name]
