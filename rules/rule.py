"""Rule: one thing to look for in chat, with its reasons, its consequences and its proofs."""

import datetime as dt
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from rules.conditions.base import Name, Phrase, RuleId, Share, Strict
from rules.conditions.tree import Condition
from rules.durations import Duration
from rules.example import Proofs
from rules.vocabulary import (
    CaseKind,
    Category,
    Entity,
    Queue,
    Role,
    Severity,
    Status,
    Strictness,
    Verdict,
)

Sentence = Annotated[str, StringConstraints(min_length=8, max_length=600)]


class Scope(Strict):
    """Where the rule applies; everything given has to hold. Nothing given: everywhere."""

    rooms: tuple[Phrase, ...] = Field((), description="Ids of rooms.")
    games: tuple[Phrase, ...] = Field((), description="Games.")
    categories: tuple[Phrase, ...] = Field((), description="Categories of rooms, e.g. `fps`.")
    strictness: tuple[Strictness, ...] = Field((), description="Strictness levels of rooms.")
    shield: bool | None = Field(
        None, strict=True, description="Only while the shield is up (true) or down (false)."
    )


class Exempt(Strict):
    """Who is excused; one is enough. What is not known excuses nobody."""

    roles: tuple[Role, ...] = Field((), description="Parts in the room.")
    authors: tuple[Phrase, ...] = Field((), description="Ids of authors.")
    rooms: tuple[Phrase, ...] = Field((), description="Ids of rooms.")
    labels: tuple[Name, ...] = Field((), description="Labels of the author.")


class Review(Strict):
    """That a person shall look, and where."""

    queue: Queue = Field(description="Review queue.")
    priority: int = Field(strict=True, ge=0, le=100, description="100 is looked at first.")


class LabelGiven(Strict):
    """A mark that the rule puts on author or room."""

    to: Entity = Field(description="Who gets it.")
    label: Name = Field(description="The mark.")
    lasts: Duration = Field(description="It ends after this.")


class Then(Strict):
    """What follows from a hit."""

    verdict: Verdict = Field(description="allow, hold, block, or none (only review or labels).")
    review: Review | None = Field(None, description="Ask for a person's look.")
    severity: Severity | None = Field(
        None, description="Where the answer's severity shall differ from the rule's."
    )
    labels: tuple[LabelGiven, ...] = Field(
        (), max_length=5, description="Marks on author or room, with an end."
    )
    strikes: int = Field(0, strict=True, ge=0, le=3, description="Strikes proposed to the moderator.")
    message_ja: Sentence | None = Field(None, description="What the author is told, in Japanese.")
    case: CaseKind = Field("author_room", description="Kind of case that is opened or joined.")
    lifts: tuple[Category, ...] = Field(
        (), description="For allow: only hits of these categories; all when empty."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.lifts and self.verdict != "allow":
            raise ValueError("lifts belongs to verdict allow")
        if self.verdict == "none" and self.review is None and not self.labels:
            raise ValueError("verdict none without review and labels does nothing")
        if self.verdict == "allow" and (self.review is not None or self.strikes):
            raise ValueError("verdict allow asks for no review and gives no strikes")
        return self


class Rule(Strict):
    """One rule. Unknown keys are errors: a mistyped key must not pass as silence."""

    id: RuleId = Field(description="The file's path: `insult/die.yaml` is `insult.die`.")
    version: int = Field(
        strict=True, ge=1, le=1_000_000, description="Raised whenever what the rule catches or does changes."
    )
    status: Status = Field(description="draft, shadow (recorded, never acted on), live, retired.")
    title: Annotated[str, StringConstraints(min_length=4, max_length=80)] = Field(
        description="Short name in Japanese."
    )
    category: Category = Field(description="The harm; also the folder.")
    minors: bool = Field(
        False, strict=True, description="It is about harm to a minor; no allow rule lifts it."
    )
    severity: Severity = Field(description="How bad one hit is.")
    score: Share = Field(description="Probability of harm when the rule fires alone, 0 to 1.")
    policy: Annotated[str, StringConstraints(pattern=r"^[A-Z]-[0-9]{1,3}$")] = Field(
        description="Clause of the terms of use, e.g. `H-1`."
    )
    why: Annotated[str, StringConstraints(min_length=15, max_length=1000)] = Field(
        description="Why the rule exists, for whoever edits it."
    )
    reason: Sentence = Field(description="One Japanese sentence that a moderator can repeat to the author.")
    author: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(
        description="Who answers for it."
    )
    date: dt.date = Field(description="Day of this version.")
    expires_at: AwareDatetime | None = Field(
        None, description="It stops by itself at this time (with offset)."
    )
    scope: Scope = Field(Scope(), description="Where it applies.")
    exempt: Exempt = Field(Exempt(), description="Who is excused.")
    when: Condition = Field(description="The condition.")
    then: Then = Field(description="What follows.")
    tests: Proofs = Field(description="Proofs.")
    false_positives: tuple[Sentence, ...] = Field((), description="Known wrong hits, in words.")
