"""Bodies of /v1/campaigns."""

from datetime import date

from pydantic import AwareDatetime, Field

from api.routes.shapes import Body, ExternalId, FreeText, with_example
from moderation.campaigns.campaign import AudienceKind, EventKind
from moderation.taxonomy import Category

_MOST_READERS = 10_000


class AudienceIn(Body):
    """Whom the article was made for."""

    kind: AudienceKind = AudienceKind.ALL
    values: list[ExternalId] = Field(default_factory=list, max_length=1_000)


class CampaignIn(Body):
    """An article."""

    model_config = with_example(
        title="言い返す前に、ひと呼吸", categories=["insult"], published_at="2026-08-20T12:00:00+09:00"
    )

    title: str = Field(max_length=200)
    categories: list[str] = Field(max_length=len(Category), description="The harms it speaks of.")
    published_at: AwareDatetime
    url: str | None = None
    policies: list[str] = Field(
        default_factory=list, max_length=100, description="Clauses of the terms that it explains."
    )
    audience: AudienceIn = AudienceIn()


class EventIn(Body):
    """A revision of the article, or a post that points to it again."""

    model_config = with_example(at="2026-08-27T12:00:00+09:00", kind="follow_up", note="公式アカウントで紹介")

    at: AwareDatetime
    kind: EventKind
    note: FreeText = ""
    url: str | None = None


class ReachDay(Body):
    """One day in Japan."""

    day: date
    views: int | None = Field(None, ge=0, le=10**12)
    readers: int | None = Field(None, ge=0, le=10**12, description="Distinct on that day.")


class ReachIn(Body):
    """How far it got."""

    model_config = with_example(days=[{"day": "2026-08-20", "views": 12000, "readers": 9000}])

    days: list[ReachDay] = Field(min_length=1, max_length=5_000)


class Reader(Body):
    """Somebody who read it."""

    author_id: ExternalId
    read_at: AwareDatetime


class ReadersIn(Body):
    """Who read it; kept as pseudonyms only."""

    model_config = with_example(readers=[{"author_id": "a-1", "read_at": "2026-08-20T12:30:00+09:00"}])

    readers: list[Reader] = Field(min_length=1, max_length=_MOST_READERS)
