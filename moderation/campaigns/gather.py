"""Gather what a campaign's effect, or its planning, is made from: one model's counts on both sides."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from moderation.campaigns.campaign import Audience, AudienceKind, Campaign
from moderation.campaigns.effect import LEAST_AFTER, LEAST_BEFORE, Reason, Series
from moderation.campaigns.measurement import MeasurementModel
from moderation.campaigns.regression import Array
from moderation.campaigns.timeseries import expected_hits
from moderation.campaigns.variance import Days
from moderation.storage.database import Connection
from moderation.storage.trends import campaign_counts, campaigns, measurements
from moderation.storage.trends.campaign_counts import Grouped
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.storage.trends.sums import read_gaps
from moderation.taxonomy import Category
from moderation.trends.count import LIVE
from moderation.trends.days import Period, jst_day_of
from moderation.trends.intervals import rate_ratio
from moderation.trends.shapes import MOST_LOST

BEFORE_DAYS = 56
AFTER_DAYS = 28
_MEASURED = 0.8
"""A day belongs to a model that counted at least this share of its messages."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stores:
    """Where it is read from."""

    main: Connection
    archive: Connection
    pseudonyms: Pseudonyms


def gather(
    stores: Stores,
    campaign: Campaign,
    *,
    now: datetime,
    before_days: int = BEFORE_DAYS,
    after_days: int = AFTER_DAYS,
) -> Series:
    """The series of a campaign: up to so many whole days on both sides of its publication."""
    published, today = jst_day_of(campaign.published_at), jst_day_of(now)
    if campaign.published_at > now:
        return Series(problem=Reason.NOT_PUBLISHED)
    last = min(today - _DAY, published + timedelta(days=after_days))
    if (last - published).days < LEAST_AFTER:
        return Series(problem=Reason.TOO_EARLY)
    wanted = Period(first=published - timedelta(days=before_days), last=last)
    chosen = _model(stores, campaign.service, wanted, published, campaign.measured_with)
    if isinstance(chosen, Reason):
        return Series(problem=chosen)
    model, first = chosen
    period = Period(first=first, last=last)
    others = _others(stores.main, campaign, period)
    untouched = _untouched(campaign, others)
    days, rooms = _counts(stores, campaign, period, model.source, untouched)
    kept, gaps = _kept(stores.archive, campaign.service, period, published, model.source)
    series = Series(
        before=Period(first=first, last=published - _DAY),
        after=Period(first=published + _DAY, last=last),
        source=model.source,
        days=days.only(kept),
        rooms=None if rooms is None else rooms.only(kept),
        readers=_readers(stores, campaign, period, model.source, days, kept),
        gaps=gaps,
        others=tuple(other.title for other in others if set(other.categories) & set(campaign.categories)),
    )
    return _with_ratio(series)


def gather_before(
    stores: Stores,
    service: str,
    categories: Sequence[Category],
    *,
    now: datetime,
    days: int = BEFORE_DAYS,
    audience: Audience | None = None,
) -> tuple[Days, float] | None:
    """The last days before today, which is their day 0, and their messages; None where nothing was measured."""
    today = jst_day_of(now)
    wanted = Period(first=today - timedelta(days=days), last=today - _DAY)
    if (present := measurements.current(stores.main)) is None:
        return None
    campaign = Campaign(
        id="",
        service=service,
        title="",
        url=None,
        categories=tuple(categories),
        policies=(),
        audience=audience or Audience(),
        published_at=now,
        measured_with=present.version,
        created_at=now,
        created_by="",
    )
    counted = campaign_counts.messages_by_day(stores.archive, service, wanted, present.source)
    if not counted:
        return None
    period = Period(first=min(counted), last=wanted.last)
    series, _ = _counts(stores, campaign, period, present.source, ())
    kept, _gaps = _kept(stores.archive, service, period, today, present.source)
    numbered = replace(series, number=np.arange(period.length) - period.length)
    return numbered.only(kept), float(sum(counted.values()))


def _model(
    stores: Stores, service: str, wanted: Period, published: date, preferred: str | None
) -> tuple[MeasurementModel, date] | Reason:
    """The model that counted both sides, and the first day from which on it did; else why there is none."""
    live = campaign_counts.messages_by_day(stores.archive, service, wanted, LIVE)
    counted = {
        model: by_day
        for model in measurements.history(stores.main)
        if (by_day := campaign_counts.messages_by_day(stores.archive, service, wanted, model.source))
    }
    usable = [
        (model.version != preferred, first, model)
        for model, by_day in counted.items()
        if (first := _first(live, by_day)) is not None and (published - first).days >= LEAST_BEFORE
    ]
    if usable:
        _, first, model = min(usable, key=lambda one: one[:2])
        return model, first
    if not counted:
        return Reason.NOT_MEASURED
    earliest = min(day for by_day in counted.values() for day in by_day)
    if len(counted) > 1 and (published - earliest).days >= LEAST_BEFORE:
        return Reason.REPINNED
    return Reason.TOO_SHORT_BEFORE


def _first(live: Mapping[date, int], counted: Mapping[date, int]) -> date | None:
    """The day from which on a model counted whatever was said; None where it does not count any more."""
    first = None
    for day in sorted(live, reverse=True):
        if counted.get(day, 0) < _MEASURED * live[day]:
            break
        first = day
    return first


def _others(main: Connection, campaign: Campaign, period: Period) -> list[Campaign]:
    """Other campaigns that were published, revised or pointed to within the window."""
    found = []
    for other in campaigns.of_service(main, campaign.service):
        times = (other.published_at, *(event.at for event in other.events))
        if other.id != campaign.id and any(period.start <= at < period.end for at in times):
            found.append(other)
    return found


