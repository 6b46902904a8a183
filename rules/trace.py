"""Trace: every condition of every rule for one message, with true, false or unknown."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from rules.facts import fact
from rules.interpret import Interpreter
from rules.match import RuleSet
from rules.naive import NaiveLooker
from rules.nodes import TEXT_NODES, Counter, Every, Flag, Marked, No, Node, Number, OneOf, Reference, Some
from rules.plan import Plan
from rules.spans import Span, merge
from rules.subject import Subject
from rules.vocabulary import Mode

Value = Literal["true", "false", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionTrace:
    """One condition: how the rule file has it, what came out, and why.

    Attributes:
        why: The fact or counter that was looked at, where there is one.
        spans: Where in the raw text, in code points.
    """

    text: str
    value: Value
    why: str | None = None
    spans: tuple[Span, ...] = ()
    children: tuple["ConditionTrace", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrace:
    """One rule: whether it fires, and its conditions, scope and exemptions."""

    rule_id: str
    version: int
    mode: Mode
    title: str
    value: Value
    conditions: ConditionTrace
    scope: ConditionTrace | None = None
    exempt: ConditionTrace | None = None

    @property
    def fired(self) -> bool:
        """The rule fires."""
        return self.value == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What every rule of a rule set says to one message."""

    ruleset: str
    text: str
    rules: tuple[RuleTrace, ...]

    def lines(self) -> list[str]:
        """For a terminal: fired rules first, then those that could not tell, then the rest."""
        order: dict[Value, int] = {"true": 0, "unknown": 1, "false": 2}
        found: list[str] = []
        for rule in sorted(self.rules, key=lambda rule: (order[rule.value], rule.rule_id)):
            found.append(f"{rule.value:<7} {rule.rule_id}@{rule.version} ({rule.mode}) {rule.title}")
            for part in (rule.conditions, rule.scope, rule.exempt):
                if part is not None:
                    found.extend(self._lines(part, 1))
        return found

    def _lines(self, part: ConditionTrace, depth: int) -> Iterator[str]:
        seen = ", ".join(f"{start}-{end} {self.text[start:end]!r}" for start, end in part.spans)
        notes = "; ".join(filter(None, (part.why, seen)))
        yield f"{part.value:<7} {'  ' * depth}{part.text}" + (f"  [{notes}]" if notes else "")
        for child in part.children:
            yield from self._lines(child, depth + 1)


def trace(ruleset: RuleSet, subject: Subject, *, rule_ids: Collection[str] | None = None) -> Trace:
    """Ask every rule the slow way and keep each answer. Windows are those the subject carries."""
    looker = NaiveLooker(subject)
    interpreter = Interpreter(subject, looker, ruleset.engine.by_id.get)
    tracer = _Tracer(subject, looker, interpreter, ruleset)
    plans = [plan for plan in ruleset.engine.plans if rule_ids is None or plan.rule.id in rule_ids]
    return Trace(
        ruleset=ruleset.version,
        text=subject.views.raw,
        rules=tuple(tracer.rule(plan) for plan in plans),
    )


class _Tracer:
    def __init__(
        self, subject: Subject, looker: NaiveLooker, interpreter: Interpreter, ruleset: RuleSet
    ) -> None:
        self._subject = subject
        self._looker = looker
        self._interpreter = interpreter
        self._ruleset = ruleset

    def rule(self, plan: Plan) -> RuleTrace:
        return RuleTrace(
            rule_id=plan.rule.id,
            version=plan.rule.version,
            mode=plan.mode,
            title=plan.rule.title,
            value=_word(self._interpreter.fires(plan)),
            conditions=self._condition(plan.when),
            scope=None if plan.scope is None else self._condition(plan.scope),
            exempt=None if plan.exempt is None else self._condition(plan.exempt),
        )

    def _condition(self, node: Node) -> ConditionTrace:
        value = self._interpreter.value(node)
        children: tuple[Node, ...] = ()
        if isinstance(node, Every | Some):
            children = node.children
        elif isinstance(node, No):
            children = (node.child,)
        elif (
            isinstance(node, Reference) and (plan := self._ruleset.engine.by_id.get(node.rule_id)) is not None
        ):
            children = (plan.when,)
        spans = self._looker.spans(node) if isinstance(node, TEXT_NODES) and value else []
        return ConditionTrace(
            text=node.text,
            value=_word(value),
            why=self._why(node),
            spans=tuple(merge(spans)),
            children=tuple(self._condition(child) for child in children),
        )

    def _why(self, node: Node) -> str | None:
        if isinstance(node, Counter):
            windows = self._subject.windows
            value: object = None if windows is None else windows.get(node.spec.id)
        elif isinstance(node, Number | OneOf | Marked | Flag):
            value = fact(self._subject, node.fact)
        else:
            return None
        if value is None:
            return "not known"
        if isinstance(value, float):
            return f"{value:.4g}"
        return ", ".join(sorted(value)) if isinstance(value, frozenset) else f"{value}"


def _word(value: bool | None) -> Value:
    return "unknown" if value is None else "true" if value else "false"
