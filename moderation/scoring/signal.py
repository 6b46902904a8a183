"""Signal: one piece of evidence about one message."""

import msgspec

from moderation.taxonomy import Category, Severity


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """What one detector says about one message.

    Attributes:
        source: Who says so, with version: ``rule:insult.die@2``, ``classifier@1f3a9c``.
        category: The harm the evidence points to.
        score: Probability of that harm, 0 to 1.
        reason: One Japanese sentence a moderator can read.
        spans: Half-open ``(start, end)`` offsets into the raw text, in code points.
        minors: It points at harm to a minor.
        severity: How bad, where the source says so.
        mode: ``live`` counts; ``shadow`` is recorded and never acted on.
        policy: Clause of the terms of use that the source cites, if any.
        strikes: How many strikes a rule proposes to the moderator, 0 to 3.
    """

    source: str
    category: Category
    score: float
    reason: str
    spans: tuple[tuple[int, int], ...] = ()
    minors: bool = False
    severity: Severity | None = None
    mode: str = "live"
    policy: str | None = None
    strikes: int = 0

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score must lie in 0..1, got {self.score}")
