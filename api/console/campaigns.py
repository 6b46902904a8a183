"""Campaigns (啓蒙記事): awareness articles, how far they got, and whether trouble went down."""

from datetime import datetime
from enum import StrEnum

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.console.asked import asked
from api.console.campaign_form import CHANGES, audience_of, change_of, event_of, time_of
from api.console.campaign_view import estimates, measured
from api.console.render import render
from api.console.visitor import Posted, SignedIn, Visitor, file_of, text_of, texts_of
from api.deps import Now, Parts, ProcessParts, Read, ReadArchive
from moderation.campaigns import chart
from moderation.campaigns.campaign import AudienceKind
from moderation.campaigns.gather import Stores, gather_before
from moderation.campaigns.plan import plan_or_why
from moderation.campaigns.reach import read_reach_csv
from moderation.campaigns.register import Entry, add_event, close, register
from moderation.campaigns.words import REASON_JA, VERDICT_JA, plan_ja, sentences
from moderation.errors import FieldProblem, Invalid, NotFound
from moderation.storage import policies
from moderation.storage.database import Connection
from moderation.storage.trends import campaigns as store
from moderation.storage.trends.pseudonym import read_pseudonyms
from moderation.taxonomy import CATEGORY_JA, Category
from moderation.trends.days import jst_day_of
from moderation.trends.summary import figure

router = APIRouter()


class Picture(StrEnum):
    """File types of the chart."""

    PNG = "png"
    SVG = "svg"


@router.get("/console/campaigns", name="console_campaigns", response_class=HTMLResponse)
def campaigns_page(
    request: Request, visitor: SignedIn, connection: Read, archive: ReadArchive, parts: ProcessParts, now: Now
) -> HTMLResponse:
    """All articles of a service, how long a change takes to be told, and the form for a new one."""
    return _list(request, visitor, connection, archive, parts, now)


@router.post("/console/campaigns", name="console_campaign_add", response_class=HTMLResponse)
def add(
    request: Request,
    visitor: SignedIn,
    form: Posted,
    parts: ProcessParts,
    archive: ReadArchive,
    now: Now,
) -> Response:
    """Enter an article; what cannot be used comes back with what was typed."""
    with parts.database.read() as connection:
        service = asked(request, connection, now).service
    try:
        entry = Entry(
            title=text_of(form, "title"),
            categories=texts_of(form, "category"),
            published_at=time_of(text_of(form, "published_at"), "/published_at"),
            url=text_of(form, "url") or None,
            policies=texts_of(form, "policy"),
            audience=audience_of(text_of(form, "audience"), text_of(form, "values")),
        )
        with parts.database.write() as unit:
            made = register(unit.connection, service, entry, by=f"user:{visitor.user.id}", now=now)
    except Invalid as error:
        with parts.database.read() as connection:
            return _list(request, visitor, connection, archive, parts, now, typed=form, error=error)
    return RedirectResponse(f"/console/campaigns/{made.id}?service={service}", status_code=303)


@router.get("/console/campaigns/{campaign_id}", name="console_campaign", response_class=HTMLResponse)
def campaign_page(
    request: Request,
    campaign_id: str,
    visitor: SignedIn,
    connection: Read,
    archive: ReadArchive,
    parts: ProcessParts,
    now: Now,
) -> HTMLResponse:
    """One article: verdict with its reasons, chart, estimates, reach, what came after."""
    return _show(request, campaign_id, visitor, connection, archive, parts, now)


@router.get("/console/campaigns/{campaign_id}/chart.{picture}", name="console_campaign_chart")
def campaign_chart(
    request: Request,
    campaign_id: str,
    picture: Picture,
    visitor: SignedIn,
    connection: Read,
    archive: ReadArchive,
    parts: ProcessParts,
    now: Now,
) -> Response:
    """The chart as a picture."""
    del visitor
    drawn = measured(request, campaign_id, connection, archive, parts, now).picture
    if drawn is None:
        raise NotFound("Nothing was counted around this article.")
    if picture is Picture.PNG:
        return Response(chart.png(drawn), media_type="image/png")
    return Response(chart.svg(drawn), media_type="image/svg+xml")


