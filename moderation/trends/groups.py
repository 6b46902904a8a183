"""Random groups: authors, rooms, and pairs of both, shared out once and for all.

Messages of one author are alike, and so are those of one room. A group keeps all messages of its
members, on every day; sums of a group over any days are again sums of independent members. So an
interval can be had for any period from a few hundred rows a day, and no author's history is read.

Source:
    K. M. Wolter, "Introduction to Variance Estimation" (2007), chapter 2 (random groups).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

GROUPS: Final = 128
"""Groups of authors, of rooms, and of pairs, for the figures of a whole service."""
PART_GROUPS: Final = 32
"""Groups within a part of it (new accounts, an age band, a kind of room)."""

AUTHOR: Final = "author"
ROOM: Final = "room"
PAIR: Final = "pair"
ACCOUNTS: Final = "account:"
NEW_ACCOUNTS: Final = "account:new"
"""Accounts younger than 30 days on the day they wrote: groups of authors."""
OLD_ACCOUNTS: Final = "account:old"
UNKNOWN_ACCOUNTS: Final = "account:unknown"
AGE: Final = "age:"
"""Segment ``age:`` and the age band: groups of authors."""
KIND: Final = "kind:"
"""Segment ``kind:`` and the room category: groups of rooms."""

_MIXED: Final = 0x9E3779B1
"""2³² over the golden ratio: neighbouring numbers land far from each other."""


def number_of(pseudonym: str) -> int:
    """32 bits of a pseudonym, as good as random."""
    return int(pseudonym[:8], 16)


def group_of(number: int, groups: int = GROUPS) -> int:
    """The group of an author or room."""
    return number % groups


def pair_group(author: int, room: int) -> int:
    """The group of an author in a room; independent of the groups of both."""
    return ((author * _MIXED + room) & 0xFFFFFFFF) * _MIXED % 0x100000000 * GROUPS >> 32


def pair_groups(authors: NDArray[np.uint64], rooms: NDArray[np.uint64]) -> NDArray[np.int64]:
    """``pair_group`` of many at once."""
    mixed, low = np.uint64(_MIXED), np.uint64(0xFFFFFFFF)
    pairs = (authors * mixed + rooms) & low  # what runs over 64 bits is masked away
    return ((pairs * mixed & low) * np.uint64(GROUPS) >> np.uint64(32)).astype(np.int64)
