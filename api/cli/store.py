"""The databases, for commands that look after them."""

from collections.abc import Iterator
from contextlib import contextmanager

from moderation.settings import Settings, read_settings
from moderation.storage import migrate
from moderation.storage.database import Database, open_database


@contextmanager
def current_database(settings: Settings | None = None) -> Iterator[Database]:
    """The databases of the settings.

    Raises:
        Misconfigured: A migration is missing.
        StoreUnavailable: A database does not answer.
    """
    database = open_database(settings or read_settings())
    try:
        migrate.check_current(database)
        yield database
    finally:
        database.dispose()
