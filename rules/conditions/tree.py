"""Conditions made of conditions, and the union of all kinds."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from rules.conditions.base import Count, Name, RuleId, Strict, needs_one
from rules.conditions.facts import AuthorIs, Reports, RoomIs, Score, TargetIs, Time
from rules.conditions.text import Joined, Length, Patterns, Similar, Steps, Terms
from rules.durations import WindowDuration
from rules.vocabulary import KeyPart, Member


class WindowAsked(Strict):
    """A counter over time, keyed on `sent_at`; the message itself is counted."""

    name: Name = Field(description="Its name in this rule; tests give values by it.")
    count: Literal["messages"] | None = Field(None, description="Count messages.")
    distinct: Member | None = Field(None, description="Count different authors, targets, texts or rooms.")
    newcomers: Literal["author"] | None = Field(
        None, description="Count authors whose first message under this key (in 24 h) lies in the window."
    )
    by: tuple[KeyPart, ...] = Field(
        min_length=1, max_length=3, description="One counter for each value of these together."
    )
    within: WindowDuration = Field(description="Length of the window.")
    at_least: Count | None = Field(None, description="Lowest value.")
    below: Count | None = Field(None, description="The value has to be under this.")
    min_length: int = Field(
        0, strict=True, ge=0, le=1000, description="Only messages of so many folded characters count."
    )
    where: "Condition | None" = Field(
        None, description="Only messages that meet this count (no windows inside)."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if sum(getattr(self, measure) is not None for measure in ("count", "distinct", "newcomers")) != 1:
            raise ValueError("give exactly one of count, distinct, newcomers")
        needs_one(self, "at_least", "below")
        return self


class Window(Strict):
    """A counter over time lies in a range."""

    window: WindowAsked


class OtherRule(Strict):
    """Another rule would fire on this message."""

    rule: RuleId = Field(description="Id of the other rule, live or shadow.")


class All(Strict):
    """Every condition holds."""

    all: tuple["Condition", ...] = Field(min_length=1, description="Conditions that all have to hold.")


class AnyOf(Strict):
    """At least one condition holds."""

    any: tuple["Condition", ...] = Field(min_length=1, description="Conditions of which one is enough.")


class Not(Strict):
    """A condition does not hold."""

    not_: "Condition" = Field(alias="not", description="A condition that must not hold.")


KINDS: dict[str, type[Strict]] = {
    "all": All,
    "any": AnyOf,
    "not": Not,
    "sequence": Steps,
    "patterns": Patterns,
    "terms": Terms,
    "lists": Terms,
    "length": Length,
    "score": Score,
    "author": AuthorIs,
    "room": RoomIs,
    "target": TargetIs,
    "window": Window,
    "reports": Reports,
    "similar": Similar,
    "joined": Joined,
    "time": Time,
    "rule": OtherRule,
}
"""The key that tells a condition's kind."""


def _kind(given: Any) -> str | None:
    if isinstance(given, Strict):
        return type(given).__name__
    if isinstance(given, dict):
        return next((kind.__name__ for key, kind in KINDS.items() if key in given), None)
    return None


Condition = Annotated[
    Annotated[All, Tag("All")]
    | Annotated[AnyOf, Tag("AnyOf")]
    | Annotated[Not, Tag("Not")]
    | Annotated[Terms, Tag("Terms")]
    | Annotated[Steps, Tag("Steps")]
    | Annotated[Patterns, Tag("Patterns")]
    | Annotated[Length, Tag("Length")]
    | Annotated[Score, Tag("Score")]
    | Annotated[AuthorIs, Tag("AuthorIs")]
    | Annotated[RoomIs, Tag("RoomIs")]
    | Annotated[TargetIs, Tag("TargetIs")]
    | Annotated[Window, Tag("Window")]
    | Annotated[Reports, Tag("Reports")]
    | Annotated[Similar, Tag("Similar")]
    | Annotated[Joined, Tag("Joined")]
    | Annotated[Time, Tag("Time")]
    | Annotated[OtherRule, Tag("OtherRule")],
    Discriminator(
        _kind, custom_error_type="condition_kind", custom_error_message="no condition has these keys"
    ),
]
"""Any condition."""

for _model in (WindowAsked, Window, All, AnyOf, Not):
    _model.model_rebuild()
