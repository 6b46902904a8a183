"""Versions of the rules: what one changes, what it would have done, bringing it into force, going back."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.console.render import render
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.deps import Now, ProcessParts, Read
from moderation.errors import Conflict, NotFound
from moderation.rulebook import edits
from moderation.rulebook.edits import active_sources
from moderation.scoring.ruleset import changes
from moderation.storage.accounts import accounts
from moderation.storage.database import Connection
from moderation.storage.rules import backtests, rulesets
from moderation.storage.rules.backtests import AskedBacktest

router = APIRouter()

BACKTEST_DAYS = (1, 7, 28)
_MOST = 50


@router.get("/console/rules/sets", name="console_rule_sets", response_class=HTMLResponse)
def sets_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """What was made and what came into force, newest first."""
    return render(
        request,
        "rules_sets.html",
        visitor=visitor,
        now=now,
        kept=rulesets.newest(connection, most=_MOST),
        activations=rulesets.activations(connection, most=_MOST),
        before=rulesets.before_active(connection),
        people=people(connection),
    )


@router.get("/console/rules/sets/{version}", name="console_rule_set", response_class=HTMLResponse)
def set_page(request: Request, version: str, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """One version: how it differs from the one in force, and what a backtest found."""
    return _show(request, version, visitor, connection, now)


@router.post(
    "/console/rules/sets/{version}/activate", name="console_rule_activate", response_class=HTMLResponse
)
def activate(
    request: Request, version: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now
) -> Response:
    """Bring it into force on every process, or say why not."""
    del form
    try:
        with parts.database.write() as unit:
            asked = edits.ask(unit.connection, version, by=_actor(visitor), now=now)
        edits.wait_for(parts.database, asked)
    except Conflict as error:
        with parts.database.read() as connection:
            return _show(request, version, visitor, connection, now, problem=str(error), status_code=409)
    return RedirectResponse(f"/console/rules/sets/{version}?done=activated", status_code=303)


@router.post("/console/rules/sets/{version}/rebase", name="console_rule_rebase")
def rebase(version: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Put its changes on top of the version in force."""
    del form
    with parts.database.read() as connection:
        made, torn = edits.rebase(connection, version)
        note = rulesets.get(connection, version).note
    if torn:
        raise Conflict(f"Both changed {', '.join(torn)}; edit the version in force instead.")
    with parts.database.write() as unit:
        moved = edits.keep(unit, made, by=_actor(visitor), now=now, note=note)
    return RedirectResponse(f"/console/rules/sets/{moved}", status_code=303)


@router.post("/console/rules/rollback", name="console_rule_rollback")
def rollback(visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Go back to the version that was in force before."""
    del form
    with parts.database.write() as unit:
        asked = edits.ask_back(unit.connection, by=_actor(visitor), now=now)
    edits.wait_for(parts.database, asked)
    return RedirectResponse(f"/console/rules/sets/{asked.version}?done=rolled_back", status_code=303)


@router.post("/console/rules/sets/{version}/backtest", name="console_rule_backtest")
def start_backtest(version: str, visitor: SignedIn, form: Posted, parts: ProcessParts, now: Now) -> Response:
    """Have it tried over the last days; a worker does it."""
    days = text_of(form, "days")
    period = timedelta(days=int(days) if days in map(str, BACKTEST_DAYS) else BACKTEST_DAYS[1])
    with parts.database.write() as unit:
        known = accounts.service_ids(unit.connection)
        if not known:
            raise NotFound("There is no service whose messages it could be tried on.")
        service = text_of(form, "service") if text_of(form, "service") in known else known[0]
        rulesets.get(unit.connection, version)
        asked = backtests.ask(
            unit.connection,
            version=version,
            against=active_sources(unit.connection).version,
            service=service,
            since=now - period,
            until=now,
            by=_actor(visitor),
            now=now,
        )
    parts.jobs.run_backtest(asked.id)
    return RedirectResponse(f"/console/rules/sets/{version}#backtest", status_code=303)


@router.get("/console/rules/backtests/{backtest_id}", name="console_rule_backtest_state")
def backtest_state(backtest_id: str, visitor: SignedIn, connection: Read) -> JSONResponse:
    """How far it is, for the bar on the page."""
    del visitor
    found = backtests.get(connection, backtest_id)
    return JSONResponse({"state": found.state, "done": found.done, "total": found.total})


def people(connection: Connection) -> dict[str, str]:
    """Names of those who stand in ``created_by`` and the like."""
    return {f"user:{user.id}": user.display_name for user in accounts.list_users(connection)}


def _show(
    request: Request,
    version: str,
    visitor: Visitor,
    connection: Connection,
    now: Any,
    *,
    problem: str | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    known, sources = rulesets.get(connection, version), rulesets.sources_of(connection, version)
    active = active_sources(connection)
    was_active = version in {one.version for one in rulesets.activations(connection)}
    tried = backtests.of_version(connection, version)
    return render(
        request,
        "rules_set.html",
        visitor=visitor,
        status_code=status_code,
        now=now,
        known=known,
        active=active.version,
        outdated=known.parent not in {None, active.version} and not was_active,
        changes=changes(active, sources),
        problem=problem,
        done=request.query_params.get("done", ""),
        tried=tried,
        running=next((one for one in tried if one.state in {backtests.WAITING, backtests.RUNNING}), None),
        report=_report(tried),
        services=accounts.service_ids(connection),
        days=BACKTEST_DAYS,
        people=people(connection),
    )


def _report(tried: list[AskedBacktest]) -> AskedBacktest | None:
    return next((one for one in tried if one.report is not None), None)


def _actor(visitor: Visitor) -> str:
    return f"user:{visitor.user.id}"
