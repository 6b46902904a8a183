"""Once its weeks are over, what came of a campaign is told to the service's webhooks, once."""

from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import select

from moderation.campaigns.gather import AFTER_DAYS
from moderation.campaigns.report_watch import due, tell
from moderation.storage.accounts import accounts
from moderation.storage.tables.delivery import outbox
from moderation.storage.trends import campaigns
from moderation.storage.webhooks import endpoints
from tests.campaigns.world import DAY, PSEUDONYMS, PUBLISHED, article, pinned, weeks
from workers import process
from workers.enqueue import long_queue
from workers.schedule import Schedule

READY = PUBLISHED + (AFTER_DAYS + 2) * DAY


def finished(database):
    """A campaign that helped, another that was closed, and somebody who wants to hear of both."""
    model = pinned(database)
    weeks(database, model, effect=0.5)
    article(database, model)
    article(database, model, name="closed", categories=())
    with database.write() as unit:
        campaigns.close(unit.connection, "closed", now=PUBLISHED)
        accounts.add_service(unit.connection, "stream", name="Stream", now=PUBLISHED)
        endpoints.add(unit.connection, service="stream", url="https://example.jp/", now=PUBLISHED)


def heard(database):
    with database.read() as connection:
        return connection.execute(select(outbox)).all()


def test_a_finished_campaign_is_reported_once_and_a_closed_one_never(database):
    finished(database)

    assert due(database, now=READY - DAY, most=9) == []
    assert due(database, now=READY, most=9) == [("stream", "c1")]
    assert tell(database, PSEUDONYMS, "stream", "c1", now=READY)
    assert not tell(database, PSEUDONYMS, "stream", "c1", now=READY)
    assert not tell(database, PSEUDONYMS, "stream", "closed", now=READY)
    assert due(database, now=READY, most=9) == []

    [told] = heard(database)
    assert (told.type, told.subject) == ("campaign.report_ready", "c1")
    assert told.payload["data"]["verdict"] == "less"
    assert told.payload["data"]["categories"] == ["insult"]


def test_the_schedule_asks_a_worker_for_it(redis, sqlite_database, sqlite_settings):
    finished(sqlite_database)
    schedule = Schedule(redis=redis, database=sqlite_database)
    process.start(sqlite_settings)
    try:
        schedule.once(now=READY)
        assert heard(sqlite_database) == []  # no round waits for an effect to be worked out
        SimpleWorker([long_queue(redis)], connection=redis, serializer=JSONSerializer).work(burst=True)
    finally:
        process.stop()

    assert [one.subject for one in heard(sqlite_database)] == ["c1"]
