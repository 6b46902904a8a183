"""What all conditions share: strictness and small types."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Strict(BaseModel):
    """Unknown keys are errors: a mistyped key must not pass as silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Phrase = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*\.[a-z][a-z0-9_]*$", max_length=100)]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]


class Excusable(Strict):
    """A condition on the text that phrases can excuse."""

    except_: tuple[Phrase, ...] = Field(
        (), alias="except", description="Phrases that excuse a hit they overlap with, in the same view."
    )
    except_lists: tuple[Name, ...] = Field((), description="Lists whose terms excuse a hit, like `except`.")
    unless: tuple[Phrase, ...] = Field(
        (), description="Phrases that excuse every hit, wherever in the text they are."
    )
    unless_lists: tuple[Name, ...] = Field(
        (), description="Lists whose terms excuse every hit, like `unless`."
    )
    quoted: bool = Field(
        True,
        strict=True,
        description="Whether hits inside 「」 or 『』 count when there are other words beside.",
    )


def needs_one(model: BaseModel, *names: str) -> None:
    """Raise ValueError unless one of the fields is given."""
    if all(getattr(model, name) in (None, ()) for name in names):
        raise ValueError(f"give at least one of {', '.join(names)}")
