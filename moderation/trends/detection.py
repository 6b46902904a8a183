"""Detection against reports: what viewers complain of, and how much of it we see ourselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moderation.trends.intervals import NORMAL, Interval, wilson
from moderation.trends.words import reason_ja

_ENOUGH = 20
"""Reported messages from which on a sentence is made of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One reason.

    Attributes:
        reported: Distinct messages that were reported for it.
        seen: Those of them that the verdict had held, blocked or sent to review.
    """

    reason: str
    reported: int
    seen: int

    @property
    def interval(self) -> Interval:
        """Of the share that was seen, 0 to 1 (Wilson's)."""
        return wilson(self.seen / self.reported, self.reported, NORMAL)


def sentences(found: Sequence[Detection]) -> tuple[str, ...]:
    """Which reasons the machine sees least of, as far as that can be told."""
    told = sorted((one for one in found if one.reported >= _ENOUGH), key=lambda one: one.seen / one.reported)
    return tuple(
        f"「{reason_ja(one.reason)}」で通報されたメッセージ{one.reported:,}件のうち、自動判定が先に気づいていたのは"
        f"{one.seen:,}件（{one.seen / one.reported:.0%}、95%の幅 {one.interval.low:.0%}〜{one.interval.high:.0%}）です。"
        for one in told[:3]
    )


def as_dicts(found: Sequence[Detection]) -> list[dict[str, Any]]:
    """JSON values."""
    return [
        {
            "reason": one.reason,
            "name": reason_ja(one.reason),
            "reported_messages": one.reported,
            "seen_before": one.seen,
            "low": round(one.interval.low, 6),
            "high": round(one.interval.high, 6),
        }
        for one in found
    ]
