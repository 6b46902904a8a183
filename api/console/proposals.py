"""Improvement proposals (改善提案): made from a theme or a trend, followed until viewers have it, measured after."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.asked import asked, chosen_service
from api.console.render import render
from api.console.visitor import Posted, SignedIn, Visitor, text_of
from api.console.voices import harm_of, theme_of, themes_of
from api.deps import Now, ProcessParts, Read, ReadArchive
from moderation.errors import Invalid
from moderation.storage.accounts import accounts
from moderation.storage.database import Connection
from moderation.storage.ids import new_id
from moderation.storage.trends import letters, proposals, sums
from moderation.taxonomy import Category
from moderation.trends.days import Period, jst_day_of
from moderation.trends.proposal import (
    LONGEST_BODY,
    LONGEST_TEAM,
    LONGEST_TITLE,
    NEXT,
    STATE_JA,
    Proposal,
    ProposalState,
    Source,
    checked,
    periods_around,
)
from moderation.trends.proposal_draft import (
    Around,
    Start,
    from_category,
    from_theme,
    letters_around,
    rates_around,
)
from moderation.trends.report import report
from moderation.trends.shapes import Rate

router = APIRouter()

_LIMITS = (("title", LONGEST_TITLE), ("team", LONGEST_TEAM), ("body", LONGEST_BODY))


@router.get("/console/proposals", name="console_proposals", response_class=HTMLResponse)
def proposals_page(request: Request, visitor: SignedIn, connection: Read, now: Now) -> HTMLResponse:
    """All proposals of a service, the newest first."""
    wanted = asked(request, connection, now)
    return render(
        request,
        "proposals.html",
        visitor=visitor,
        now=now,
        wanted=wanted,
        proposals=proposals.of_service(connection, wanted.service),
        states=STATE_JA,
    )


@router.get("/console/proposals/new", name="console_proposal_new", response_class=HTMLResponse)
def new_page(
    request: Request, visitor: SignedIn, connection: Read, archive: ReadArchive, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """A form, begun by the theme or category that it comes from."""
    start = _start(request, connection, archive, parts, now)
    typed = {"title": start.title, "team": "", "body": ""}
    return _form(request, visitor, connection, now, start, typed)


@router.post("/console/proposals/new", name="console_proposal_make", response_class=HTMLResponse)
def make(
    request: Request,
    visitor: SignedIn,
    form: Posted,
    parts: ProcessParts,
    archive: ReadArchive,
    now: Now,
) -> Response:
    """Keep a new proposal; figures and quotes are taken anew, never from the form."""
    typed = {name: text_of(form, name) for name, _ in _LIMITS}
    with parts.database.read() as connection:
        start = _start(request, connection, archive, parts, now)
        service = chosen_service(request.query_params.get("service"), accounts.service_ids(connection))
        try:
            values = checked(typed, limits=_LIMITS)
        except Invalid as error:
            return _form(request, visitor, connection, now, start, typed, error)
    made = Proposal(
        id=new_id(),
        service=service,
        title=values["title"],
        body=values["body"],
        source=start.source,
        words=start.words,
        category=start.category,
        figures=start.figures,
        quotes=start.quotes,
        team=values["team"],
        state=ProposalState.DRAFT,
        shipped_on=None,
        made_by=visitor.user.id,
        made_at=now,
        updated_at=now,
        version=1,
    )
    with parts.database.write() as unit:
        proposals.add(unit.connection, made)
    return RedirectResponse(f"/console/proposals/{made.id}", status_code=303)


@router.get("/console/proposals/{proposal_id}", name="console_proposal", response_class=HTMLResponse)
def proposal_page(
    request: Request, proposal_id: str, visitor: SignedIn, connection: Read, archive: ReadArchive, now: Now
) -> HTMLResponse:
    """One proposal, and what is seen before and after it reached viewers."""
    return _show(request, visitor, connection, archive, proposals.get(connection, proposal_id), now)


@router.post("/console/proposals/{proposal_id}", name="console_proposal_change", response_class=HTMLResponse)
def change(
    request: Request,
    proposal_id: str,
    visitor: SignedIn,
    form: Posted,
    parts: ProcessParts,
    archive: ReadArchive,
    now: Now,
) -> Response:
    """Move a proposal on, or change its texts."""
    with parts.database.read() as connection:
        known = proposals.get(connection, proposal_id)
    try:
        changed = _changed(
            known, {name: text_of(form, name) for name in ("state", "shipped_on", "version")}, now
        )
    except Invalid as error:
        with parts.database.read() as connection:
            return _show(request, visitor, connection, archive, known, now, error)
    with parts.database.write() as unit:
        proposals.save(unit.connection, changed, by=visitor.user.id, now=now)
    return RedirectResponse(f"/console/proposals/{proposal_id}", status_code=303)


def _changed(known: Proposal, typed: Mapping[str, str], now: datetime) -> Proposal:
    """The proposal moved on; one that somebody else moved meanwhile fails when it is saved."""
    seen = replace(known, version=int(typed["version"]) if typed["version"].isdigit() else 0)
    try:
        state = ProposalState(typed["state"])
        shipped_on = date.fromisoformat(typed["shipped_on"]) if typed["shipped_on"] else None
    except ValueError as error:
        raise Invalid(f"The form holds a value that nobody knows: {error}.") from error
    return seen.moved(state, shipped_on=shipped_on, today=jst_day_of(now), now=now)


def _start(
    request: Request, connection: Connection, archive: Connection, parts: ProcessParts, now: datetime
) -> Start:
    """What the query's theme or category says; nothing where there is none of it any more."""
    wanted = asked(request, connection, now)
    query = request.query_params
    if key := query.get("theme"):
        themes = themes_of(connection, wanted, harm_of(parts))
        theme = theme_of(themes.themes, key)
        return Start() if theme is None else from_theme(theme, themes.period)
    if (name := query.get("category")) in {category.value for category in Category}:
        figures = sums.read(archive, service=wanted.service, period=wanted.period, today=wanted.today)
        return from_category(report(figures).category(str(name)), wanted.period)
    return Start()


