"""What asking each rule costs: measured beside the scoring, on the last messages that were scored.

The scoring path only leaves the last batch behind. Whoever calls ``measure`` now and then has a few
rules asked again, each by itself and with nothing remembered, and their processor time taken.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from time import thread_time_ns
from typing import Final

import msgspec

from rules.codegen import PackFunction, Row, Writer, pack_function
from rules.match import Engine, Prepared, RuleSet
from rules.nodes import Regexes, walk
from rules.patterns import compiled
from rules.plan import Plan
from rules.sane import sane
from rules.subject import ViewsLike
from rules.testing import ViewsOf

SAMPLE: Final = 16
"""Messages that a rule is asked about at a time."""


class CostMeter:
    """Measures the rules of one rule set: by turns first the dearest so far, and those that were measured least.

    So a slow rule is known for certain soon after it was first met, however many others there are. Used by one
    thread; ``seen`` may be set by another.
    """

    def __init__(self) -> None:
        self.seen: Sequence[Prepared] = ()
        self._functions: dict[str, PackFunction] = {}
        self._messages: Counter[tuple[str, int]] = Counter()
        self._spent: Counter[tuple[str, int]] = Counter()
        self._dearest_first = False

    def go_on_from(self, before: "CostMeter") -> None:
        """Remember what was measured of the rule set before, so that the turn is at the rules that are new in this one."""
        self._messages, self._spent = before._messages, before._spent  # noqa: SLF001 -- another of the same

    def measure(
        self, rule_set: RuleSet, views_of: ViewsOf, *, budget_ns: int
    ) -> list[tuple[str, int, int, int]]:
        """Measure as many rules as the budget allows, at least one if there was traffic.

        Args:
            rule_set: What ``seen`` was prepared with.
            views_of: The spellings of a text, made anew so that a tokeniser's time is counted.
            budget_ns: Processor time to spend, in nanoseconds.

        Returns:
            Rule id, version, messages and nanoseconds for each rule that was asked.
        """
        messages, engine = self.seen[-SAMPLE:], rule_set.engine
        found: list[tuple[str, int, int, int]] = []
        if not messages or not engine.plans:
            return found
        until = thread_time_ns() + budget_ns
        for plan in self._turns(engine.plans):
            rule, spent = _version(plan), self._one(engine, plan, messages, views_of)
            found.append((*rule, len(messages), spent))
            self._messages[rule] += len(messages)
            self._spent[rule] += spent
            if thread_time_ns() >= until:
                break
        return found

    def _turns(self, plans: Sequence[Plan]) -> Iterable[Plan]:
        turns = sorted(plans, key=lambda plan: self._messages[_version(plan)])
        self._dearest_first = not self._dearest_first
        if not self._dearest_first:
            return turns
        dearest = max(
            turns, key=lambda plan: self._spent[_version(plan)] / (self._messages[_version(plan)] or 1)
        )
        return chain([dearest], (plan for plan in turns if plan is not dearest))

    def _one(self, engine: Engine, plan: Plan, messages: Sequence[Prepared], views_of: ViewsOf) -> int:
        function = self._functions.get(plan.rule.id)
        if function is None:
            writer = Writer(probes=engine.numbers, plans=engine.by_id, bits={})
            function = pack_function("cost", [Row(number=0, plan=plan, bit=None)], writer)
            self._functions[plan.rule.id] = function
        patterns = [
            (node.view, one) for node in walk(plan.when) if isinstance(node, Regexes) for one in node.patterns
        ]
        spent = 0
        for message in messages:
            views: ViewsLike = views_of(message.subject.views.raw)
            fresh = Prepared(engine, msgspec.structs.replace(message.subject, views=views))
            fresh.windows = message.windows
            begun = thread_time_ns()
            function(fresh, [])
            for view, pattern in patterns:
                compiled(pattern).search(sane(getattr(views, view)))
            spent += thread_time_ns() - begun
        return spent


def _version(plan: Plan) -> tuple[str, int]:
    return plan.rule.id, plan.rule.version
