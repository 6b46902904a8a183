"""Example: a text with what else is known, for the tests inside a rule file."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from rules.conditions.base import Name, Share, Strict
from rules.durations import ClockTime, Duration
from rules.vocabulary import AgeBand, Category, Role, Strictness, TargetKind


class ExampleAuthor(Strict):
    """The author of an example."""

    id: str = Field("author", description="Id.")
    account_age: Duration | None = Field(None, description="Age of the account.")
    age_band: AgeBand | None = Field(None, description="Age band.")
    role: Role = Field("viewer", description="Part in the room.")
    strikes: int | None = Field(None, strict=True, ge=0, description="Strikes that stand.")
    labels: tuple[Name, ...] | None = Field(None, description="Labels.")


class ExampleRoom(Strict):
    """The room of an example."""

    id: str = Field("room", description="Id.")
    game: str | None = Field(None, description="Game.")
    category: str | None = Field(None, description="The room's own category.")
    strictness: Strictness = Field("normal", description="How strict the room wants to be.")
    live: bool | None = Field(None, strict=True, description="On air.")
    live_for: Duration | None = Field(None, description="On air for so long.")
    live_viewers: int | None = Field(None, strict=True, ge=0, description="Viewers now.")
    labels: tuple[Name, ...] | None = Field(None, description="Labels.")
    shield: bool | None = Field(None, strict=True, description="The shield is up.")


class ExampleTarget(Strict):
    """Whom an example is aimed at."""

    kind: TargetKind | None = Field(None, description="Whom it is about.")
    id: str | None = Field(None, description="Id of the addressed person.")
    age_band: AgeBand | None = Field(None, description="Age band of the addressed person.")


class Example(Strict):
    """A text with what else is known; what is left out is not known."""

    text: str = Field(max_length=10_000, description="The message as typed.")
    author: ExampleAuthor = Field(ExampleAuthor(), description="Its author.")
    room: ExampleRoom = Field(ExampleRoom(), description="Its room.")
    target: ExampleTarget = Field(ExampleTarget(), description="Whom it is aimed at.")
    scores: dict[Category, Share] | None = Field(None, description="The classifier's probabilities.")
    windows: dict[Name, int] = Field({}, description="Values of the rule's windows and reports, by name.")
    recent_author: tuple[str, ...] | None = Field(
        None, description="The author's last messages, newest last, 2 s apart."
    )
    recent_room: tuple[str, ...] | None = Field(
        None, description="The room's last messages, newest last, 2 s apart."
    )
    at: ClockTime = Field("12:00", description="Time of day in Japan, in quotes.")
    marks: tuple[str, ...] = Field(
        (), description="Pieces of the text that the spans have to show (fires only)."
    )


def _short_form(given: Any) -> Any:
    return {"text": given} if isinstance(given, str) else given


GivenExample = Annotated[Example, BeforeValidator(_short_form, json_schema_input_type=str | Example)]
"""An example; a text alone will do."""


class Proofs(Strict):
    """Texts that prove the rule: positives and negatives in equal honour."""

    fires: tuple[GivenExample, ...] = Field(
        min_length=1, max_length=200, description="Messages that the rule has to hit."
    )
    silent: tuple[GivenExample, ...] = Field(
        min_length=1, max_length=200, description="Messages that look like it and are not."
    )
