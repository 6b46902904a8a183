"""Shapes that the routes of rules share."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Path
from pydantic import BaseModel, Field, StringConstraints

from api.auth import require_scope
from api.routes.shapes import Body, with_example
from moderation.rulebook.edits import Draft, Edit
from moderation.scoring.ruleset import FileChange
from moderation.storage.accounts.accounts import ApiKey
from moderation.taxonomy import Scope
from rules.load import MAX_LIST_BYTES
from rules.problems import Problem

Caller = Annotated[ApiKey, Depends(require_scope(Scope.RULES))]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*\.[a-z][a-z0-9_]*$", max_length=100)]
ListName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
RuleInPath = Annotated[
    str, Path(pattern=r"^[a-z][a-z_]*\.[a-z][a-z0-9_]*$", max_length=100, examples=["insult.die_command"])
]
ListInPath = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["die_commands"])]
SetInPath = Annotated[str, Path(max_length=64, pattern=r"^[\x21-\x7e]+$", examples=["rs-0123456789ab"])]
SetVersion = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
Note = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
MOST_EDITS = 200


def actor_of(key: ApiKey) -> str:
    """Who does it, for the audit trail."""
    return f"key:{key.id}"


class EditIn(Body):
    """One rule or list written anew; its path follows from its id."""

    kind: Literal["rule", "list"] = "rule"
    id: str = Field(
        pattern=r"^[a-z][a-z_]*(\.[a-z])?[a-z0-9_]*$",
        max_length=100,
        description="`insult.die_command`, or the name of a list.",
    )
    text: Annotated[str, StringConstraints(max_length=MAX_LIST_BYTES)] | None = Field(
        description="Its YAML; null takes a list out (a rule is retired instead)."
    )

    def edit(self) -> Edit:
        """As the rule book wants it."""
        path = f"{self.id.replace('.', '/', 1)}.yaml"
        return Edit(kind="pack" if self.kind == "rule" else "list", path=path, text=self.text)


EXAMPLE_EDIT = {"kind": "rule", "id": "insult.example", "text": "id: insult.example\nversion: 1\n…"}


class EditsIn(Body):
    """Edits on top of a rule set."""

    model_config = with_example(edits=[EXAMPLE_EDIT])

    edits: tuple[EditIn, ...] = Field((), max_length=MOST_EDITS)
    base: SetVersion | None = Field(None, description="The version that is edited; null is the one in force.")


class ProblemOut(BaseModel):
    """One thing wrong, as a compiler tells it."""

    path: str
    line: int | None
    code: str
    what: str
    hint: str | None
    rule_id: str | None


class ChangeOut(BaseModel):
    """A file that differs."""

    kind: str
    path: str
    act: str = Field(description="added, removed or changed")
    diff: list[str] = Field(description="Unified diff.")


class DraftOut(BaseModel):
    """What the rule set becomes."""

    ok: bool
    version: str = Field(description="Its version, were it kept.")
    base: str
    raised: list[str] = Field(description="Rules whose `version` was raised, since their content changed.")
    problems: list[ProblemOut]
    changes: list[ChangeOut]


class ActivationOut(BaseModel):
    """A rule set that came into force."""

    version: str
    act: str
    state: str
    asked_by: str
    asked_at: datetime


def problems_out(found: Iterable[Problem]) -> list[ProblemOut]:
    """As they go over the wire."""
    return [
        ProblemOut(
            path=one.path, line=one.line, code=one.code, what=one.what, hint=one.hint, rule_id=one.rule_id
        )
        for one in found
    ]


def changes_out(found: Iterable[FileChange]) -> list[ChangeOut]:
    """As they go over the wire."""
    return [
        ChangeOut(
            kind="rule" if one.kind == "pack" else "list",
            path=one.path,
            act="added" if one.before is None else "removed" if one.after is None else "changed",
            diff=one.lines,
        )
        for one in found
    ]


def draft_out(made: Draft) -> DraftOut:
    """As it goes over the wire."""
    return DraftOut(
        ok=not made.problems,
        version=made.sources.version,
        base=made.base,
        raised=list(made.raised),
        problems=problems_out(made.problems),
        changes=changes_out(made.changed),
    )
