"""Hit: one rule that fired on one message."""

from dataclasses import dataclass

from rules.durations import seconds
from rules.rule import Review, Rule
from rules.spans import Span
from rules.vocabulary import CaseKind, Category, Entity, Mode, Severity, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A mark on author or room that ends by itself; ``source`` is the rule that gives it."""

    on: Entity
    name: str
    seconds: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One rule that fired.

    Attributes:
        rule: The rule, in the version that fired.
        mode: ``live`` counts; ``shadow`` is recorded and never acted on.
        spans: Half-open offsets into the raw text, in code points, merged and in order. Empty where the
            rule did not look at the text.
    """

    rule: Rule
    mode: Mode
    spans: tuple[Span, ...] = ()

    @property
    def rule_id(self) -> str:
        """The rule's id."""
        return self.rule.id

    @property
    def version(self) -> int:
        """The rule's version."""
        return self.rule.version

    @property
    def source(self) -> str:
        """Who says so: ``rule:insult.die@2``."""
        return f"rule:{self.rule.id}@{self.rule.version}"

    @property
    def category(self) -> Category:
        """The harm."""
        return self.rule.category

    @property
    def minors(self) -> bool:
        """It is about harm to a minor."""
        return self.rule.minors

    @property
    def score(self) -> float:
        """Probability of harm, 0 to 1."""
        return self.rule.score

    @property
    def severity(self) -> Severity:
        """How bad."""
        return self.rule.then.severity or self.rule.severity

    @property
    def policy(self) -> str:
        """Clause of the terms of use."""
        return self.rule.policy

    @property
    def title(self) -> str:
        """Short name in Japanese."""
        return self.rule.title

    @property
    def reason(self) -> str:
        """One Japanese sentence that a moderator can repeat."""
        return self.rule.reason

    @property
    def verdict(self) -> Verdict:
        """What the rule asks for."""
        return self.rule.then.verdict

    @property
    def review(self) -> Review | None:
        """Queue and priority, where a person shall look."""
        return self.rule.then.review

    @property
    def labels(self) -> tuple[Label, ...]:
        """Marks that the rule gives."""
        given = self.rule.then.labels
        return tuple(
            Label(on=label.to, name=label.label, seconds=seconds(label.lasts), source=self.source)
            for label in given
        )

    @property
    def strikes(self) -> int:
        """Strikes proposed."""
        return self.rule.then.strikes

    @property
    def message_ja(self) -> str | None:
        """What the author is told."""
        return self.rule.then.message_ja

    @property
    def case(self) -> CaseKind:
        """Kind of case that is opened or joined."""
        return self.rule.then.case
