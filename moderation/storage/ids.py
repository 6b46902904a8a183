"""Ids of our own: ULIDs, which sort by the time they were made."""

from ulid import ULID


def new_id() -> str:
    """A fresh id, 26 characters."""
    return str(ULID())
