"""Take back what a rule did in a period: first what would happen, then doing it."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.console.render import render
from api.console.texts import N_
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, ProcessParts, Read
from moderation.rulebook.edits import active_sources, rule_of
from moderation.scoring.rule_source import RuleSource
from moderation.storage.database import Connection
from moderation.storage.rules import undo as rule_undo
from moderation.storage.rules.undo import Undoing
from moderation.trends.days import JST

router = APIRouter()

_HOURS = 24


@router.get("/console/rules/{rule_id}/undo", name="console_rule_undo", response_class=HTMLResponse)
def undo_page(request: Request, rule_id: str, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """The last day, until something else is chosen."""
    version = rule_of(active_sources(connection), rule_id).rule.version
    since = now.astimezone(JST) - timedelta(hours=_HOURS)
    fields = {"version": str(version), "since": f"{since:%Y-%m-%dT%H:%M}", "until": "", "reason": ""}
    return _show(request, rule_id, visitor, now, fields)


@router.post("/console/rules/{rule_id}/undo", name="console_rule_undone", response_class=HTMLResponse)
def undo(
    request: Request, rule_id: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Preview, or do it where a reason is given and asked for."""
    fields = {name: text_of(form, name) for name in ("version", "since", "until", "reason")}
    since, until = _time(fields["since"]), _time(fields["until"]) if fields["until"] else now
    version = fields["version"]
    problem = None
    if since is None or until is None or since >= until:
        problem = N_("期間が正しくありません。始まりは終わりより前にしてください。")
    elif not version.isdecimal():
        problem = N_("版は数字で書いてください。")
    elif text_of(form, "act") == "undo" and not fields["reason"]:
        problem = N_("取り消す理由を書いてください。")
    if problem or since is None or until is None:
        return _show(request, rule_id, visitor, now, fields, problem=problem, status_code=422)
    rule = RuleSource(rule_id, int(version))
    if text_of(form, "act") != "undo":
        with parts.database.read() as connection:
            found = _preview(connection, rule, since, until, visitor)
        return _show(request, rule_id, visitor, now, fields, found=found)
    with parts.database.write() as unit:
        done = rule_undo.undo(
            unit.connection,
            rule,
            since=since,
            until=until,
            sight=visitor.sight,
            actor=f"user:{visitor.user.id}",
            reason=fields["reason"],
            now=now,
        )
    return _show(request, rule_id, visitor, now, fields, found=done, done=True)


def _preview(
    connection: Connection, rule: RuleSource, since: datetime, until: datetime, visitor: Visitor
) -> Undoing:
    return rule_undo.preview(connection, rule, since=since, until=until, sight=visitor.sight)


def _time(text: str) -> datetime | None:
    """What a field for date and time sends: Japan's clock, without an offset."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=JST).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _show(
    request: Request,
    rule_id: str,
    visitor: Visitor,
    now: datetime,
    fields: dict[str, str],
    *,
    found: Undoing | None = None,
    done: bool = False,
    problem: str | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    return render(
        request,
        "rules_undo.html",
        visitor=visitor,
        status_code=status_code,
        now=now,
        rule_id=rule_id,
        fields=fields,
        found=found,
        done=done,
        problem=problem,
    )
