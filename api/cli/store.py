"""The databases, for commands that look after them."""

from collections.abc import Iterator
from contextlib import contextmanager

from moderation.errors import NotFound
from moderation.settings import Settings, read_settings
from moderation.storage import migrate
from moderation.storage.accounts import accounts
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


def known_service(database: Database, asked: str | None) -> str:
    """The streaming service that is meant: the one asked for, or the only one. Raises NotFound."""
    with database.read() as connection:
        known = accounts.service_ids(connection)
    if asked in known:
        return str(asked)
    if asked is None and len(known) == 1:
        return known[0]
    if not known:
        raise NotFound("There is no service yet; `ibasho keys create` makes one known.")
    what = f"There is no service {asked!r}" if asked else "There are several services"
    raise NotFound(f"{what}; name one with --service: {', '.join(known)}.")
