"""The slow and plain way to ask a condition: true, false or unknown (None), after Kleene.

The compiled way has to agree with this one; a trace is made by it.
"""

from collections.abc import Callable
from datetime import timedelta, timezone
from typing import Protocol

from rules.facts import fact
from rules.nodes import (
    TEXT_NODES,
    Clock,
    Counter,
    Every,
    Flag,
    Marked,
    No,
    Node,
    Number,
    OneOf,
    Reference,
    Some,
    TextNode,
)
from rules.plan import Plan
from rules.spans import Span
from rules.subject import Subject

JST = timezone(timedelta(hours=9), "JST")
"""Japan has one offset all year, so no time zone data is needed."""


class TextLooker(Protocol):
    """Answers conditions on the text."""

    def value(self, node: TextNode) -> bool | None:
        """Whether the condition holds."""

    def spans(self, node: TextNode) -> list[Span]:
        """Where in the raw text; only asked when it holds."""


class Interpreter:
    """Asks the conditions of rules of one subject."""

    def __init__(self, subject: Subject, looker: TextLooker, plans: Callable[[str], Plan | None]) -> None:
        self._subject = subject
        self._looker = looker
        self._plans = plans

    def fires(self, plan: Plan) -> bool | None:
        """Whether a rule fires: its condition and scope hold and nobody known to be exempt wrote it."""
        if plan.expires is not None and self._subject.sent_at.timestamp() >= plan.expires:
            return False
        if plan.exempt is not None and self.value(plan.exempt) is True:
            return False
        parts = [plan.when] if plan.scope is None else [plan.scope, plan.when]
        return _every([self.value(part) for part in parts])

    def value(self, node: Node) -> bool | None:
        """Whether a condition holds."""
        if isinstance(node, Every | Some):
            values = [self.value(child) for child in node.children]
            return (
                _every(values) if isinstance(node, Every) else _not(_every([_not(value) for value in values]))
            )
        if isinstance(node, No):
            return _not(self.value(node.child))
        if isinstance(node, TEXT_NODES):
            return self._looker.value(node)
        if isinstance(node, Reference):
            plan = self._plans(node.rule_id)
            return None if plan is None else self.fires(plan)
        return self._clock(node) if isinstance(node, Clock) else self._of_fact(node)

    def spans(self, node: Node) -> list[Span]:
        """Where in the raw text the parts of a true condition are seen; negated parts show nothing."""
        if isinstance(node, Every | Some):
            return [span for child in node.children if self.value(child) for span in self.spans(child)]
        if isinstance(node, TEXT_NODES):
            return self._looker.spans(node)
        if isinstance(node, Reference) and (plan := self._plans(node.rule_id)) is not None:
            return self.spans(plan.when)
        return []

    def _of_fact(self, node: Node) -> bool | None:
        if isinstance(node, Counter):
            windows = self._subject.windows
            return None if windows is None else _within(windows.get(node.spec.id), node.low, node.high)
        if isinstance(node, Number):
            return _within(fact(self._subject, node.fact), node.low, node.high)
        if isinstance(node, OneOf | Marked | Flag):
            value = fact(self._subject, node.fact)
            if value is None:
                return None
            if isinstance(node, OneOf):
                return value in node.values
            if isinstance(node, Flag):
                return value is node.value
            return isinstance(value, frozenset) and not value.isdisjoint(node.names)
        raise TypeError(f"no such condition: {node!r}")

    def _clock(self, node: Clock) -> bool:
        now = self._subject.sent_at.astimezone(JST)
        minute = now.hour * 60 + now.minute
        if node.start < node.end:
            return node.start <= minute < node.end
        return minute >= node.start or minute < node.end


def _within(value: object, low: float | None, high: float | None) -> bool | None:
    if not isinstance(value, int | float):
        return None
    return (low is None or value >= low) and (high is None or value < high)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _every(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True
