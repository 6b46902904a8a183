import pytest

from moderation.storage.database import Database
from moderation.storage.webhooks import endpoints
from tests.review.desk import SERVICE, Desk
from tests.support.factories import NOON
from tests.support.servers import make_key


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def hooked(desk):
    """A service that hears of everything."""
    make_key(desk.database, service=SERVICE)
    with desk.database.write() as unit:
        endpoints.add(unit.connection, service=SERVICE, url="https://example.com/hook", now=NOON)
