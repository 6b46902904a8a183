"""Decision: what a person found, what happens now, and what the case becomes by it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moderation.errors import FieldProblem, Invalid
from moderation.review.case import Case, CaseKind, CaseState
from moderation.taxonomy import Category

MAX_REASON = 2_000
MAX_PUBLIC_NOTE = 2_000
"""Longest text that leaves with a webhook, in code points: an event stays below 20 kB."""
MAX_INTERNAL_NOTE = 10_000

_DECISION_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


class Outcome(StrEnum):
    """What a person found."""

    VIOLATION = "violation"
    NO_VIOLATION = "no_violation"
    UNSURE = "unsure"


OUTCOME_JA: dict[Outcome, str] = {
    Outcome.VIOLATION: "違反あり",
    Outcome.NO_VIOLATION: "違反なし",
    Outcome.UNSURE: "判断保留",
}


class Action(StrEnum):
    """What happens; ``care`` shows an author where to find help, ``mediate`` tells both sides of a quarrel."""

    NONE = "none"
    WARN = "warn"
    HIDE = "hide"
    TIMEOUT = "timeout"
    BAN = "ban"
    RESTORE = "restore"
    CARE = "care"
    MEDIATE = "mediate"


ACTION_JA: dict[Action, str] = {
    Action.NONE: "何もしない",
    Action.WARN: "警告",
    Action.HIDE: "非表示",
    Action.TIMEOUT: "タイムアウト",
    Action.BAN: "BAN",
    Action.RESTORE: "再表示",
    Action.CARE: "ケア案内",
    Action.MEDIATE: "仲裁（双方へ連絡）",
}

ALLOWED_ACTIONS: dict[Outcome, frozenset[Action]] = {
    Outcome.VIOLATION: frozenset(Action) - {Action.RESTORE, Action.MEDIATE},
    Outcome.NO_VIOLATION: frozenset({Action.NONE, Action.RESTORE, Action.CARE, Action.MEDIATE}),
    Outcome.UNSURE: frozenset({Action.NONE, Action.HIDE, Action.CARE}),
}
"""Nobody is punished without a finding; a doubtful text may be hidden until someone else looks."""

_CANNOT_STAND_TOGETHER = (frozenset({Action.TIMEOUT, Action.BAN}), frozenset({Action.HIDE, Action.RESTORE}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a moderator wants to decide; ``check`` says whether it can stand.

    Attributes:
        categories: Harms found; at least one with a violation.
        policy_id: The clause that was broken; needed with a violation. Other findings cite the clause that the
            case was held against, where none is named.
        actions: What happens; none at all means ``none``.
        reason: Why, for colleagues and appeals. Never empty.
        public_note: What the author is told.
        internal_note: What only the console shows.
    """

    outcome: Outcome
    categories: tuple[Category, ...] = ()
    policy_id: str | None = None
    actions: tuple[Action, ...] = (Action.NONE,)
    reason: str = ""
    public_note: str = ""
    internal_note: str = ""

    def check(self) -> None:
        """Refuse what contradicts itself or gives no reasons.

        Raises:
            Invalid: With every wrong field.
        """
        problems = [
            *self._violation_problems(),
            *self._action_problems(),
            *_length_problems("/reason", self.reason, MAX_REASON),
            *_length_problems("/public_note", self.public_note, MAX_PUBLIC_NOTE),
            *_length_problems("/internal_note", self.internal_note, MAX_INTERNAL_NOTE),
        ]
        if not self.reason.strip():
            problems.append(FieldProblem(pointer="/reason", detail="A decision needs a reason."))
        if problems:
            raise Invalid("This decision cannot stand; each field is named.", problems)

    def check_fits(self, case: Case) -> None:
        """Refuse to mediate where there are no two sides. Raises Invalid."""
        if Action.MEDIATE in self.actions and case.kind is not CaseKind.QUARREL:
            problem = FieldProblem(
                pointer="/actions", detail="Only a quarrel has two sides to mediate between."
            )
            raise Invalid("This decision does not fit the case.", [problem])

    def _violation_problems(self) -> list[FieldProblem]:
        if self.outcome is not Outcome.VIOLATION:
            return []
        problems = []
        if not self.categories:
            problems.append(FieldProblem(pointer="/categories", detail="A violation needs a category."))
        if not self.policy_id:
            problems.append(FieldProblem(pointer="/policy_id", detail="A violation cites a policy clause."))
        return problems

    def _action_problems(self) -> list[FieldProblem]:
        chosen = set(self.actions)
        if refused := chosen - ALLOWED_ACTIONS[self.outcome]:
            names = ", ".join(sorted(refused))
            detail = f"{names} does not go with {self.outcome}."
        elif Action.NONE in chosen and len(chosen) > 1:
            detail = "none stands alone."
        elif any(pair <= chosen for pair in _CANNOT_STAND_TOGETHER):
            detail = "timeout and ban, or hide and restore, cannot stand together."
        else:
            return []
        return [FieldProblem(pointer="/actions", detail=detail)]


