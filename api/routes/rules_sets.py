"""Rule sets over HTTP: keep a version, bring it into force on every process, go back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.deps import Now, ProcessParts, Read, Write
from api.openapi import KEYED, POSTED, problems
from api.routes.rules_shapes import (
    EXAMPLE_EDIT,
    ActivationOut,
    Caller,
    ChangeOut,
    DraftOut,
    EditsIn,
    Note,
    SetInPath,
    actor_of,
    changes_out,
    draft_out,
)
from api.routes.shapes import with_example
from moderation.rulebook import edits as rulebook
from moderation.rulebook.errors import RuleSetConflict
from moderation.scoring.ruleset import changes
from moderation.storage.rules import rulesets
from moderation.storage.rules.activation import Proposal

router = APIRouter(prefix="/v1/rulesets", tags=["rules"])


class RuleSetIn(EditsIn):
    """Edits to keep as a new version."""

    model_config = with_example(edits=[EXAMPLE_EDIT], note="例のルールを足した")

    note: Note = Field("", description="What was changed and why, for colleagues.")


class RuleSetOut(BaseModel):
    """One version."""

    version: str
    parent: str | None
    note: str
    created_at: datetime
    created_by: str
    active: bool


class RuleSetsOut(BaseModel):
    """The versions that were made last, newest first."""

    active: str | None
    rulesets: list[RuleSetOut]


class RuleSetPage(RuleSetOut):
    """One version with its files, and how it differs from the one in force."""

    rules: dict[str, str] = Field(description="YAML by path.")
    lists: dict[str, str]
    changes: list[ChangeOut]


@router.get("", operation_id="listRuleSets", summary="Versions of the rules", responses=problems(*KEYED, 422))
def list_sets(key: Caller, connection: Read, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> RuleSetsOut:
    """Newest first."""
    del key
    active = _active(connection)
    return RuleSetsOut(
        active=active, rulesets=[_out(one, active) for one in rulesets.newest(connection, most=limit)]
    )


@router.post(
    "",
    operation_id="createRuleSet",
    summary="Keep edited rules as a new version",
    status_code=201,
    responses=problems(*POSTED, 404, 409, s409="Nothing was changed, or no rule set is in force."),
)
def create(body: RuleSetIn, key: Caller, connection: Read, unit: Write, now: Now) -> DraftOut:
    """It is not in force yet. With any problem nothing is kept, and `errors` names file and line."""
    made = rulebook.draft(connection, [one.edit() for one in body.edits], base=body.base)
    rulebook.keep(unit, made, by=actor_of(key), now=now, note=body.note)
    return draft_out(made)


@router.post(
    "/rollback",
    operation_id="rollbackRules",
    summary="Go back to the version that was in force before",
    responses=problems(*KEYED, 409, s409="There is none, or a process cannot run it."),
)
def rollback(key: Caller, parts: ProcessParts, now: Now) -> ActivationOut:
    """Again, and to the one before that."""
    with parts.database.write() as unit:
        asked = rulebook.ask_back(unit.connection, by=actor_of(key), now=now)
    return _activated(rulebook.wait_for(parts.database, asked))


@router.get(
    "/{version}",
    operation_id="getRuleSet",
    summary="One version with its files",
    responses=problems(*KEYED, 404, 422),
)
def get_set(version: SetInPath, key: Caller, connection: Read) -> RuleSetPage:
    """And how it differs from the one in force."""
    del key
    sources = rulesets.sources_of(connection, version)
    active = rulebook.active_sources(connection)
    return RuleSetPage(
        **_out(rulesets.get(connection, version), active.version).model_dump(),
        rules=dict(sources.packs),
        lists=dict(sources.lists),
        changes=changes_out(changes(active, sources)),
    )


@router.post(
    "/{version}/activate",
    operation_id="activateRuleSet",
    summary="Bring a version into force on every process",
    responses=problems(*KEYED, 404, 409, 422, s409="It is in force, outdated, or a process cannot run it."),
)
def activate(version: SetInPath, key: Caller, parts: ProcessParts, now: Now) -> ActivationOut:
    """All of them or none; it answers when every live process has it, within seconds."""
    with parts.database.write() as unit:
        asked = rulebook.ask(unit.connection, version, by=actor_of(key), now=now)
    return _activated(rulebook.wait_for(parts.database, asked))


@router.post(
    "/{version}/rebase",
    operation_id="rebaseRuleSet",
    summary="Put the changes of a version on top of the one in force",
    status_code=201,
    responses=problems(
        *KEYED, 404, 409, 422, s409="Both changed the same file, or nothing is left to change."
    ),
)
def rebase(version: SetInPath, key: Caller, connection: Read, unit: Write, now: Now) -> DraftOut:
    """For a version that was made before somebody else's came into force."""
    made, torn = rulebook.rebase(connection, version)
    if torn:
        raise RuleSetConflict(f"Both changed {', '.join(torn)}; edit the version in force instead.")
    note = rulesets.get(connection, version).note
    rulebook.keep(unit, made, by=actor_of(key), now=now, note=note)
    return draft_out(made)


def _active(connection: Read) -> str | None:
    last = rulesets.activations(connection, most=1)
    return last[0].version if last else None


def _out(one: rulesets.KnownRuleSet, active: str | None) -> RuleSetOut:
    return RuleSetOut(
        version=one.version,
        parent=one.parent,
        note=one.note,
        created_at=one.created_at,
        created_by=one.created_by,
        active=one.version == active,
    )


def _activated(asked: Proposal) -> ActivationOut:
    return ActivationOut(
        version=asked.version,
        act=asked.act,
        state=asked.state,
        asked_by=asked.asked_by,
        asked_at=asked.asked_at,
    )