def _form(
    request: Request,
    visitor: Visitor,
    connection: Connection,
    now: datetime,
    start: Start,
    typed: Mapping[str, str],
    error: Invalid | None = None,
) -> HTMLResponse:
    return render(
        request,
        "proposal_new.html",
        visitor=visitor,
        status_code=422 if error else 200,
        now=now,
        wanted=asked(request, connection, now),
        start=start,
        lost=bool(request.query_params.get("theme")) and start.source is Source.OTHER,
        typed=typed,
        limits=dict(_LIMITS),
        wrong={problem.pointer.strip("/") for problem in error.problems} if error else set(),
    )


def _show(
    request: Request,
    visitor: Visitor,
    connection: Connection,
    archive: Connection,
    proposal: Proposal,
    now: datetime,
    error: Invalid | None = None,
) -> HTMLResponse:
    return render(
        request,
        "proposal.html",
        visitor=visitor,
        status_code=422 if error else 200,
        now=now,
        wanted=asked(request, connection, now),
        proposal=proposal,
        around=_around(connection, archive, proposal, today=jst_day_of(now)),
        names=accounts.user_names(connection),
        next_states=sorted(NEXT[proposal.state], key=list(ProposalState).index),
        states=STATE_JA,
        error=error,
    )


def _around(connection: Connection, archive: Connection, proposal: Proposal, *, today: date) -> Around | None:
    periods = None if proposal.shipped_on is None else periods_around(proposal.shipped_on, today=today)
    if periods is None:
        return None
    before, after = periods
    if proposal.words:
        # A letter's two periods are read as one: the day between belongs to neither.
        read = [
            letter
            for period in periods
            for letter in letters.read(connection, service=proposal.service, period=period)
            if letter.at >= period.start
        ]
        return letters_around(proposal, read, before, after)
    if proposal.category is not None:
        was, now = (_rate(archive, proposal, period, today) for period in periods)
        return rates_around(proposal.category.value, was, now, before, after)
    return None


def _rate(archive: Connection, proposal: Proposal, period: Period, today: date) -> Rate | None:
    figures = sums.read(archive, service=proposal.service, period=period, today=today)
    return report(figures).category(str(proposal.category)).per_messages
