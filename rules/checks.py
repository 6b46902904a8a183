"""Checks: everything that can be known about rules before they run, one class each."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Protocol

from rules.compile import compile_rules
from rules.load import Loaded
from rules.lower import Fold
from rules.match import RuleSet
from rules.nodes import Phrases, Regexes, walk
from rules.ordinary import ORDINARY, ordinary_subjects
from rules.problems import Problem, did_you_mean
from rules.testing import DAY, ViewsOf, run_tests, runnable
from rules.triggers import triggers

TOO_MANY = 0.05
"""Share of ordinary chat that a single rule may hit before it is refused."""


class Check(Protocol):
    """Looks for one kind of problem."""

    def run(self, loaded: Loaded, ruleset: RuleSet) -> Iterator[Problem]:
        """Every problem of this kind."""


class IdIsPath:
    """The id is the path, and the folder is the category."""

    def run(self, loaded: Loaded, ruleset: RuleSet) -> Iterator[Problem]:  # noqa: ARG002 - as Check
        """Every rule that stands elsewhere than its id says."""
        for item in loaded.rules:
            rule = item.rule
            wanted = f"{rule.id.replace('.', '/', 1)}.yaml"
            if item.path != wanted:
                what = f"the id is {rule.id!r}, the file is {item.path}"
                yield item.problem(
                    "id_not_path", what, at=("id",), hint=f"rename the file to {wanted}, or the id"
                )
            elif rule.id.partition(".")[0] != rule.category:
                what = f"the rule stands in {rule.id.partition('.')[0]}, its category is {rule.category}"
                yield item.problem("category_not_folder", what, at=("category",))


@dataclass(frozen=True, slots=True)
class PolicyExists:
    """The clause a rule cites is in the terms of use."""

    policies: Collection[str]

    def run(self, loaded: Loaded, ruleset: RuleSet) -> Iterator[Problem]:  # noqa: ARG002 - as Check
        """Every rule that cites an unknown clause."""
        for item in loaded.rules:
            cited = item.rule.policy
            if cited not in self.policies:
                hint = did_you_mean(cited, self.policies)
                yield item.problem("no_policy", f"there is no clause {cited!r}", at=("policy",), hint=hint)


class NotExpired:
    """A rule does not end before it begins."""

    def run(self, loaded: Loaded, ruleset: RuleSet) -> Iterator[Problem]:  # noqa: ARG002 - as Check
        """Every rule whose end lies before its day."""
        for item in loaded.rules:
            ends = item.rule.expires_at
            if ends is not None and ends <= datetime.combine(item.rule.date, time.min, UTC):
                yield item.problem("expires_before_date", "it ends before its date", at=("expires_at",))


@dataclass(frozen=True, slots=True)
class PatternsAreFolded:
    """A pattern over the folded view is written in folded spelling; else it can never match."""

    fold: Fold

    def run(self, loaded: Loaded, ruleset: RuleSet) -> Iterator[Problem]:
        """Every pattern with a character that folding changes."""
        items = {item.rule.id: item for item in loaded.rules}
        for plan in ruleset.engine.plans:
            for node in walk(plan.when):
                if not isinstance(node, Regexes) or node.view == "raw":
                    continue
                for pattern in node.patterns:
                    wrong = next(
                        (
                            char
                            for char in pattern
                            if char.isalpha() and not char.isascii() and self._changed(char)
                        ),
                        None,
                    )
                    if wrong is not None:
                        what = f"the pattern {pattern!r} has {wrong!r}, which the {node.view} view never has"
                        hint = f"write {self.fold(wrong)!r}, or set view: raw"
                        yield items[plan.rule.id].problem("not_folded", what, at=("when",), hint=hint)

    def _changed(self, char: str) -> bool:
        folded = self.fold(char)
        return bool(folded) and folded != char


class ReadingIsNarrowed:
    """A condition on readings stands beside one that is cheap: reading a text costs a tokeniser."""

    def run(self, loaded: Loaded, ruleset: RuleSet) -> Iterator[Problem]:
        """Every rule that would have every message read."""
        items = {item.rule.id: item for item in loaded.rules}
        for plan in ruleset.engine.plans:
            reads = any(
                isinstance(node, Phrases | Regexes) and node.view == "reading" for node in walk(plan.when)
            )
            if reads and triggers(plan.when, ruleset.engine.by_id) is None:
                what = "the rule has every message read word by word"
                hint = "put a condition with terms, lists or patterns beside the reading, under all"
                yield items[plan.rule.id].problem("reads_everything", what, at=("when",), hint=hint)


@dataclass(frozen=True, slots=True)
class NotTooBroad:
    """No rule hits ordinary chat in bulk."""

    views_of: ViewsOf

    def run(self, loaded: Loaded, ruleset: RuleSet) -> Iterator[Problem]:
        """Every rule that hits more than ``TOO_MANY`` of ordinary chat written by a viewer of good standing."""
        items = {item.rule.id: item for item in loaded.rules}
        subjects = ordinary_subjects(self.views_of, [spec.id for spec in ruleset.windows], now=DAY)
        counts: dict[str, int] = {}
        for hits in ruleset.match_subjects(subjects):
            for hit in hits:
                counts[hit.rule_id] = counts.get(hit.rule_id, 0) + 1
        for rule_id, count in sorted(counts.items()):
            if count > TOO_MANY * len(ORDINARY):
                what = f"it hits {count} of {len(ORDINARY)} ordinary messages"
                yield items[rule_id].problem(
                    "too_broad", what, at=("when",), hint="narrow it; a rule is for the few"
                )


def check(
    loaded: Loaded,
    *,
    fold: Fold,
    views_of: ViewsOf | None = None,
    policies: Collection[str] | None = None,
) -> tuple[Problem, ...]:
    """Every problem there is, in order of file and line.

    Args:
        loaded: From ``rules.load``; its problems are among those returned.
        fold: Text to one spelling.
        views_of: The spellings of a text; without it the examples are not tried.
        policies: Ids of the clauses; without them citations are not checked.
    """
    ruleset = compile_rules(runnable(loaded), fold=fold)
    checks: list[Check] = [IdIsPath(), NotExpired(), PatternsAreFolded(fold), ReadingIsNarrowed()]
    if policies is not None:
        checks.append(PolicyExists(policies))
    if views_of is not None:
        checks.append(NotTooBroad(views_of))
    found: list[Problem] = [*ruleset.broken]
    for each in checks:
        found.extend(each.run(loaded, ruleset))
    if views_of is not None:
        found.extend(run_tests(loaded, fold=fold, views_of=views_of))
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda problem: (problem.path, problem.line or 0, problem.code)))
