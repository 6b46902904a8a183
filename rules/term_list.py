"""TermList: terms that several rules share, with what looks like them and is not."""

from typing import Annotated

from pydantic import Field, StringConstraints

from rules.conditions.base import Name, Phrase, Strict


class TermList(Strict):
    """A shared list. Its exceptions excuse hits of its own terms, wherever it is used."""

    id: Name = Field(description="The file's name: `die_commands.yaml` is `die_commands`.")
    title: Annotated[str, StringConstraints(min_length=4, max_length=80)] = Field(
        description="Short name in Japanese."
    )
    why: Annotated[str, StringConstraints(min_length=10, max_length=1000)] = Field(
        description="What belongs here and what does not."
    )
    terms: tuple[Phrase, ...] = Field(min_length=1, max_length=50_000, description="The terms.")
    except_: tuple[Phrase, ...] = Field(
        (), alias="except", max_length=50_000, description="Phrases that excuse a hit they overlap with."
    )
