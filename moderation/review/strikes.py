"""Strikes: how much a finding weighs against an author, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation.review.decision import Action, Outcome, Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeTerms:
    """Weight of a strike, and how long it is in force."""

    weight: float
    lasts: timedelta


TERMS: dict[Action, StrikeTerms] = {
    Action.WARN: StrikeTerms(weight=1.0, lasts=timedelta(days=90)),
    Action.TIMEOUT: StrikeTerms(weight=3.0, lasts=timedelta(days=180)),
    Action.BAN: StrikeTerms(weight=9.0, lasts=timedelta(days=365)),
}
"""Each step weighs three of the one before: three warnings are as much as one timeout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One strike of an author."""

    decision_id: str
    weight: float
    given_at: datetime
    expires_at: datetime
    undone_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Neither expired nor taken back."""
        return self.undone_at is None and self.expires_at > now


def terms_of(ruling: Ruling) -> StrikeTerms | None:
    """The strike a ruling gives: that of its heaviest action; hiding alone gives none."""
    if ruling.outcome is not Outcome.VIOLATION:
        return None
    given = [TERMS[action] for action in ruling.actions if action in TERMS]
    return max(given, key=lambda terms: terms.weight, default=None)


def proposed(weight: float) -> Action | None:
    """What an author's strikes in force call for, should they offend again; None below a timeout's weight."""
    called_for = [action for action in (Action.TIMEOUT, Action.BAN) if weight >= TERMS[action].weight]
    return called_for[-1] if called_for else None


def weight_in_force(strikes: Iterable[Strike], now: datetime) -> float:
    """Sum of what still counts."""
    return sum(strike.weight for strike in strikes if strike.in_force(now))
