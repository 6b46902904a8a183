"""Care for moderators: which cases weigh on whoever reads them, how many in a row, and when to rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation.taxonomy import Category

HEAVY = frozenset({Category.THREAT, Category.SELF_HARM, Category.SEXUAL_HARASSMENT, Category.IDENTITY_HATE})
"""Categories whose content stays with people."""
HEAVY_IN_A_ROW = 5
"""After so many heavy cases the next one is another kind, where there is one and nothing critical waits."""
WORK_BEFORE_REST = timedelta(minutes=90)
"""Work without a pause after which a rest is suggested."""
HEAVY_BEFORE_REST = 30
"""Heavy cases without a pause after which a rest is suggested."""
PAUSE = timedelta(minutes=10)
"""This long without a decision counts as a pause."""
LOOK_BACK = timedelta(hours=12)
"""How far back a shift is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What somebody had before their eyes in this shift.

    Attributes:
        cases: Cases decided since the shift began.
        heavy: Those of them that weigh.
        since_pause: Time since the last pause ended.
        heavy_since_pause: Heavy cases since then.
    """

    cases: int
    heavy: int
    since_pause: timedelta
    heavy_since_pause: int

    @property
    def rest(self) -> bool:
        """Whether it is time for a break."""
        return self.since_pause >= WORK_BEFORE_REST or self.heavy_since_pause >= HEAVY_BEFORE_REST


def is_heavy(categories: Iterable[Category], *, minors: bool) -> bool:
    """Whether a case with these categories weighs on whoever reads it."""
    return minors or any(category in HEAVY for category in categories)


def exposure(decided: Sequence[tuple[datetime, bool]], *, now: datetime) -> Exposure:
    """Exposure from decisions.

    Args:
        decided: When each case of the shift was decided and whether it was heavy, oldest first.
        now: The present; a pause that lasts already counts.
    """
    times = [at for at, _ in decided]
    started = None
    for before, at in zip([None, *times], times, strict=False):
        if before is None or at - before >= PAUSE:
            started = at
    if started is None or now - times[-1] >= PAUSE:
        return Exposure(
            cases=len(decided),
            heavy=sum(heavy for _, heavy in decided),
            since_pause=timedelta(),
            heavy_since_pause=0,
        )
    return Exposure(
        cases=len(decided),
        heavy=sum(heavy for _, heavy in decided),
        since_pause=now - started,
        heavy_since_pause=sum(heavy for at, heavy in decided if at >= started),
    )
