"""Conditions on what is known beside the text: scores, author, room, target, reports, time of day."""

from typing import Self

from pydantic import Field, model_validator

from rules.conditions.base import Count, Name, Phrase, Share, Strict, needs_one
from rules.durations import ClockTime, Duration, WindowDuration
from rules.vocabulary import AgeBand, Category, Entity, Role, Strictness, TargetKind


class Score(Strict):
    """A classifier's calibrated probability lies in a range."""

    score: Category = Field(description="The category whose probability is asked for.")
    at_least: Share | None = Field(None, description="Lowest probability.")
    below: Share | None = Field(None, description="The probability has to be under this.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs_one(self, "at_least", "below")
        return self


class AuthorFactsAsked(Strict):
    """What is asked of the author; everything given has to hold."""

    account_age_below: Duration | None = Field(None, description="The account is younger than this.")
    account_age_at_least: Duration | None = Field(None, description="The account is this old or older.")
    age_band: tuple[AgeBand, ...] = Field((), description="Age band, where the service knows it.")
    role: tuple[Role, ...] = Field((), description="Part in the room.")
    strikes_at_least: Count | None = Field(None, description="So many strikes stand against the author.")
    strikes_below: Count | None = Field(None, description="Fewer strikes than this.")
    has_label: tuple[Name, ...] = Field((), description="Bears one of these labels.")
    lacks_label: tuple[Name, ...] = Field((), description="Bears none of these labels.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs_one(self, *type(self).model_fields)
        return self


class RoomFactsAsked(Strict):
    """What is asked of the room; everything given has to hold."""

    games: tuple[Phrase, ...] = Field((), description="The game that is played.")
    categories: tuple[Phrase, ...] = Field((), description="The room's own category, e.g. `fps`; not a harm.")
    strictness: tuple[Strictness, ...] = Field((), description="How strict the room wants to be.")
    live: bool | None = Field(None, strict=True, description="The stream is on air.")
    live_for_at_least: Duration | None = Field(None, description="On air for so long.")
    live_viewers_at_least: Count | None = Field(None, description="So many viewers now.")
    live_viewers_below: Count | None = Field(None, description="Fewer viewers than this.")
    shield: bool | None = Field(None, strict=True, description="The shield is up (one switch during a raid).")
    has_label: tuple[Name, ...] = Field((), description="Bears one of these labels.")
    lacks_label: tuple[Name, ...] = Field((), description="Bears none of these labels.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs_one(self, *type(self).model_fields)
        return self


class TargetFactsAsked(Strict):
    """What is asked of the one the message is aimed at."""

    kind: tuple[TargetKind, ...] = Field((), description="Whom the message is about.")
    age_band: tuple[AgeBand, ...] = Field((), description="Age band of the addressed person, where known.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs_one(self, "kind", "age_band")
        return self


class AuthorIs(Strict):
    """Something holds of the author."""

    author: AuthorFactsAsked


class RoomIs(Strict):
    """Something holds of the room."""

    room: RoomFactsAsked


class TargetIs(Strict):
    """Something holds of the one the message is aimed at."""

    target: TargetFactsAsked


class ReportsAsked(Strict):
    """Different people who reported the author or the room lately."""

    name: Name = Field("reports", description="Its name in this rule; tests give values by it.")
    of: Entity = Field(description="Reports of the author, or of the room.")
    within: WindowDuration = Field(description="Length of the window.")
    at_least: Count = Field(description="So many different reporters.")


class Reports(Strict):
    """So many people reported the author or the room lately."""

    reports: ReportsAsked


class TimeAsked(Strict):
    """A part of the day in Japan; it may pass midnight."""

    start: ClockTime = Field(alias="from", description="First minute, in quotes.")
    end: ClockTime = Field(alias="to", description="First minute that is outside, in quotes.")


class Time(Strict):
    """The message was sent in a part of the day."""

    time: TimeAsked
