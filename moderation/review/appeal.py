"""Appeal: an author objects to a decision; somebody else looks at it again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from moderation.review.decision import Action, Outcome, Ruling

ANSWERED_WITHIN = timedelta(days=7)
"""By when an appeal has to be answered."""
LONGEST_APPEAL = 10_000
"""Longest text of an appeal, in code points."""


class AppealState(StrEnum):
    """What became of an appeal."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


APPEAL_STATE_JA: dict[AppealState, str] = {
    AppealState.OPEN: "審査待ち",
    AppealState.UPHELD: "決定を維持",
    AppealState.OVERTURNED: "決定を取り消し",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What the service hands in for an author."""

    service: str
    id: str
    decision_id: str
    author_id: str
    text: str
    appealed_at: datetime

    @property
    def digest(self) -> str:
        """Content hash: the same id with other content is a conflict."""
        said = f"{self.decision_id}\0{self.author_id}\0{self.text}"
        return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def restoring(overturned: Ruling, *, reason: str, public_note: str) -> Ruling:
    """The finding that takes the place of an overturned one: no violation, and what was hidden comes back."""
    hidden = Action.HIDE in overturned.actions
    return Ruling(
        outcome=Outcome.NO_VIOLATION,
        actions=(Action.RESTORE,) if hidden else (Action.NONE,),
        reason=reason,
        public_note=public_note,
    )
