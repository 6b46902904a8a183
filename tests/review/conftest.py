import pytest

from moderation.storage.database import Database
from tests.review.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
