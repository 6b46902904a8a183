"""Resolve: from the rules that fired to what shall happen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rules.hit import Hit, Label
from rules.vocabulary import NEVER_LIFTED, SEVERITIES, CaseKind, Category, Queue, Severity

Outcome = Literal["allow", "hold", "block"]
_ORDER: Final = {"block": 3, "hold": 2, "none": 1, "allow": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What the live rules ask for together.

    Attributes:
        verdict: block before hold before allow.
        review: A person shall look.
        queue: Review queue of the most urgent rule that asks for one.
        priority: 0 to 100, the highest asked for.
        category_scores: The highest score by category.
        hits: Live hits that count, the decisive one first.
        lifted: Live hits that an ``allow`` rule lifted.
        message_ja: What the author is told, from the most serious rule that has a text.
        case: Kind of case, from the decisive hit.
    """

    verdict: Outcome = "allow"
    review: bool = False
    queue: Queue | None = None
    priority: int = 0
    severity: Severity = "none"
    category_scores: dict[Category, float]
    minors: bool = False
    hits: tuple[Hit, ...] = ()
    lifted: tuple[Hit, ...] = ()
    labels: tuple[Label, ...] = ()
    strikes: int = 0
    message_ja: str | None = None
    case: CaseKind = "author_room"

    @property
    def decisive(self) -> Hit | None:
        """The hit that weighs most."""
        return self.hits[0] if self.hits else None


def resolve(hits: Sequence[Hit]) -> Resolution:
    """What follows from the hits on one message. Shadow hits count for nothing.

    ``allow`` rules lift the others, all or those of the categories they name, but never a hit of
    ``threat`` or ``self_harm`` and never a ``minors`` rule.
    """
    live = [hit for hit in hits if hit.mode == "live"]
    allows = [hit for hit in live if hit.verdict == "allow"]
    others = [hit for hit in live if hit.verdict != "allow"]
    lifted = [hit for hit in others if _lifts(allows, hit)]
    counting = sorted((hit for hit in others if hit not in lifted), key=_weight, reverse=True)
    if not counting:
        return Resolution(category_scores={}, lifted=tuple(lifted))
    asked = [(hit.review.priority, hit.review.queue) for hit in counting if hit.review is not None]
    priority, queue = max(asked, key=lambda pair: pair[0], default=(0, None))
    verdicts = [hit.verdict for hit in counting]
    scores: dict[Category, float] = {}
    for hit in counting:
        scores[hit.category] = max(hit.score, scores.get(hit.category, 0.0))
    return Resolution(
        verdict="block" if "block" in verdicts else "hold" if "hold" in verdicts else "allow",
        review=bool(asked),
        queue=queue,
        priority=priority,
        severity=max((hit.severity for hit in counting), key=SEVERITIES.index),
        category_scores=scores,
        minors=any(hit.minors for hit in counting),
        hits=tuple(counting),
        lifted=tuple(lifted),
        labels=_longest(label for hit in counting for label in hit.labels),
        strikes=max(hit.strikes for hit in counting),
        message_ja=next((hit.message_ja for hit in counting if hit.message_ja is not None), None),
        case=counting[0].case,
    )


def _lifts(allows: Iterable[Hit], hit: Hit) -> bool:
    if hit.category in NEVER_LIFTED or hit.minors:
        return False
    return any(not allow.rule.then.lifts or hit.category in allow.rule.then.lifts for allow in allows)


def _weight(hit: Hit) -> tuple[int, int, int, float, str]:
    priority = -1 if hit.review is None else hit.review.priority
    return _ORDER[hit.verdict], SEVERITIES.index(hit.severity), priority, hit.score, hit.rule_id


def _longest(labels: Iterable[Label]) -> tuple[Label, ...]:
    kept: dict[tuple[str, str], Label] = {}
    for label in labels:
        before = kept.get((label.on, label.name))
        if before is None or before.seconds < label.seconds:
            kept[label.on, label.name] = label
    return tuple(kept.values())
