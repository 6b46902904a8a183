"""The editor of rules and lists: check, try a message, and keep the edit as a version."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.console.rules import Opened, opened_of, show
from api.console.texts import N_
from api.console.visitor import Posted, SignedIn, text_of
from api.deps import Now, Parts, ProcessParts, Read, ReadArchive, Write
from moderation.errors import Conflict
from moderation.rulebook import edits
from moderation.rulebook.edits import Edit, active_sources
from moderation.rulebook.errors import RulesRefused
from moderation.rulebook.trial import ordered, trace_message
from moderation.scoring.ruleset import Kind, RuleSources
from moderation.storage.database import Connection, Unit
from rules.example import Example

router = APIRouter()

_ID = re.compile(r"^id:\s*([a-z][a-z_]*\.[a-z][a-z0-9_]*)\s*(?:#.*)?$", re.MULTILINE)
TRIED = ("message", "role", "age_band", "account_days", "strictness", "shield", "before")
"""Fields of the form that describe a message to try."""


@router.post("/console/rules/new", name="console_rule_make", response_class=HTMLResponse)
def make_rule(
    request: Request,
    visitor: SignedIn,
    form: Posted,
    connection: Read,
    archive: ReadArchive,
    unit: Write,
    parts: ProcessParts,
    now: Now,
) -> Response:
    """A new rule; its id stands in its text."""
    found = _ID.search(text_of(form, "text"))
    name = found[1] if found else ""
    return _edit(request, visitor, form, connection, archive, unit, parts, now, "pack", name)


@router.post("/console/rules/lists/{name}", name="console_list_edit", response_class=HTMLResponse)
def edit_list(
    request: Request,
    name: str,
    visitor: SignedIn,
    form: Posted,
    connection: Read,
    archive: ReadArchive,
    unit: Write,
    parts: ProcessParts,
    now: Now,
) -> Response:
    """Check, try or keep a list."""
    return _edit(request, visitor, form, connection, archive, unit, parts, now, "list", name)


@router.post("/console/rules/{rule_id}", name="console_rule_edit", response_class=HTMLResponse)
def edit_rule(
    request: Request,
    rule_id: str,
    visitor: SignedIn,
    form: Posted,
    connection: Read,
    archive: ReadArchive,
    unit: Write,
    parts: ProcessParts,
    now: Now,
) -> Response:
    """Check, try or keep a rule."""
    return _edit(request, visitor, form, connection, archive, unit, parts, now, "pack", rule_id)


def _edit(
    request: Request,
    visitor: SignedIn,
    form: FormData,
    connection: Connection,
    archive: Connection,
    unit: Unit,
    parts: Parts,
    now: Any,
    kind: Kind,
    name: str,
) -> Response:
    opened = opened_of(active_sources(connection), kind, name, form)
    if not name:
        problem = N_("ルールの id がありません。最初の行に「id: 分類.名前」と書いてください。")
        return show(
            request, visitor, connection, archive, now, replace(opened, problem=problem), status_code=422
        )
    path = f"{name.replace('.', '/', 1)}.yaml"
    made = edits.draft(connection, [Edit(kind=kind, path=path, text=opened.text)], base=opened.base)
    opened = replace(opened, draft=made)
    act = text_of(form, "act")
    if act == "try":
        opened = _tried(parts, opened, made.sources, form)
    elif act == "keep":
        try:
            version = edits.keep(unit, made, by=f"user:{visitor.user.id}", now=now, note=opened.note or name)
        except RulesRefused:
            return show(request, visitor, connection, archive, now, opened, status_code=422)
        except Conflict:
            opened = replace(opened, problem=N_("変更がありません。"))
            return show(request, visitor, connection, archive, now, opened, status_code=409)
        return RedirectResponse(f"/console/rules/sets/{version}", status_code=303)
    return show(request, visitor, connection, archive, now, opened)


def _tried(parts: Parts, opened: Opened, sources: RuleSources, form: FormData) -> Opened:
    """The editor with what its rule (for a list: every rule that uses it) says to a message."""
    tried = {name: text_of(form, name) for name in TRIED}
    sound = {item.rule.id for item in sources.loaded.rules}
    ids = {opened.name} if opened.kind == "pack" else set(edits.users_of(sources, opened.name))
    if not ids & sound:
        return replace(opened, tried=tried, problem=N_("間違いを直すと、試せるようになります。"))
    try:
        message = Example.model_validate(_message(tried))
    except ValidationError:
        return replace(opened, tried=tried, problem=N_("試す文の条件が正しくありません。"))
    text = parts.engines.current.text if parts.engines.ready else None
    found = trace_message(sources, message, text=text, rule_ids=ids & sound)
    return replace(opened, tried=tried, traced=ordered(found))


def _message(tried: Mapping[str, str]) -> dict[str, Any]:
    author: dict[str, Any] = {"role": tried["role"] or "viewer"}
    room: dict[str, Any] = {"strictness": tried["strictness"] or "normal", "shield": bool(tried["shield"])}
    if tried["age_band"]:
        author["age_band"] = tried["age_band"]
    if tried["account_days"]:
        author["account_age"] = f"{tried['account_days']}d"
    before = [line for line in tried["before"].split("\n") if line.strip()]
    return {"text": tried["message"], "author": author, "room": room, "recent_author": before or None}
