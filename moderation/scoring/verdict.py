"""Verdict: the machine's answer about one message."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from moderation.scoring.signal import Signal
from moderation.taxonomy import Category, Severity, Target


class Outcome(StrEnum):
    """What the service should do with the message now."""

    ALLOW = "allow"
    HOLD = "hold"
    BLOCK = "block"


class Status(StrEnum):
    """Whether every detector spoke in time."""

    COMPLETE = "complete"
    PARTIAL = "partial"


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """What produced a verdict."""

    model: str
    lexicon: str
    fold: str
    ruleset: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The machine's answer about one message.

    Attributes:
        verdict: ``allow``, ``hold`` or ``block``.
        review: A person shall look at it.
        severity: The worst of the live signals.
        category_scores: Per category the maximum of the classifier's calibrated
            probability and the live rules' scores, 0 to 1, to four places.
        own_scores: The classifier's own probability where a rule scored higher; None where the
            classifier did not speak.
        categories: The categories whose operating point is reached.
        signals: The evidence, live and shadow.
        minors: A minor is, or seems, the one at risk.
        target: Whom the message is about.
        case_kind: Kind of case a flagged message opens (``author_room`` mostly).
        queue: Review queue a rule asked for, if any.
        asked_priority: The highest priority a rule asked for, 0 to 100.
        nudge: Japanese text for the author, if a rule has one.
        labels: Labels that rules put on author or room: (entity, label, seconds to live, source).
        degraded: A part was missing (Redis, a detector); ``missing`` names it.
    """

    verdict: Outcome
    review: bool
    severity: Severity
    category_scores: Mapping[Category, float]
    categories: tuple[Category, ...]
    signals: tuple[Signal, ...]
    versions: Versions
    own_scores: Mapping[Category, float] | None = None
    minors: bool = False
    target: Target = Target.NONE
    case_kind: str = "author_room"
    queue: str | None = None
    asked_priority: int = 0
    nudge: str | None = None
    labels: tuple[tuple[str, str, int, str], ...] = ()
    status: Status = Status.COMPLETE
    degraded: bool = False
    missing: tuple[str, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether a case has to be saved before the answer leaves."""
        return self.review or self.verdict is not Outcome.ALLOW