def _length_problems(pointer: str, text: str, most: int) -> list[FieldProblem]:
    if len(text) <= most:
        return []
    return [FieldProblem(pointer=pointer, detail=f"At most {most} characters, these are {len(text)}.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A ruling that was made.

    ``seen_hit_seq`` is what it covers; ``undoes`` names the decision it takes back and
    ``undone_by`` the one that took it back; ``batch_id`` is shared by the decisions of one bulk act.
    """

    id: str
    case_id: str
    ruling: Ruling
    policy_version: int | None
    decided_by: str
    decided_at: datetime
    seen_hit_seq: int
    previous_hit_seq: int
    undoes: str | None = None
    undone_by: str | None = None
    batch_id: str | None = None

    @property
    def stands(self) -> bool:
        """It is a finding, and nobody took it back."""
        return self.undoes is None and self.undone_by is None


def check_decision_id(decision_id: str) -> None:
    """Refuse an id that is not a ULID; forms carry it so that sending twice decides once."""
    if not _DECISION_ID.fullmatch(decision_id):
        problem = FieldProblem(pointer="/decision_id", detail="Not a ULID.")
        raise Invalid("The form is damaged; load the case again.", [problem])


def covered(case: Case, outcome: Outcome, seen_hit_seq: int) -> int:
    """Up to which hit a decision settles the case; ``unsure`` settles nothing.

    Raises:
        Invalid: Nobody can have seen that.
    """
    if not case.seen_hit_seq <= seen_hit_seq <= case.hit_seq:
        problem = FieldProblem(
            pointer="/seen_hit_seq", detail=f"Must lie in {case.seen_hit_seq}..{case.hit_seq}."
        )
        raise Invalid("The form does not fit this case; load it again.", [problem])
    return case.seen_hit_seq if outcome is Outcome.UNSURE else seen_hit_seq


def state_after(case: Case, outcome: Outcome, seen_hit_seq: int) -> CaseState:
    """What a case becomes: later hits than those seen keep it in the queue."""
    if outcome is Outcome.UNSURE:
        return CaseState.ESCALATED
    if case.hit_seq > seen_hit_seq:
        return CaseState.QUEUED
    return CaseState.CLOSED


def last_standing(decisions: Sequence[Decision]) -> Decision | None:
    """The decision that an undo takes back: the newest that stands. Oldest first in."""
    return next((decision for decision in reversed(decisions) if decision.stands), None)


def state_before(decisions: Sequence[Decision], undone_id: str) -> CaseState:
    """What a case goes back to when a decision is taken back: what the one before it made of it."""
    earlier = last_standing([decision for decision in decisions if decision.id != undone_id])
    if earlier is not None and earlier.ruling.outcome is Outcome.UNSURE:
        return CaseState.ESCALATED
    return CaseState.QUEUED
