"""`ibasho campaigns`: awareness articles, how far they got, and what they changed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from api.cli.model_loop import actor
from api.cli.store import current_database, known_service
from api.cli.terminal import errors, new_app, results
from moderation.campaigns.campaign import Audience, AudienceKind, CampaignEvent, EventKind, as_dict
from moderation.campaigns.effect import effect as estimate
from moderation.campaigns.gather import AFTER_DAYS, BEFORE_DAYS, Stores, gather, gather_before
from moderation.campaigns.pinning import pin_live
from moderation.campaigns.plan import NoPlan, plan_or_why
from moderation.campaigns.reach import read_reach_csv
from moderation.campaigns.register import Entry, add_event, register
from moderation.campaigns.register import close as end
from moderation.campaigns.render import effect_dict, plan_dict
from moderation.campaigns.words import plan_ja, sentences
from moderation.errors import Invalid
from moderation.settings import read_settings
from moderation.storage.database import Database
from moderation.storage.trends import campaigns as store
from moderation.storage.trends.pseudonym import read_pseudonyms
from moderation.taxonomy import Category
from moderation.trends.days import JST, jst_day_of

app = new_app("Enter awareness articles, tell how far they got, and measure what they changed.")

Service = Annotated[str | None, typer.Option(help="Which streaming service; needed where there are several.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
CampaignId = Annotated[str, typer.Argument(metavar="ID", help="As `ibasho campaigns list` shows it.")]


@app.command()
def add(
    title: Annotated[str, typer.Argument(help="The headline.")],
    category: Annotated[list[str], typer.Option(help="A harm it speaks of; may be repeated.")],
    published: Annotated[
        str, typer.Option(metavar="TIME", help="When it was published, as 2026-08-20T12:00; Japan's time.")
    ],
    url: Annotated[str | None, typer.Option(help="Where it is.")] = None,
    policy: Annotated[list[str] | None, typer.Option(help="A clause it explains; may be repeated.")] = None,
    rooms_of: Annotated[
        list[str] | None, typer.Option(help="Made for rooms of this kind only; may be repeated.")
    ] = None,
    room: Annotated[list[str] | None, typer.Option(help="Made for this room only; may be repeated.")] = None,
    service: Service = None,
) -> None:
    """Enter an article; prints its id. The measurement model that is pinned now stays with it."""
    if rooms_of and room:
        raise typer.BadParameter("goes not with --rooms-of; choose one", param_hint="--room")
    kind = AudienceKind.ROOM_CATEGORIES if rooms_of else AudienceKind.ROOMS if room else AudienceKind.ALL
    entry = Entry(
        title=title,
        categories=category,
        published_at=_time(published, "--published"),
        url=url,
        policies=policy or (),
        audience=Audience(kind=kind, values=tuple(rooms_of or room or ())),
    )
    with _opened(service) as (database, chosen), database.write() as unit:
        made = register(unit.connection, chosen, entry, by=actor(), now=datetime.now(UTC))
    print(made.id)


@app.command("list")
def every(service: Service = None, as_json: AsJson = False) -> None:
    """Print all articles, the newest first."""
    with _opened(service) as (database, chosen), database.read() as connection:
        found = store.of_service(connection, chosen)
    if as_json:
        print(json.dumps([as_dict(one) for one in found], ensure_ascii=False))
        return
    table = Table(Column("id", min_width=26), "published (JST)", "categories", "title", "state")
    for one in found:
        at = f"{one.published_at.astimezone(JST):%Y-%m-%d %H:%M}"
        names = " ".join(category.value for category in one.categories)
        table.add_row(one.id, at, names, one.title, "closed" if one.closed_at else "open")
    results().print(table)


@app.command()
def event(
    campaign: CampaignId,
    kind: Annotated[EventKind, typer.Argument(help="What it was.")],
    at: Annotated[str, typer.Option(metavar="TIME", help="When, as 2026-08-20T12:00; Japan's time.")],
    note: Annotated[str, typer.Option(help="What was changed or said.")] = "",
    url: Annotated[str | None, typer.Option(help="Where it is.")] = None,
    service: Service = None,
) -> None:
    """Note a revision of an article, or a post that points to it again."""
    told = CampaignEvent(at=_time(at, "--at"), kind=kind, note=note, url=url)
    with _opened(service) as (database, chosen), database.write() as unit:
        found = store.get(unit.connection, campaign, service=chosen)
        add_event(unit.connection, found, told, by=actor(), now=datetime.now(UTC))


@app.command()
def reach(
    campaign: CampaignId,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: day, views, readers.")],
    service: Service = None,
) -> None:
    """Tell how far an article got, from a spreadsheet: UTF-8 with or without BOM, or Shift_JIS."""
    series = read_reach_csv(file.read_bytes(), today=jst_day_of(datetime.now(UTC)))
    with _opened(service) as (database, chosen), database.write() as unit:
        store.get(unit.connection, campaign, service=chosen)
        days = store.put_reach(unit.connection, campaign, series)
    errors().print("1 day." if days == 1 else f"{days} days.")


@app.command()
def close(campaign: CampaignId, service: Service = None) -> None:
    """End the measuring of an article; what was counted stays."""
    with _opened(service) as (database, chosen), database.write() as unit:
        found = store.get(unit.connection, campaign, service=chosen)
        end(unit.connection, found, by=actor(), now=datetime.now(UTC))


@app.command()
def effect(
    campaign: CampaignId,
    before: Annotated[int, typer.Option(min=14, max=366, help="Days before, at most.")] = BEFORE_DAYS,
    after: Annotated[int, typer.Option(min=7, max=366, help="Days after, at most.")] = AFTER_DAYS,
    service: Service = None,
    as_json: AsJson = False,
) -> None:
    """Print whether an article helped: 減った, 増えた or 判断できない, with the reasons and intervals."""
    settings = read_settings()
    with (
        _opened(service) as (database, chosen),
        database.read() as main,
        database.read_archive() as archive,
    ):
        found = store.get(main, campaign, service=chosen)
        stores = Stores(main, archive, read_pseudonyms(settings))
        series = gather(stores, found, now=datetime.now(UTC), before_days=before, after_days=after)
    made = estimate(series)
    if as_json:
        print(json.dumps({"campaign": as_dict(found), **effect_dict(made)}, ensure_ascii=False))
        return
    print(f"「{found.title}」の効果")
    for sentence in sentences(made):
        print(f"・{sentence}")


@app.command()
def plan(
    category: Annotated[list[Category], typer.Option(help="A harm; may be repeated.")],
    change: Annotated[float, typer.Option(help="Size of the change: -0.2 is a fifth less.")] = -0.2,
    service: Service = None,
    as_json: AsJson = False,
) -> None:
    """Print how many weeks it takes until a change of some size can be told."""
    if change == 0 or not -1 < change <= 10:  # noqa: PLR2004 (eleven times as much is no plan)
        raise typer.BadParameter("lies above -1, up to 10, and is not 0", param_hint="--change")
    settings = read_settings()
    with (
        _opened(service) as (database, chosen),
        database.read() as main,
        database.read_archive() as archive,
    ):
        stores = Stores(main, archive, read_pseudonyms(settings))
        found = gather_before(stores, chosen, category, now=datetime.now(UTC))
    made = plan_or_why(found)
    if isinstance(made, NoPlan):
        raise Invalid(f"Nothing can be planned yet: {made.value}. {' '.join(plan_ja(made, change))}")
    if as_json:
        print(json.dumps(plan_dict(made, change), ensure_ascii=False))
        return
    for sentence in plan_ja(made, change):
        print(f"・{sentence}")


@app.command()
def pin() -> None:
    """Pin the live classifier as the measurement model; the one before goes on counting for 28 days."""
    settings = read_settings()
    with current_database(settings) as database:
        made = pin_live(settings, database, by=actor(), now=datetime.now(UTC))
    if made is None:
        errors().print("The live classifier is pinned already.")
    else:
        errors().print(f"{made.version} is pinned: model {made.model}, lexicon {made.lexicon}.")


@contextmanager
def _opened(service: str | None) -> Iterator[tuple[Database, str]]:
    with current_database() as database:
        yield database, known_service(database, service)


def _time(text: str, option: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a time, as 2026-08-20T12:00", param_hint=option) from error
    return at if at.tzinfo else at.replace(tzinfo=JST)
