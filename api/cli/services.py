"""Which streaming service a command is about."""

from moderation.errors import NotFound
from moderation.storage.accounts import accounts
from moderation.storage.database import Connection


def known_service(connection: Connection, asked: str | None) -> str:
    """The service asked for, or the only one there is. Raises NotFound."""
    known = accounts.service_ids(connection)
    if asked in known:
        return str(asked)
    if asked is None and len(known) == 1:
        return known[0]
    if not known:
        raise NotFound("There is no service yet; `ibasho keys create` makes one known.")
    what = f"There is no service {asked!r}" if asked else "There are several services"
    raise NotFound(f"{what}; name one with --service: {', '.join(known)}.")
