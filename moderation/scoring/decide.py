"""Decide: from the classifier's scores and the rules' findings to one verdict.

Order: block > hold > review. ``allow`` rules lift the others, and the classifier's wish for
review, but never ``threat``, ``self_harm`` or harm to minors.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from moderation.scoring.policy import Points
from moderation.scoring.signal import Signal
from moderation.scoring.verdict import Outcome, Status, Verdict, Versions
from moderation.taxonomy import Category, Severity, Target

NEVER_LIFTED = frozenset({Category.THREAT, Category.SELF_HARM})
_IN_ORDER = tuple(Category)
CUT_BY_DEADLINE = frozenset({"classifier", "windows"})
"""Parts that a deadline leaves out; without them an answer is partial, and a retry scores again."""


class Classified(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the classifier says of one message; probabilities are calibrated, 0 to 1.

    ``scores`` are rounded as they are shown, so that what people see is what points and rules were compared with.
    ``targets`` gives each target's likelihood by the words alone, for those who know more than the words;
    ``target`` is what is made of them.
    """

    scores: Mapping[Category, float]
    minors: float
    target: Target
    targets: Callable[[], Mapping[Target, float]] | None = None


class RuleFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of one message, after their own order of precedence.

    Attributes:
        verdict: What the live rules ask for.
        review: A live rule asks for a person.
        severity: The worst of the live hits.
        scores: Per category the highest score of the live hits that count.
        signals: Every hit, live and shadow.
        allowed: An ``allow`` rule won.
        minors: A live hit is about harm to a minor.
    """

    verdict: Outcome = Outcome.ALLOW
    review: bool = False
    severity: Severity = Severity.NONE
    scores: Mapping[Category, float]
    signals: Sequence[Signal] = ()
    allowed: bool = False
    minors: bool = False
    case_kind: str = "author_room"
    queue: str | None = None
    asked_priority: int = 0
    nudge: str | None = None
    labels: tuple[tuple[str, str, int, str], ...] = ()


NO_FINDINGS = RuleFindings(scores={})
"""What the rules say of most messages."""
_NOTHING: Mapping[Category, float] = {}


def rounded(score: float) -> float:
    """A probability to four places, as it is shown and kept; `round` takes five times as long."""
    return int(score * 10_000 + 0.5) / 10_000


def rounded_many(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """The same of many."""
    return np.floor(scores.astype(float) * 10_000 + 0.5) / 10_000


def decide(
    *,
    classified: Classified | None,
    findings: RuleFindings,
    explain: Callable[[Category, float], Signal],
    points: Points,
    minors_from: float,
    versions: Versions,
    missing: tuple[str, ...] = (),
) -> Verdict:
    """One verdict.

    Args:
        classified: The classifier's word; None when it was left out for want of time.
        findings: The rules' word.
        explain: Gives the evidence behind a classifier score; asked only where it counts.
        points: Operating points for the room's strictness.
        minors_from: From which probability on a flagged message counts as harm to a minor.
        versions: What produced the evidence.
        missing: Parts that were not there.
    """
    over = () if classified is None else points.reached(classified.scores)
    status = Status.COMPLETE if CUT_BY_DEADLINE.isdisjoint(missing) else Status.PARTIAL
    if classified is not None and not over and findings is NO_FINDINGS:  # as of most messages
        return Verdict(
            verdict=Outcome.ALLOW,
            review=False,
            severity=Severity.NONE,
            category_scores=classified.scores,
            categories=(),
            signals=(),
            versions=versions,
            own_scores=_NOTHING,
            target=classified.target,
            status=status,
            degraded=bool(missing),
            missing=missing,
        )
    scores: dict[Category, float] = {} if classified is None else dict(classified.scores)
    reached: set[Category] = set()
    for category, score in findings.scores.items():
        scores[category] = max(rounded(score), scores.get(category, 0.0))
        reached.add(category)
    severity = findings.severity
    outcome = findings.verdict
    review = findings.review
    minors = findings.minors
    signals = list(findings.signals)
    harms_minor = classified is not None and classified.minors >= minors_from
    for category, score, point in over:
        if findings.allowed and category not in NEVER_LIFTED and not harms_minor:
            continue
        reached.add(category)
        review = True
        minors = minors or harms_minor
        found = point.severity_of(score)
        severity = max(severity, found, key=lambda level: level.rank)
        signals.append(explain(category, score))
        if point.hold is not None and score >= point.hold and outcome is Outcome.ALLOW:
            outcome = Outcome.HOLD
    return Verdict(
        verdict=outcome,
        review=review,
        severity=severity,
        category_scores=scores,
        categories=tuple(category for category in _IN_ORDER if category in reached) if reached else (),
        signals=tuple(signals),
        versions=versions,
        own_scores=_outdone(classified, findings),
        minors=minors,
        target=Target.NONE if classified is None else classified.target,
        case_kind=findings.case_kind,
        queue=findings.queue,
        asked_priority=findings.asked_priority,
        nudge=findings.nudge,
        labels=findings.labels,
        status=status,
        degraded=bool(missing),
        missing=missing,
    )


def _outdone(classified: Classified | None, findings: RuleFindings) -> Mapping[Category, float] | None:
    """The classifier's scores that a rule's took the place of."""
    if classified is None:
        return None
    own = {category: classified.scores[category] for category in findings.scores}
    return {category: score for category, score in own.items() if rounded(findings.scores[category]) > score}
