"""ルール: what the rules are and do, and the page of each with its figures, samples and editor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.queue import word_of
from api.console.render import render
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, Read, ReadArchive, Write
from moderation.rulebook.edits import Draft, active_sources, list_text, users_of
from moderation.rulebook.errors import ListNotFound, RuleNotFound
from moderation.rulebook.figures import Figures, figures
from moderation.scoring.rule_source import RuleSource
from moderation.scoring.ruleset import Kind, RuleSources
from moderation.storage.database import Connection
from moderation.storage.rules import activation, hits
from moderation.storage.rules import alarms as rule_alarms
from moderation.taxonomy import Category
from rules.load import LoadedRule
from rules.problems import Problem
from rules.trace import RuleTrace

router = APIRouter()

DAYS = 28
"""Days that the figures are over."""
SAMPLES = 20

NEW_RULE = """\
id: insult.new_rule
version: 1
status: shadow
title: 新しいルール
category: insult
severity: medium
score: 0.5
policy: H-1
why: なぜこのルールが要るかを、あとで直す人のために書きます。
reason: 書いた人にそのまま伝えられる一文を書きます。
author: {author}
date: {day}
when:
  terms: [ここに語を並べます]
then:
  verdict: none
  review: {{queue: general, priority: 50}}
tests:
  fires: [ここに語を並べます]
  silent: [似ているが当たらない文]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file in the editor: what it says now, and what came of checking or trying it."""

    kind: Kind
    name: str
    text: str
    base: str
    note: str = ""
    draft: Draft | None = None
    traced: Sequence[RuleTrace] | None = None
    tried: Mapping[str, str] | None = None
    problem: str | None = None

    @property
    def problems(self) -> Sequence[Problem]:
        """What is wrong."""
        return self.draft.problems if self.draft else ()


@router.get("/console/rules", name="console_rules", response_class=HTMLResponse)
def rules_page(
    request: Request, visitor: SignedIn, connection: Read, archive: ReadArchive, now: Now
) -> HTMLResponse:
    """Every rule with its figures; what guards did stands on top."""
    sources = active_sources(connection)
    query = request.query_params
    wanted, status = query.get("q", "").strip(), query.get("status", "")
    category = word_of(Category, query.get("category"))
    found = figures(connection, archive, sources, days=DAYS, now=now)
    items = [
        item
        for item in sources.loaded.rules
        if (not status or item.rule.status == status)
        and (category is None or item.rule.category == category)
        and (not wanted or _matches(item, wanted))
    ]
    return render(
        request,
        "rules.html",
        visitor=visitor,
        now=now,
        sources=sources,
        items=items,
        figures=found,
        days=DAYS,
        q=wanted,
        status=status,
        category=category,
        categories=tuple(Category),
        alarms=rule_alarms.unseen(connection),
        processes=activation.live_processes(connection, now=now),
        waiting=activation.waiting(connection),
    )


def _matches(item: LoadedRule, wanted: str) -> bool:
    return wanted.lower() in f"{item.rule.id} {item.rule.title} {item.source}".lower()


@router.post("/console/rules/alarms/{alarm_id}", name="console_rule_alarm")
def put_alarm_away(alarm_id: str, visitor: SignedIn, form: Posted, unit: Write, now: Now) -> Response:
    """Somebody saw it."""
    del form
    rule_alarms.put_away(unit.connection, alarm_id, by=f"user:{visitor.user.id}", now=now)
    return RedirectResponse("/console/rules", status_code=303)


@router.get("/console/rules/new", name="console_rule_new", response_class=HTMLResponse)
def new_rule(
    request: Request, visitor: SignedIn, connection: Read, archive: ReadArchive, now: Now
) -> HTMLResponse:
    """An editor with a rule to begin from."""
    text = NEW_RULE.format(author=visitor.user.display_name, day=f"{now + timedelta(hours=9):%Y-%m-%d}")
    base = active_sources(connection)
    opened = Opened(kind="pack", name="", text=text, base=base.version)
    return show(request, visitor, connection, archive, now, opened)


@router.get("/console/rules/lists", name="console_lists", response_class=HTMLResponse)
def lists_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """Every list, and which rules use it."""
    sources = active_sources(connection)
    rows = [(one, users_of(sources, one.id)) for one in sources.loaded.lists]
    return render(request, "rules_lists.html", visitor=visitor, now=now, rows=rows)


@router.get("/console/rules/lists/{name}", name="console_list", response_class=HTMLResponse)
def list_page(
    request: Request, name: str, visitor: SignedIn, connection: Read, archive: ReadArchive, now: Now
) -> HTMLResponse:
    """One list in the editor."""
    sources = active_sources(connection)
    opened = Opened(kind="list", name=name, text=list_text(sources, name), base=sources.version)
    return show(request, visitor, connection, archive, now, opened)


@router.get("/console/rules/{rule_id}", name="console_rule", response_class=HTMLResponse)
def rule_page(
    request: Request, rule_id: str, visitor: SignedIn, connection: Read, archive: ReadArchive, now: Now
) -> HTMLResponse:
    """One rule: figures, what it hit, and its text in the editor."""
    sources = active_sources(connection)
    path = f"{rule_id.replace('.', '/', 1)}.yaml"
    if path not in sources.packs:
        raise RuleNotFound(rule_id)
    opened = Opened(kind="pack", name=rule_id, text=sources.packs[path], base=sources.version)
    return show(request, visitor, connection, archive, now, opened)


def show(
    request: Request,
    visitor: Visitor,
    connection: Connection,
    archive: Connection,
    now: datetime,
    opened: Opened,
    *,
    status_code: int = 200,
) -> HTMLResponse:
    """The page of a rule or list with its editor."""
    sources = active_sources(connection)
    found = figures(connection, archive, sources, days=DAYS, now=now) if opened.kind == "pack" else None
    item = next((one for one in sources.loaded.rules if one.rule.id == opened.name), None)
    return render(
        request,
        "rule.html",
        visitor=visitor,
        status_code=status_code,
        now=now,
        opened=opened,
        item=item,
        days=DAYS,
        users=users_of(sources, opened.name) if opened.kind == "list" else [],
        **_what_it_hit(archive, visitor, found, item, now),
    )


def _what_it_hit(
    archive: Connection, visitor: Visitor, found: Figures | None, item: LoadedRule | None, now: datetime
) -> dict[str, Any]:
    if found is None or item is None:
        return {"figure": None, "messages": 0, "samples": [], "beside": []}
    rule = RuleSource(item.rule.id, item.rule.version)
    minors = visitor.sight.minors or not item.rule.minors
    return {
        "figure": found.of(*rule),
        "messages": found.messages,
        "samples": hits.samples(archive, rule, minors=visitor.sight.minors, most=SAMPLES) if minors else [],
        "beside": hits.beside(archive, rule, since=now - timedelta(days=DAYS))[:8],
    }


def opened_of(sources: RuleSources, kind: Kind, name: str, form: Any) -> Opened:
    """What the editor was sent with. Raises ListNotFound."""
    if kind == "list" and f"{name}.yaml" not in sources.lists:
        raise ListNotFound(name)
    return Opened(
        kind=kind,
        name=name,
        text=text_of(form, "text") + "\n",
        base=text_of(form, "base") or sources.version,
        note=text_of(form, "note")[:500],
    )