@router.post("/console/campaigns/{campaign_id}", name="console_campaign_act", response_class=HTMLResponse)
def act(
    request: Request,
    campaign_id: str,
    visitor: SignedIn,
    form: Posted,
    parts: ProcessParts,
    archive: ReadArchive,
    now: Now,
) -> Response:
    """Note what came after, take in the reach, or end the measuring."""
    with parts.database.read() as connection:
        service = asked(request, connection, now).service
    try:
        with parts.database.write() as unit:
            found = store.get(unit.connection, campaign_id, service=service)
            match text_of(form, "act"):
                case "event":
                    add_event(unit.connection, found, event_of(form), by=f"user:{visitor.user.id}", now=now)
                case "reach":
                    given = file_of(form, "file") or text_of(form, "reach").encode()
                    series = read_reach_csv(given, today=jst_day_of(now))
                    store.put_reach(unit.connection, campaign_id, series)
                case "close":
                    close(unit.connection, found, by=f"user:{visitor.user.id}", now=now)
                case other:
                    known = "event, reach, close"
                    problem = FieldProblem(pointer="/act", detail=f"{other[:20]!r} is not one of {known}")
                    raise Invalid("Nothing was done.", [problem])
    except Invalid as error:
        with parts.database.read() as connection:
            return _show(
                request, campaign_id, visitor, connection, archive, parts, now, typed=form, error=error
            )
    return RedirectResponse(f"/console/campaigns/{campaign_id}?service={service}", status_code=303)


def _list(
    request: Request,
    visitor: Visitor,
    connection: Connection,
    archive: Connection,
    parts: Parts,
    now: datetime,
    *,
    typed: FormData | None = None,
    error: Invalid | None = None,
) -> HTMLResponse:
    wanted = asked(request, connection, now)
    query = request.query_params
    planned: tuple[str, ...] = ()
    names = [name for name in query.getlist("category") if name in set(Category)]
    change = change_of(query.get("change"))
    if names:
        stores = Stores(connection, archive, read_pseudonyms(parts.settings))
        before = gather_before(stores, wanted.service, [Category(name) for name in names], now=now)
        planned = plan_ja(plan_or_why(before), change)
    return render(
        request,
        "campaigns.html",
        visitor=visitor,
        status_code=422 if error else 200,
        now=now,
        wanted=wanted,
        campaigns=store.of_service(connection, wanted.service),
        categories=CATEGORY_JA,
        clauses=policies.current(connection),
        changes=CHANGES,
        chosen=names,
        change=change,
        planned=planned,
        typed=typed or FormData(),
        problems=error.problems if error else (),
        audiences=tuple(AudienceKind),
    )


def _show(
    request: Request,
    campaign_id: str,
    visitor: Visitor,
    connection: Connection,
    archive: Connection,
    parts: Parts,
    now: datetime,
    *,
    typed: FormData | None = None,
    error: Invalid | None = None,
) -> HTMLResponse:
    found = measured(request, campaign_id, connection, archive, parts, now)
    drawn = found.picture
    return render(
        request,
        "campaign.html",
        visitor=visitor,
        status_code=422 if error else 200,
        now=now,
        wanted=asked(request, connection, now),
        campaign=found.campaign,
        effect=found.effect,
        estimates=estimates(found.effect),
        sentences=sentences(found.effect),
        verdict=VERDICT_JA[found.effect.verdict],
        reasons=[REASON_JA[reason] for reason in found.effect.reasons],
        picture=drawn,
        alternative="" if drawn is None else chart.alternative_text(drawn),
        planned=found.planned,
        reach=store.reach(connection, campaign_id),
        readers=store.reader_count(connection, campaign_id),
        categories=CATEGORY_JA,
        figure=figure,
        typed=typed or FormData(),
        problems=error.problems if error else (),
    )