def _untouched(campaign: Campaign, others: Sequence[Campaign]) -> tuple[str, ...]:
    """Categories that nobody wrote about in the window."""
    touched = {category for one in (campaign, *others) for category in one.categories}
    return tuple(category.value for category in Category if category not in touched)


def _counts(
    stores: Stores, campaign: Campaign, period: Period, source: str, control: Sequence[str]
) -> tuple[Days, Days | None]:
    """Days of the audience, with other categories as control; and with other rooms as control."""
    names = [category.value for category in campaign.categories]
    audience, service = campaign.audience, campaign.service
    if audience.kind is AudienceKind.ROOMS:
        rooms = [stores.pseudonyms.of(service, "room", room) for room in audience.values]
        by = campaign_counts.of_rooms(
            stores.archive, service, period, source, rooms=rooms, categories=names, control=control
        )
        days = _series(period, campaign, by, by.hits[0].sum(0), by.messages[0].sum(0), by.control[0].sum(0))
    else:
        kinds = audience.values if audience.kind is AudienceKind.ROOM_CATEGORIES else None
        hours = campaign_counts.hourly(
            stores.archive, service, period, source, categories=names, control=control, kinds=kinds
        )
        by = campaign_counts.grouped(
            stores.archive, service, period, source, categories=names, control=control, kinds=kinds
        )
        days = _series(
            period,
            campaign,
            by,
            hours.hits.sum(axis=1),
            expected_hits(hours.hits, hours.messages),
            hours.control.sum(axis=1),
            expected_hits(hours.control, hours.messages),
        )
    if not control or not days.control.any():  # type: ignore[union-attr]  # _series gives one
        days = replace(days, control=None, control_expected=None, control_by=None)
    if audience.kind is AudienceKind.ALL:
        return days, None
    everywhere = campaign_counts.hourly(stores.archive, service, period, source, categories=names, control=())
    left = everywhere.hits.sum(axis=1) - by.hits[0].sum(axis=0)
    said = everywhere.messages.sum(axis=1) - by.messages[0].sum(axis=0)
    rooms_days = Days(
        number=days.number,
        weekday=days.weekday,
        hits=by.hits[0].sum(axis=0),
        expected=by.messages[0].sum(axis=0),
        control=np.maximum(left, 0.0),
        control_expected=np.maximum(said, 0.0),
    )
    return days, rooms_days if left.any() else None


def _series(
    period: Period,
    campaign: Campaign,
    by: Grouped,
    hits: Array,
    expected: Array,
    control: Array,
    control_expected: Array | None = None,
) -> Days:
    published = jst_day_of(campaign.published_at)
    return Days(
        number=np.array([(day - published).days for day in period.days()]),
        weekday=np.array([day.weekday() for day in period.days()]),
        hits=hits,
        expected=expected,
        control=control,
        control_expected=expected if control_expected is None else control_expected,
        hits_by=by.hits,
        messages_by=by.messages,
        control_by=by.control,
    )


def _kept(
    archive: Connection, service: str, period: Period, published: date, source: str
) -> tuple[NDArray[np.bool_], int]:
    """Days that are used: not the one of publication, and none that lost too much; how many those were."""
    counted = campaign_counts.messages_by_day(archive, service, period, source)
    lost: Counter[date] = Counter()
    for gap in read_gaps(archive, service, period, source=source):
        lost[jst_day_of(gap.started_at)] += gap.messages
    gaps = {day for day, left in lost.items() if left > MOST_LOST * (counted.get(day, 0) + left)}
    kept = [day != published and day in counted and day not in gaps for day in period.days()]
    return np.array(kept), len(gaps)


def _readers(
    stores: Stores,
    campaign: Campaign,
    period: Period,
    source: str,
    everybody: Days,
    kept: NDArray[np.bool_],
) -> Days | None:
    """Those who are known to have read it, against everybody else."""
    known = campaigns.readers(stores.main, campaign.id)
    if not known or campaign.audience.kind is not AudienceKind.ALL or everybody.messages_by is None:
        return None
    names = [category.value for category in campaign.categories]
    messages, hits = campaign_counts.of_authors(
        stores.archive, campaign.service, period, source, authors=known, categories=names
    )
    if not hits.any():
        return None
    rest = np.maximum(everybody.messages_by[0].sum(axis=0) - messages, 0.0)
    return Days(
        number=everybody.number,
        weekday=everybody.weekday,
        hits=hits,
        expected=messages,
        control=np.maximum(everybody.hits - hits, 0.0),
        control_expected=rest,
    ).only(kept)


def _with_ratio(series: Series) -> Series:
    """With the plain ratio of both periods' rates, by author and room."""
    days = series.days
    if days is None or days.hits_by is None or days.messages_by is None:
        return series
    after = days.after
    if not after.any() or after.all():
        return series
    h1, m1 = days.hits_by[..., after].sum(axis=-1), days.messages_by[..., after].sum(axis=-1)
    h2, m2 = days.hits_by[..., ~after].sum(axis=-1), days.messages_by[..., ~after].sum(axis=-1)
    if not m1[0].any() or not m2[0].any():
        return series
    return replace(
        series,
        ratio=rate_ratio(h1, m1, h2, m2),
        before_rate=float(h2[0].sum() / m2[0].sum()),
        after_rate=float(h1[0].sum() / m1[0].sum()),
    )
