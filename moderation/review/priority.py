"""Which case comes first, and by when it has to be looked at."""

from datetime import datetime, timedelta
from math import log10

from moderation.taxonomy import Severity

DUE: dict[Severity, timedelta] = {
    Severity.NONE: timedelta(hours=24),
    Severity.LOW: timedelta(hours=24),
    Severity.MEDIUM: timedelta(hours=8),
    Severity.HIGH: timedelta(hours=1),
    Severity.CRITICAL: timedelta(minutes=15),
}
"""How soon after opening a case of a severity is due."""

AGE_BONUS = 6.0
"""Points of priority for each step of waiting; two of them stay below one step of severity (15)."""


def priority(
    *,
    severity: Severity,
    score: float,
    minors: bool,
    hits: int,
    report_weight: float,
    live_viewers: int | None,
    asked: int = 0,
    age_step: int = 0,
) -> float:
    """The place of a case in its review queue; higher comes first.

    Severity gives 0 to 60, the strongest score up to 10, a minor at risk 15, repeated hits and
    reports up to 10, the size of the live audience up to 5, what a rule asks for up to 10. A case that has waited for half of its time
    gains ``AGE_BONUS``, one that is overdue twice that: it comes before fresh ones of its severity.

    Args:
        severity: The worst of the case.
        score: The strongest category score, 0 to 1.
        minors: A minor is at risk.
        hits: Flagged messages so far.
        report_weight: Sum of the reporters' weights.
        live_viewers: People watching; None where unknown.
        asked: The highest ``review.priority`` of its rules, 0 to 100.
        age_step: 0 fresh, 1 half of the time is gone, 2 overdue.
    """
    crowd = min(5.0, 2.5 * log10(1 + hits)) + min(5.0, 2.5 * log10(1 + max(0.0, report_weight)))
    audience = min(5.0, log10(1 + live_viewers)) if live_viewers else 0.0
    return round(
        15.0 * severity.rank
        + 10.0 * score
        + (15.0 if minors else 0.0)
        + crowd
        + audience
        + 0.1 * asked
        + AGE_BONUS * age_step,
        3,
    )


def due_at(severity: Severity, opened_at: datetime) -> datetime:
    """When a case has to be looked at."""
    return opened_at + DUE[severity]
