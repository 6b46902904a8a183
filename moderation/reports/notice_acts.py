"""What a specialist does with a notice, and when it cannot stand: extension, result, whom it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.errors import FieldProblem, Invalid
from moderation.reports.notice_words import (
    ApplicantExemption,
    ExtensionGround,
    Measure,
    PosterExemption,
    Result,
)

LONGEST_REASON = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The applicant is told that it takes longer, why, and until when."""

    ground: ExtensionGround
    reason: str
    until: datetime

    def check(self, *, due_at: datetime, now: datetime) -> None:
        """Refuse an extension without its reason, or into the past. Raises Invalid."""
        problems = _text_problems("/reason", self.reason, "An extension tells the applicant why.")
        if self.until <= max(now, due_at):
            detail = f"Must lie after the present end, {due_at:%Y-%m-%d}, and after now."
            problems.append(FieldProblem(pointer="/until", detail=detail))
        if problems:
            raise Invalid("This extension cannot stand; each field is named.", problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of the investigation.

    Attributes:
        result: Whether a measure is taken.
        measures: Which; at least one with ``measure_taken``, none otherwise.
        reason: Why: what the applicant is told.
        policy_id: The clause it rests on, where it is one of ours; needed with a measure.
    """

    result: Result
    measures: Sequence[Measure]
    reason: str
    policy_id: str | None = None

    def check(self) -> None:
        """Refuse a result that contradicts itself or gives no reason. Raises Invalid."""
        problems = _text_problems("/reason", self.reason, "The applicant hears the reason of the result.")
        taken = self.result is Result.MEASURE_TAKEN
        if taken and not self.measures:
            problems.append(FieldProblem(pointer="/measures", detail="Say which measure was taken."))
        if not taken and self.measures:
            detail = "Without a measure there is none to name."
            problems.append(FieldProblem(pointer="/measures", detail=detail))
        if taken and not self.policy_id:
            detail = "A measure cites the clause of the published criteria."
            problems.append(FieldProblem(pointer="/policy_id", detail=detail))
        if problems:
            raise Invalid("This result cannot stand; each field is named.", problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterNotice:
    """Whether whoever posted it is told of the measure; a ground where they are not."""

    exemption: PosterExemption | None = None
    reason: str = ""

    def check(self) -> None:
        """Refuse an exemption for other reasons that gives none. Raises Invalid."""
        if self.exemption is PosterExemption.OTHER and not self.reason.strip():
            problem = FieldProblem(pointer="/reason", detail="Other reasons have to be written down.")
            raise Invalid("This exemption needs its reason.", [problem])


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicantNotice:
    """That the applicant was told the result; a ground where they were not."""

    exemption: ApplicantExemption | None = None


def _text_problems(pointer: str, text: str, missing: str) -> list[FieldProblem]:
    if not text.strip():
        return [FieldProblem(pointer=pointer, detail=missing)]
    if len(text) > LONGEST_REASON:
        detail = f"At most {LONGEST_REASON:,} characters, these are {len(text):,}."
        return [FieldProblem(pointer=pointer, detail=detail)]
    return []
