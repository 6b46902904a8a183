"""A service with some weeks of messages on both sides of an article, counted as the recorder does it."""

import random
from datetime import UTC, date, datetime, timedelta

from moderation.campaigns.campaign import Audience, Campaign
from moderation.campaigns.gather import Stores, gather
from moderation.campaigns.measurement import pin
from moderation.scoring.record import ScoredRecord
from moderation.storage.chat import archive
from moderation.storage.database import Database
from moderation.storage.models import models
from moderation.storage.models.models import RegisteredModel
from moderation.storage.trends import campaigns, measurements
from moderation.storage.trends.pseudonym import Pseudonyms
from moderation.taxonomy import Category
from moderation.trends.count import Measured
from tests.workers.factories import record

PSEUDONYMS = Pseudonyms(b"a key for tests, 32 bytes or so.")
PUBLISHED = datetime(2026, 8, 3, 3, tzinfo=UTC)
"""Noon of a Monday in Japan."""
DAY = timedelta(days=1)
LATER = PUBLISHED + 40 * DAY


def pinned(database: Database, name: str = "m1", *, at: datetime = PUBLISHED - 100 * DAY):
    """Pin a measurement model."""
    model = pin(model=name, lexicon="l", fold="f", dictionary="d", points={"insult": 0.2}, by="test", now=at)
    with database.write() as unit:
        models.register(
            unit.connection,
            RegisteredModel(version=name, card={}, files={}, created_at=at, created_by="test"),
        )
        measurements.put(unit.connection, model, now=at)
    return model


def chat(
    day: date, dice: random.Random, *, insults: float, messages: int = 60, **given
) -> list[ScoredRecord]:
    """A day's messages; what the classifier found is in ``categories``, for the live verdict to add to."""
    noon = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    found = []
    for number in range(messages + dice.randrange(20)):
        categories = ["insult"] if dice.random() < insults else []
        if dice.random() < 0.15:
            categories.append("spam_scam")
        found.append(
            record(
                id=f"{day}-{number}",
                author_id=f"a{dice.randrange(300)}",
                room_id=f"r{dice.randrange(40)}",
                sent_at=noon + timedelta(minutes=number),
                categories=categories,
                **{"room_category": dice.choice(["fps", "rpg"])} | given,
            )
        )
    return found


def keep(database: Database, records: list[ScoredRecord], *sources, live=lambda one: one.categories) -> None:
    """Record a day: each measurement model sees what the classifier found, the live verdict what ``live`` says."""
    measured = [
        Measured(
            source=model.source,
            versions=model.versions,
            hits={"stream": {one.id: one.categories for one in records if one.categories}},
        )
        for model in sources
    ]
    seen = [record_with(one, live(one)) for one in records]
    with database.write_archive() as unit:
        archive.record(unit.connection, seen, PSEUDONYMS.of, measured)


def record_with(one: ScoredRecord, categories: list[str]) -> ScoredRecord:
    return record(
        **{name: getattr(one, name) for name in one.__struct_fields__ if name != "categories"},
        categories=categories,
    )


def weeks(
    database: Database,
    model,
    *,
    before: int = 42,
    after: int = 28,
    effect: float = 1.0,
    seed: int = 1,
    **given,
):
    """Days on both sides; from the day after the publication on, insults are ``effect`` times as many."""
    dice = random.Random(seed)
    records = []
    for offset in range(-before, after + 1):
        rate = 0.3 * (effect if offset > 0 else 1)
        records += chat((PUBLISHED + offset * DAY).date(), dice, insults=rate)
    keep(database, records, model, **given)


def article(
    database: Database, model, *, name: str = "c1", categories=(Category.INSULT,), **given
) -> Campaign:
    """Enter an article about insults."""
    campaign = Campaign(
        **{
            "id": name,
            "service": "stream",
            "title": f"記事 {name}",
            "url": None,
            "categories": categories,
            "policies": (),
            "audience": Audience(),
            "published_at": PUBLISHED,
            "measured_with": model.version if model else None,
            "created_at": PUBLISHED,
            "created_by": "test",
        }
        | given
    )
    with database.write() as unit:
        campaigns.add(unit.connection, campaign)
    return campaign


def series(database: Database, campaign: Campaign, *, now: datetime = LATER, **given):
    with database.read() as main, database.read_archive() as stored:
        return gather(Stores(main, stored, PSEUDONYMS), campaign, now=now, **given)
