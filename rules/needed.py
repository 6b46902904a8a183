"""What a text needs so that a pattern may be found in it: certain characters, or being short.

Most chat holds none of the characters that most patterns cannot do without (digits, ``@``, a rare
kanji), and one look for them is ten times cheaper than asking RE2.
"""

import re
from collections.abc import Callable, Iterable
from itertools import groupby
from re import MULTILINE, error
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

Chars = frozenset[str]

MOST_CHARS: Final = 2_000
"""A larger class narrows nothing down."""
_TOO_COMMON: Final = 0.5
"""Share of ordinary texts that hold such a character; past it looking first is no gain."""
_RARE_KANA: Final = frozenset("ぎぐげござじずぜぞぢづどばびぶべぼぱぴぷぺぽぬへほむめゆ")
_FOLDED_ALIKE: Final = {"k": "\u212a", "s": "\u017f"}
"""Letters beyond ASCII that RE2 takes for an ASCII one under ``(?i)``."""


def needed_chars(pattern: str) -> Chars | None:
    """Every match of a pattern holds one of these; None where that cannot be told, or narrows nothing down.

    >>> sorted(needed_chars("[0-2]{3}[^ ]*円"))
    ['円']
    """
    try:
        tree = parser.parse(pattern)
    except (error, OverflowError, RecursionError):  # RE2 knows a few things that Python's parser does not
        return None
    found = _of_sequence(tree)
    if found is None or not _mixed_case(pattern):
        return found
    if any(not char.isascii() and char.lower() != char.upper() for char in found):
        return None
    return frozenset(
        other
        for char in found
        for other in (char.lower(), char.upper(), _FOLDED_ALIKE.get(char.lower(), char))
    )


def seeker(chars: Chars) -> Callable[[str], object]:
    """Tells whether a text holds one of some characters: None where it does not.

    A character class is asked several times as fast as a set, which wants each character as an object. Neighbours
    are written as ranges, since a class does not look up characters beyond the first 65,536 but tries one by one.
    """
    places = enumerate(sorted(map(ord, chars)))
    runs = [[code for _, code in run] for _, run in groupby(places, key=lambda place: place[1] - place[0])]
    ranges = "".join(f"{re.escape(chr(run[0]))}-{re.escape(chr(run[-1]))}" for run in runs)
    return re.compile(f"[{ranges}]" if ranges else r"(?!)").search


def longest(pattern: str) -> int | None:
    """Characters of the longest text in which a pattern can be found; None where there is no such limit.

    >>> longest("^..?$"), longest("..?")
    (2, None)
    """
    try:
        tree = parser.parse(pattern)
    except (error, OverflowError, RecursionError):
        return None
    whole = len(tree) > 1 and tree[0] == (sre.AT, sre.AT_BEGINNING) and tree[-1] == (sre.AT, sre.AT_END)
    most = tree.getwidth()[1]
    return most if whole and not tree.state.flags & MULTILINE and most <= MOST_CHARS else None


def _mixed_case(pattern: str) -> bool:
    return "(?" in pattern and any(
        "i" in group.split(")")[0].split(":")[0] for group in pattern.split("(?")[1:]
    )


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> Chars | None:
    known = [found for item in items if (found := _of_item(*item)) is not None]
    best = min(known, key=_commonness, default=None)
    return best if best is not None and _commonness(best) < _TOO_COMMON else None


def _of_item(kind: Any, given: Any) -> Chars | None:
    found: Chars | None = None
    if kind is sre.LITERAL:
        found = frozenset(chr(given))
    elif kind is sre.IN:
        found = _of_class(given)
    elif kind is sre.BRANCH:
        branches = [_of_sequence(branch) for branch in given[1]]
        known = [branch for branch in branches if branch is not None]
        found = frozenset[str]().union(*known) if len(known) == len(branches) else None
    elif kind is sre.SUBPATTERN:
        found = _of_sequence(given[-1])
    elif kind in {sre.MAX_REPEAT, sre.MIN_REPEAT}:
        found = _of_sequence(given[2]) if given[0] > 0 else None
    return found


def _of_class(items: Iterable[tuple[Any, Any]]) -> Chars | None:
    found: set[str] = set()
    for kind, given in items:
        if kind is sre.LITERAL:
            found.add(chr(given))
        elif kind is sre.RANGE and given[1] - given[0] < MOST_CHARS:
            found.update(map(chr, range(given[0], given[1] + 1)))
        elif kind is sre.CATEGORY and given is sre.CATEGORY_DIGIT:  # RE2's \d is ASCII
            found.update("0123456789")
        else:
            return None
    return frozenset(found) if len(found) <= MOST_CHARS else None


def _commonness(chars: Chars) -> float:
    """A guess at the share of texts that hold one of them; hiragana is most common of all."""
    return sum(_share(char) for char in chars)


def _share(char: str) -> float:
    if char in _RARE_KANA:
        return 0.03
    if "ぁ" <= char <= "ん" or char in "ー。、 ":
        return 0.2
    if char.isascii():
        return 0.01
    return 0.003 if char.isalnum() else 0.0003
