"""Likeness of free texts: empty ones, copies, and brigades.

A brigade is many accounts that nothing speaks for saying nearly the same of one subject: new ones, and such
as were mostly wrong before. Its reports are marked and weighed down, never dropped: the case stays, and a
person still looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from moderation.scoring.detectors import fold_text

BRIGADE_SIZE = 5
"""Reports alike, from unproven accounts, from which on they are a brigade."""
BRIGADE_WITHIN = timedelta(hours=24)
NEW_FOR = timedelta(days=7)
"""An account is new for so long; where its age is unknown, since its first report."""
ALIKE = 0.6
"""Share of common pairs of characters (Jaccard) from which on two texts are nearly the same."""
SHORTEST = 8
"""Folded texts shorter than this say too little to be a copy: 暴言です comes to many minds."""
_MOST_CHARS = 400
"""Of a long text its beginning is compared."""


class TextQuality(StrEnum):
    """What a free text is worth: nothing written, somebody else's words, or words of one's own."""

    OK = "ok"
    EMPTY = "empty"
    COPIED = "copied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One report's text, as far as likeness needs it.

    Attributes:
        unproven: The account is new, or was more often wrong than right.
    """

    report_id: str
    reporter_id: str
    text: str
    unproven: bool


@lru_cache(maxsize=20_000)
def shape(text: str) -> frozenset[str]:
    """Pairs of letters of the folded text; empty where it is too short to compare.

    Punctuation, spaces and symbols are left out: they are what copies change first.
    """
    letters = "".join(char for char in fold_text(text[:_MOST_CHARS]) if char.isalnum())
    if len(letters) < SHORTEST:
        return frozenset()
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))


def is_empty(text: str) -> bool:
    """Whether a text says nothing: no letter or digit in it."""
    return not any(char.isalnum() for char in text)


def alike(first: str, second: str) -> bool:
    """Whether two texts are nearly the same.

    >>> alike("この人がずっと暴言を吐いています！", "この人 ずっと暴言を吐いてます")
    True
    >>> alike("暴言です", "暴言です")
    False
    """
    one, other = shape(first), shape(second)
    return bool(one) and len(one & other) >= ALIKE * len(one | other)


def copies_of(text: str, reporter_id: str, earlier: Sequence[Said]) -> list[Said]:
    """Other reporters' texts that are nearly the same."""
    return [said for said in earlier if said.reporter_id != reporter_id and alike(text, said.text)]


def brigade_of(mine: Said, earlier: Sequence[Said]) -> list[Said]:
    """The brigade that a report completes or joins, itself included; empty where there is none.

    Who has a record that speaks for them belongs to it only where they say what it says.

    Args:
        mine: The report.
        earlier: Texts about the same subject within ``BRIGADE_WITHIN``.
    """
    others = {said.reporter_id: said for said in copies_of(mine.text, mine.reporter_id, earlier)}
    unproven = [said for said in others.values() if said.unproven]
    return [*unproven, mine] if len(unproven) + mine.unproven >= BRIGADE_SIZE else []
