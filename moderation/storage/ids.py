"""Ids of our own: ULIDs, which sort by the time they were made."""

from datetime import datetime

from ulid import ULID

_RANDOM_BYTES = 10


def new_id() -> str:
    """A fresh id, 26 characters."""
    return str(ULID())


def first_id_at(at: datetime) -> str:
    """The least id that could be made at a time: ids made later sort after it."""
    moment = ULID.from_datetime(at).bytes[:-_RANDOM_BYTES]
    return str(ULID.from_bytes(moment + bytes(_RANDOM_BYTES)))
