"""Field types that the bodies of reports, inquiries and events share."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)

from api.problems import UNNAMED
from moderation.errors import FieldProblem, Invalid
from moderation.scoring.message import NEWEST

LONGEST_FREE_TEXT = 10_000
"""Longest free text of a report or inquiry, in code points."""


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time lies outside the calendar") from error


ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]*$")]
FreeText = Annotated[str, StringConstraints(max_length=LONGEST_FREE_TEXT)]
ShortText = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
Time = Annotated[AwareDatetime, AfterValidator(_in_utc)]
MOST_ITEMS = 1_000
"""Most reports, inquiries or events in one request."""


class Body(BaseModel):
    """A body whose unknown keys are errors: a mistyped key must not pass as silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def with_example(**example: Any) -> ConfigDict:
    """The configuration of a body that shows itself in the OpenAPI document."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


ONE = Tag(f"{UNNAMED}one)")
MANY = Tag(f"{UNNAMED}many)")


def one_or_many(list_key: str) -> Discriminator:
    """Tell a body of one thing, tagged ``ONE``, from one of several in ``list_key``, tagged ``MANY``.

    So the errors speak of what was sent, not of both.
    """

    def kind(body: object) -> str:
        return (MANY if isinstance(body, dict) and list_key in body else ONE).tag

    return Discriminator(kind)


class TakenOut(BaseModel):
    """What became of one report or inquiry."""

    id: str = Field(description="The id it was sent with.")
    status: str = Field(
        description="opened or joined a case; repeated: not counted again; settled: decided before; kept: no case."
    )
    case_id: str | None = Field(description="The case it belongs to.")


def not_ahead(time: datetime | None, now: datetime, pointer: str) -> None:
    """Refuse a time that lies in the future, beyond what clocks differ by. Raises Invalid."""
    if time is not None and time > now + NEWEST:
        problem = FieldProblem(
            pointer=pointer, detail=f"{time.isoformat()} lies after now, {now.isoformat()}"
        )
        raise Invalid("A time lies in the future.", [problem])
