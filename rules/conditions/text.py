"""Conditions on the text, alone or beside recent messages."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from rules.conditions.base import Count, Excusable, Name, Phrase, Share, Strict, needs_one
from rules.durations import WindowDuration
from rules.vocabulary import MatchMode, View


class Terms(Excusable):
    """Some phrase is in the text."""

    terms: tuple[Phrase, ...] = Field((), description="Phrases; one is enough.")
    lists: tuple[Name, ...] = Field(
        (), description="Names of shared lists in rules/lists; one of their terms is enough."
    )
    view: Literal["folded", "raw"] = Field("folded", description="The spelling that is searched.")
    mode: MatchMode = Field("substring", description="How a phrase has to sit in the text.")
    at_least: Count = Field(1, description="So many hits that do not overlap.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs_one(self, "terms", "lists")
        if self.view == "raw" and self.mode == "reading":
            raise ValueError("mode reading looks at the reading of the folded text; leave view out")
        return self


class LengthAsked(Strict):
    """How long the message is, in characters as typed."""

    at_least: Count | None = Field(None, description="So many characters or more.")
    below: Count | None = Field(None, description="Fewer characters than this.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs_one(self, "at_least", "below")
        return self


class Length(Strict):
    """The message has a length in a range."""

    length: LengthAsked


class Step(Strict):
    """One step of a sequence."""

    terms: tuple[Phrase, ...] = Field((), description="Phrases; one is enough.")
    lists: tuple[Name, ...] = Field((), description="Shared lists; one of their terms is enough.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs_one(self, "terms", "lists")
        return self


def _short_form(given: Any) -> Any:
    return {"terms": given} if isinstance(given, list | tuple) else given


GivenStep = Annotated[Step, BeforeValidator(_short_form, json_schema_input_type=tuple[Phrase, ...] | Step)]
"""A step; a list of phrases alone will do."""


class Steps(Excusable):
    """Phrases that follow one another."""

    sequence: tuple[GivenStep, ...] = Field(
        min_length=2, max_length=5, description="Steps in order; each a list of phrases."
    )
    gap: int = Field(6, strict=True, ge=0, le=60, description="Most characters between two steps.")


class Patterns(Excusable):
    """Some RE2 pattern is found."""

    patterns: tuple[Annotated[str, StringConstraints(min_length=1, max_length=500)], ...] = Field(
        min_length=1, max_length=50, description="RE2 patterns; one is enough."
    )
    view: View = Field("folded", description="The spelling that is searched.")


class JoinedAsked(Excusable):
    """Phrases that appear only when the author's last messages are read as one."""

    terms: tuple[Phrase, ...] = Field((), description="Phrases; one is enough.")
    lists: tuple[Name, ...] = Field((), description="Shared lists; one of their terms is enough.")
    last: int = Field(4, strict=True, ge=1, le=10, description="So many earlier messages are joined.")
    within: WindowDuration = Field("30s", description="Not older than this.")
    piece: int = Field(
        6,
        strict=True,
        ge=1,
        le=30,
        description="Longest piece (folded characters); people split words into small ones.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs_one(self, "terms", "lists")
        return self


class Joined(Strict):
    """A phrase split over several messages."""

    joined: JoinedAsked


class SimilarAsked(Strict):
    """Likeness to recent messages: shared pairs of neighbouring characters (Dice), 0 to 1."""

    to: Literal["author", "room"] = Field(description="The author's own recent messages here, or the room's.")
    last: int = Field(5, strict=True, ge=1, le=20, description="So many of the last messages are looked at.")
    within: WindowDuration = Field("10m", description="Not older than this.")
    at_least: Share = Field(0.8, gt=0, description="How alike.")
    times: int = Field(1, strict=True, ge=1, le=20, description="So many of them have to be alike.")
    min_length: int = Field(
        8, strict=True, ge=2, le=1000, description="Shorter messages (folded characters) are never alike."
    )


class Similar(Strict):
    """The message is like recent ones."""

    similar: SimilarAsked
