"""Once its weeks are over, what came of a campaign is told to the service's webhooks, once."""

from sqlalchemy import select

from moderation.campaigns.gather import AFTER_DAYS
from moderation.campaigns.report_watch import watch
from moderation.storage.accounts import accounts
from moderation.storage.tables.delivery import outbox
from moderation.storage.trends import campaigns
from moderation.storage.webhooks import endpoints
from tests.campaigns.world import DAY, PSEUDONYMS, PUBLISHED, article, pinned, weeks

READY = PUBLISHED + (AFTER_DAYS + 2) * DAY


def test_a_finished_campaign_is_reported_once_and_a_closed_one_never(database):
    model = pinned(database)
    weeks(database, model, effect=0.5)
    article(database, model)
    article(database, model, name="closed", categories=())
    with database.write() as unit:
        campaigns.close(unit.connection, "closed", service="stream", now=PUBLISHED)
        accounts.add_service(unit.connection, "stream", name="Stream", now=PUBLISHED)
        endpoints.add(unit.connection, service="stream", url="https://example.jp/", now=PUBLISHED)

    assert watch(database, PSEUDONYMS, now=READY - DAY) == 0
    assert watch(database, PSEUDONYMS, now=READY) == 1
    assert watch(database, PSEUDONYMS, now=READY) == 0

    with database.read() as connection:
        [told] = connection.execute(select(outbox)).all()
    assert (told.type, told.subject) == ("campaign.report_ready", "c1")
    assert told.payload["data"]["verdict"] == "less"
    assert told.payload["data"]["categories"] == ["insult"]
