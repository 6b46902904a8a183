"""An engine for desks that take reports in, and the desk itself on both databases."""

import pytest

from moderation.bootstrap import embedded_engine
from moderation.settings import Settings
from tests.reports.desk import Taking


@pytest.fixture(scope="session")
def engine(model_dir):
    return embedded_engine(Settings(model_dir=model_dir))


@pytest.fixture
def take(database, engine):
    """Take reports and inquiries in; each test runs on SQLite and on PostgreSQL."""
    return Taking(database, engine)


@pytest.fixture
def take_once(sqlite_database, engine):
    """Likewise, on SQLite alone, for tests of what no database does differently."""
    return Taking(sqlite_database, engine)
