"""Reporter weight: how much one reporter's complaint counts, from what became of their earlier ones.

A reporter's judged reports are a sample of how often moderators agree with them. With a Beta prior, the
posterior after ``a`` agreed and ``d`` disagreed reports is Beta(A + a, D + d), and the weight is its odds
relative to the prior's own: 1 for somebody nobody has judged, more after agreement, less after
disagreement, and never far from 1 after a few. Old outcomes fade: each counts 2^(-age / half-life).

Source: A. Jøsang, R. Ismail, "The Beta Reputation System", 15th Bled Electronic Commerce Conference
(2002), sections 3.1 (Beta posterior) and 3.4 (forgetting). The prior's strength and the bounds are ours;
`python -m tests.bench.brigade` shows what they do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PRIOR = (4.0, 4.0)
"""Agreed and disagreed reports that everybody starts with: eight, so that two or three outcomes move little."""
TRUSTED_PRIOR = (12.0, 4.0)
"""Likewise for streamers in their own room, room moderators, and whom a person trusts: they start at 3."""
HALF_LIFE = timedelta(days=90)
LEAST, MOST = 0.1, 4.0
"""Bounds: nobody is silenced by their record alone, and nobody counts as a crowd."""
BRIGADE_WEIGHT = 0.1
"""What a report in a brigade counts."""
COUNTS_FROM = 0.5
"""Reports below this raise neither severity nor the windows that rules read."""


class ReportOutcome(StrEnum):
    """What a decision says of a report; ``ignored`` says nothing of its reporter."""

    AGREED = "agreed"
    DISAGREED = "disagreed"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One outcome of a reporter's."""

    outcome: ReportOutcome
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """What is known of a reporter. Never shown to them.

    Attributes:
        judged: Outcomes of their counted reports.
        trusted: A person trusts them, or the service says that they run or moderate the room.
        muted_until: Their reports weigh nothing until then.
        unproven: Nothing speaks for them: a new account, or one that was more often wrong than right.
    """

    judged: tuple[Judged, ...] = ()
    trusted: bool = False
    muted_until: datetime | None = None
    unproven: bool = False

    def muted(self, now: datetime) -> bool:
        """Whether their reports weigh nothing now."""
        return self.muted_until is not None and self.muted_until > now

    def weight(self, now: datetime) -> float:
        """What a report of theirs counts now, 0 or ``LEAST`` to ``MOST``."""
        if self.muted(now):
            return 0.0
        return weight(self.judged, now=now, prior=TRUSTED_PRIOR if self.trusted else PRIOR)


def weight(judged: Iterable[Judged], *, now: datetime, prior: tuple[float, float] = PRIOR) -> float:
    """Posterior odds of agreement, bounded.

    Args:
        judged: Outcomes; ``ignored`` ones change nothing.
        now: When it is asked.
        prior: Agreed and disagreed reports to start with.

    >>> from datetime import UTC
    >>> now = datetime(2026, 8, 20, tzinfo=UTC)
    >>> weight([], now=now)
    1.0
    >>> weight([Judged(outcome=ReportOutcome.AGREED, at=now)] * 4, now=now)
    2.0
    """
    agreed, disagreed = prior
    for one in judged:
        share = 0.5 ** (max(now - one.at, timedelta()) / HALF_LIFE)
        if one.outcome is ReportOutcome.AGREED:
            agreed += share
        elif one.outcome is ReportOutcome.DISAGREED:
            disagreed += share
    return round(min(MOST, max(LEAST, agreed / disagreed)), 4)
