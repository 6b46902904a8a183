"""What a backtest found: hits, what is new and lost against the live set, and what moderators had decided."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from moderation.trends.intervals import Interval, wilson

Finding = Literal["violation", "other", "no_violation", "undecided"]
"""What people made of a message: ``violation`` names the rule's category, ``other`` only other ones."""
MOST_EXAMPLES = 8
"""Messages shown for each kind of example."""
_Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the standard normal distribution."""


def precision(upheld: int, refused: int) -> tuple[float, Interval] | None:
    """Share of decided hits that people upheld, with Wilson's 95 % interval; None where nobody decided.

    Messages of one case are decided together, so the interval is of use where a rule's hits are spread
    over many cases, and too narrow where they are not.
    """
    decided = upheld + refused
    if not decided:
        return None
    share = upheld / decided
    return share, wilson(share, decided, _Z_95)


@dataclass(slots=True)
class Split:
    """Messages by what moderators decided."""

    violation: int = 0
    other: int = 0
    no_violation: int = 0
    undecided: int = 0

    def add(self, finding: Finding) -> None:
        """Count one message."""
        setattr(self, finding, getattr(self, finding) + 1)

    @property
    def total(self) -> int:
        """All of them."""
        return self.violation + self.other + self.no_violation + self.undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A message worth looking at. ``why``: ``false_alarm``, ``new`` or ``lost``; protected texts stay away."""

    why: str
    message_id: str
    text: str
    rule_ids: Sequence[str]
    sent_at: datetime
    finding: Finding


@dataclass(slots=True, kw_only=True)
class RuleResult:
    """One rule of the candidate, or one that only the live set has."""

    rule_id: str
    version: int | None
    mode: str
    title: str
    changed: bool
    hits: Split = field(default_factory=Split)
    new: Split = field(default_factory=Split)
    lost: Split = field(default_factory=Split)
    examples: list[Example] = field(default_factory=list)

    def keep(self, example: Example) -> None:
        """Keep an example; the first few of each kind stay."""
        if sum(one.why == example.why for one in self.examples) < MOST_EXAMPLES:
            self.examples.append(example)


@dataclass(slots=True, kw_only=True)
class Report:
    """A rule set over the archive.

    Attributes:
        version: The rule set that was tried.
        against: The rule set it is compared with.
        hits: Messages that a live rule of the candidate hits and no ``allow`` rule lifts.
        new: Those that the other set would not have hit; ``lost`` the other way round.
        rescored: Messages whose classifier scores were made anew, since a live rule had raised them.
        unknown: Facts that the archive does not keep, so that conditions on them were unknown.
        broken: Rules that could not be compiled.
    """

    version: str
    against: str
    since: datetime
    until: datetime
    messages: int = 0
    rescored: int = 0
    seconds: float = 0.0
    hits: Split = field(default_factory=Split)
    live_hits: Split = field(default_factory=Split)
    new: Split = field(default_factory=Split)
    lost: Split = field(default_factory=Split)
    rules: list[RuleResult] = field(default_factory=list)
    unknown: Sequence[str] = ()
    broken: Sequence[str] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON: times in RFC 3339, precision with its interval beside each rule."""
        return {
            "version": self.version,
            "against": self.against,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "messages": self.messages,
            "rescored": self.rescored,
            "seconds": round(self.seconds, 1),
            "hits": _split(self.hits),
            "live_hits": _split(self.live_hits),
            "new": _split(self.new),
            "lost": _split(self.lost),
            "rules": [_rule(one) for one in sorted(self.rules, key=_interest)],
            "unknown": list(self.unknown),
            "broken": list(self.broken),
        }


def _interest(one: RuleResult) -> tuple[bool, int, int, str]:
    return not one.changed, -(one.new.total + one.lost.total), -one.hits.total, one.rule_id


def _split(split: Split) -> dict[str, Any]:
    found = precision(split.violation, split.no_violation)
    return asdict(split) | {
        "total": split.total,
        "precision": None
        if found is None
        else {
            "value": round(found[0], 4),
            "low": round(found[1].low, 4),
            "high": round(found[1].high, 4),
        },
    }


def _rule(one: RuleResult) -> dict[str, Any]:
    return {
        "rule_id": one.rule_id,
        "version": one.version,
        "mode": one.mode,
        "title": one.title,
        "changed": one.changed,
        "hits": _split(one.hits),
        "new": _split(one.new),
        "lost": _split(one.lost),
        "examples": [asdict(example) | {"sent_at": example.sent_at.isoformat()} for example in one.examples],
    }
