"""Campaign: an awareness article, whom and what it is about, and what is said against a bad entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from moderation.errors import FieldProblem, Invalid
from moderation.taxonomy import Category

_LONGEST_TITLE = 200
_LONGEST_URL = 500
_MOST_VALUES = 1_000
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_FURTHEST = timedelta(days=366)
"""An article may be entered before it is published, but not for a year nobody plans yet."""


class AudienceKind(StrEnum):
    """Whom an article was made for."""

    ALL = "all"
    ROOM_CATEGORIES = "room_categories"
    ROOMS = "rooms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom an article was made for; ``values`` names kinds of rooms, or rooms."""

    kind: AudienceKind = AudienceKind.ALL
    values: tuple[str, ...] = ()


class EventKind(StrEnum):
    """What came after the first publication."""

    REVISION = "revision"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignEvent:
    """A revision of the article, or a post that points to it again."""

    at: datetime
    kind: EventKind
    note: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """An awareness article.

    Attributes:
        categories: The harms it speaks of; at least one.
        policies: Clauses of the terms of use that it explains.
        measured_with: The measurement model that was pinned when it was entered.
        closed_at: When nobody wants to measure it any more.
        events: What came after, oldest first.
    """

    id: str
    service: str
    title: str
    url: str | None
    categories: tuple[Category, ...]
    policies: tuple[str, ...]
    audience: Audience
    published_at: datetime
    measured_with: str | None
    created_at: datetime
    created_by: str
    closed_at: datetime | None = None
    events: tuple[CampaignEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far an article got on one day in Japan; None is not known, which is not nobody."""

    day: date
    views: int | None
    readers: int | None


def check_campaign(
    *,
    title: str,
    url: str | None,
    categories: Sequence[str],
    policies: Sequence[str],
    audience: Audience,
    published_at: datetime,
    known_policies: frozenset[str],
    now: datetime,
) -> tuple[Category, ...]:
    """The categories of an entry that can be used.

    Raises:
        Invalid: Naming each place, and how to put it right.
    """
    problems: list[FieldProblem] = []
    if not title.strip():
        problems.append(FieldProblem(pointer="/title", detail="is empty; give the headline"))
    elif len(title) > _LONGEST_TITLE:
        problems.append(
            FieldProblem(pointer="/title", detail=f"is longer than {_LONGEST_TITLE} characters; shorten it")
        )
    problems += url_problems(url, "/url")
    known = {category.value for category in Category}
    if not categories:
        problems.append(FieldProblem(pointer="/categories", detail="is empty; name at least one category"))
    problems += [
        FieldProblem(
            pointer=f"/categories/{at}",
            detail=f"{name!r} is no category; there are {', '.join(sorted(known))}",
        )
        for at, name in enumerate(categories)
        if name not in known
    ]
    problems += [
        FieldProblem(
            pointer=f"/policies/{at}",
            detail=f"{name!r} is no clause of the terms; there are {', '.join(sorted(known_policies)) or 'none'}",
        )
        for at, name in enumerate(policies)
        if name not in known_policies
    ]
    problems += _audience_problems(audience)
    problems += time_problems(published_at, "/published_at", now=now)
    if problems:
        raise Invalid("The campaign cannot be entered.", problems)
    return tuple(category for category in Category if category.value in categories)


def _audience_problems(audience: Audience) -> list[FieldProblem]:
    if audience.kind is AudienceKind.ALL:
        if audience.values:
            return [FieldProblem(pointer="/audience/values", detail="goes with a kind other than 'all'")]
        return []
    if not audience.values:
        return [
            FieldProblem(
                pointer="/audience/values", detail=f"is empty; name the {audience.kind.replace('_', ' ')}"
            )
        ]
    if len(audience.values) > _MOST_VALUES:
        return [FieldProblem(pointer="/audience/values", detail=f"has more than {_MOST_VALUES:,} entries")]
    return []


def url_problems(url: str | None, pointer: str) -> list[FieldProblem]:
    """What is wrong with an address; None is fine."""
    if url is None:
        return []
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or len(url) > _LONGEST_URL:
        return [
            FieldProblem(pointer=pointer, detail="is no address; it starts with https:// and names a host")
        ]
    return []


def time_problems(at: datetime, pointer: str, *, now: datetime) -> list[FieldProblem]:
    """What is wrong with a time; it may lie ahead, within a year."""
    if at < _EARLIEST:
        return [FieldProblem(pointer=pointer, detail=f"is before {_EARLIEST:%Y-%m-%d}")]
    if at > now + _FURTHEST:
        return [FieldProblem(pointer=pointer, detail="lies more than a year ahead")]
    return []


def as_dict(campaign: Campaign) -> Mapping[str, object]:
    """JSON values."""
    return {
        "id": campaign.id,
        "title": campaign.title,
        "url": campaign.url,
        "categories": [category.value for category in campaign.categories],
        "policies": list(campaign.policies),
        "audience": {"kind": campaign.audience.kind.value, "values": list(campaign.audience.values)},
        "published_at": campaign.published_at.isoformat(),
        "measured_with": campaign.measured_with,
        "closed_at": campaign.closed_at.isoformat() if campaign.closed_at else None,
        "created_at": campaign.created_at.isoformat(),
        "created_by": campaign.created_by,
        "events": [
            {"at": event.at.isoformat(), "kind": event.kind.value, "note": event.note, "url": event.url}
            for event in campaign.events
        ],
    }
