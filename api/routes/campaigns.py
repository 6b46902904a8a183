"""/v1/campaigns: awareness articles, how far they got, and whether they helped."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from api.auth import require_scope
from api.deps import Now, ProcessParts, Read, ReadArchive, Write
from api.openapi import POSTED, problems
from api.routes.campaign_shapes import CampaignIn, EventIn, ReachIn, ReadersIn
from moderation.campaigns.campaign import (
    Audience,
    CampaignEvent,
    Reach,
    as_dict,
)
from moderation.campaigns.effect import effect
from moderation.campaigns.gather import AFTER_DAYS, BEFORE_DAYS, Stores, gather, gather_before
from moderation.campaigns.plan import NoPlan, plan_or_why
from moderation.campaigns.reach import check_reach, read_reach_csv
from moderation.campaigns.register import Entry, add_event, close, register
from moderation.campaigns.render import effect_dict, plan_dict, reach_dict
from moderation.campaigns.words import plan_ja
from moderation.errors import FieldProblem, Invalid
from moderation.settings import Settings
from moderation.storage.accounts.accounts import ApiKey
from moderation.storage.database import Connection
from moderation.storage.trends import campaigns as store
from moderation.storage.trends.pseudonym import read_pseudonyms
from moderation.taxonomy import Category, Scope
from moderation.trends.days import jst_day_of

router = APIRouter(prefix="/v1/campaigns", tags=["campaigns"])

Caller = Annotated[ApiKey, Depends(require_scope(Scope.TRENDS))]


async def _body(request: Request) -> bytes:
    return await request.body()


_LONGEST = 366


@router.post(
    "", status_code=201, operation_id="add_campaign", summary="Enter an article", responses=problems(*POSTED)
)
def add(body: CampaignIn, key: Caller, unit: Write, now: Now) -> dict[str, Any]:
    """From then on it can be measured; the measurement model that is pinned now stays with it."""
    entry = Entry(
        title=body.title,
        categories=body.categories,
        published_at=body.published_at,
        url=body.url,
        policies=body.policies,
        audience=Audience(kind=body.audience.kind, values=tuple(body.audience.values)),
    )
    return dict(as_dict(register(unit.connection, key.service, entry, by=f"key:{key.id}", now=now)))


@router.get(
    "", operation_id="campaigns", summary="All articles, the newest first", responses=problems(401, 403)
)
def every(key: Caller, connection: Read) -> dict[str, Any]:
    """With their events."""
    return {"campaigns": [as_dict(one) for one in store.of_service(connection, key.service)]}


@router.get(
    "/plan",
    operation_id="plan_campaign",
    summary="How long until a change can be told?",
    responses=problems(401, 403, 422),
)
def planned(
    key: Caller,
    connection: Read,
    archive: ReadArchive,
    parts: ProcessParts,
    now: Now,
    categories: Annotated[str, Query(description="Separated by commas.")],
    change: Annotated[float, Query(gt=-1, lt=10, description="-0.2 is a fifth less.")] = -0.2,
) -> dict[str, Any]:
    """Judged by the last eight weeks: weeks before and after, and the smallest change that can be told."""
    if change == 0:
        raise Invalid(
            "Nothing to plan.", [FieldProblem(pointer="/change", detail="is 0; -0.2 is a fifth less")]
        )
    stores = _stores(connection, archive, parts.settings)
    made = plan_or_why(gather_before(stores, key.service, _categories(categories), now=now))
    if isinstance(made, NoPlan):
        return {"weeks": None, "why": made.value, "summary": list(plan_ja(made, change))}
    return plan_dict(made, change)


@router.get(
    "/{campaign_id}",
    operation_id="campaign",
    summary="One article with its reach",
    responses=problems(401, 403, 404),
)
def one(campaign_id: str, key: Caller, connection: Read) -> dict[str, Any]:
    """With its events and how far it got."""
    found = store.get(connection, campaign_id, service=key.service)
    reach = reach_dict(store.reach(connection, campaign_id), store.reader_count(connection, campaign_id))
    return {**as_dict(found), "reach": reach}


@router.post(
    "/{campaign_id}/events",
    status_code=201,
    operation_id="add_campaign_event",
    summary="Note a revision or a follow-up",
    responses=problems(*POSTED, 404),
)
def note(campaign_id: str, body: EventIn, key: Caller, unit: Write, now: Now) -> dict[str, Any]:
    """Noting the same time and kind again replaces the words."""
    found = store.get(unit.connection, campaign_id, service=key.service)
    event = CampaignEvent(at=body.at, kind=body.kind, note=body.note, url=body.url)
    add_event(unit.connection, found, event, by=f"key:{key.id}", now=now)
    return dict(as_dict(store.get(unit.connection, campaign_id, service=key.service)))


@router.post(
    "/{campaign_id}/close",
    operation_id="close_campaign",
    summary="End the measuring",
    responses=problems(401, 403, 404),
)
def end(campaign_id: str, key: Caller, unit: Write, now: Now) -> dict[str, Any]:
    """What was counted stays, and can be asked for."""
    found = store.get(unit.connection, campaign_id, service=key.service)
    close(unit.connection, found, by=f"key:{key.id}", now=now)
    return dict(as_dict(store.get(unit.connection, campaign_id, service=key.service)))


@router.put(
    "/{campaign_id}/reach",
    operation_id="put_campaign_reach",
    summary="How far it got, day by day",
    responses=problems(*POSTED, 404),
)
def put_reach(campaign_id: str, body: ReachIn, key: Caller, unit: Write, now: Now) -> dict[str, int]:
    """A day that comes again is replaced."""
    store.get(unit.connection, campaign_id, service=key.service)
    series = [Reach(day=one.day, views=one.views, readers=one.readers) for one in body.days]
    check_reach(series, today=jst_day_of(now))
    return {"days": store.put_reach(unit.connection, campaign_id, series)}


@router.put(
    "/{campaign_id}/reach.csv",
    operation_id="put_campaign_reach_csv",
    summary="The same from a spreadsheet",
    responses=problems(*POSTED, 404),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": "day,views,readers\n2026-08-20,12000,9000\n",
                }
            },
        }
    },
)
def put_reach_csv(
    campaign_id: str, data: Annotated[bytes, Depends(_body)], key: Caller, unit: Write, now: Now
) -> dict[str, int]:
    """Columns day, views, readers (or 日付, 閲覧数, 読者数); UTF-8 with or without BOM, or Shift_JIS."""
    store.get(unit.connection, campaign_id, service=key.service)
    series = read_reach_csv(data, today=jst_day_of(now))
    return {"days": store.put_reach(unit.connection, campaign_id, series)}


@router.post(
    "/{campaign_id}/readers",
    operation_id="add_campaign_readers",
    summary="Who read it",
    responses=problems(*POSTED, 404),
)
def add_readers(
    campaign_id: str, body: ReadersIn, key: Caller, unit: Write, parts: ProcessParts
) -> dict[str, int]:
    """Ids become pseudonyms at once; with them readers are compared with everybody else."""
    store.get(unit.connection, campaign_id, service=key.service)
    of = read_pseudonyms(parts.settings).of
    given = [(of(key.service, "author", one.author_id), one.read_at) for one in body.readers]
    return {"new": store.add_readers(unit.connection, campaign_id, given)}


@router.get(
    "/{campaign_id}/effect",
    operation_id="campaign_effect",
    summary="Did it help?",
    responses=problems(401, 403, 404, 422),
)
def measured(
    campaign_id: str,
    key: Caller,
    connection: Read,
    archive: ReadArchive,
    parts: ProcessParts,
    now: Now,
    before_days: Annotated[int, Query(ge=14, le=_LONGEST, description="Days before, at most.")] = BEFORE_DAYS,
    after_days: Annotated[int, Query(ge=7, le=_LONGEST, description="Days after, at most.")] = AFTER_DAYS,
) -> dict[str, Any]:
    """減った, 増えた or 判断できない, with the reasons, every estimate and its 95 % interval.

    Counted with one pinned measurement model on both sides: no change of rules or of the live
    classifier moves it.
    """
    found = store.get(connection, campaign_id, service=key.service)
    stores = _stores(connection, archive, parts.settings)
    series = gather(stores, found, now=now, before_days=before_days, after_days=after_days)
    return {"campaign": as_dict(found), **effect_dict(effect(series))}


def _stores(connection: Connection, archive: Connection, settings: Settings) -> Stores:
    return Stores(connection, archive, read_pseudonyms(settings))


def _categories(text: str) -> list[Category]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = {category.value for category in Category}
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        detail = f"{wrong[0][:40]!r} is no category" if wrong else "is empty"
        raise Invalid(
            "The plan cannot be made.",
            [FieldProblem(pointer="/categories", detail=f"{detail}; there are {', '.join(sorted(known))}")],
        )
    return [Category(name) for name in dict.fromkeys(names)]
