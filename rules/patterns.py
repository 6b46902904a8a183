"""RE2 patterns: linear in the length of the text, so no lookaround and no back-references."""

from functools import lru_cache
from typing import Any

import re2

SET_MEMORY = 64 << 20
"""Bytes that one RE2 set may use; past it a match would silently come back empty."""
SET_SIZE = 256
"""Patterns of one set; a larger one would need more memory while it matches."""
PROBES = ("", "あ", "草", "1", "a", " ", "。", "今日も配信ありがとう")
"""A pattern found in all but the first would hold everything."""


def options(max_mem: int = 8 << 20) -> Any:
    """RE2 without its own messages on stderr."""
    quiet = re2.Options()
    quiet.log_errors = False
    quiet.max_mem = max_mem
    return quiet


@lru_cache(maxsize=20_000)
def compiled(pattern: str) -> Any:
    """The pattern, compiled once. Raises ``re2.error``."""
    return re2.compile(pattern, options())


def why_refused(pattern: str) -> str | None:
    """Why RE2 or we refuse a pattern, or None."""
    try:
        found = compiled(pattern)
    except re2.error as error:
        why = error.args[0]
        return f"RE2 refuses {pattern!r}: {why.decode() if isinstance(why, bytes) else why}"
    except UnicodeEncodeError:
        return f"{pattern!r} holds half a character (a lone surrogate)"
    if found.search("") or any(
        match.start() == match.end() for probe in PROBES for match in found.finditer(probe)
    ):
        return f"{pattern!r} matches the empty text"
    if all(found.search(probe) for probe in PROBES[1:]):
        return f"{pattern!r} matches everything"
    return None


def pattern_sets(patterns: tuple[str, ...]) -> list[tuple[int, Any]]:
    """Automata that tell which of many patterns are found, each with the number of its first pattern."""
    return [
        pair
        for first in range(0, len(patterns), SET_SIZE)
        for pair in _halved(first, patterns[first : first + SET_SIZE])
    ]


def _halved(first: int, patterns: tuple[str, ...]) -> list[tuple[int, Any]]:
    """One set, or two where RE2 finds one too large."""
    result = re2.Set.SearchSet(options(SET_MEMORY))
    try:
        for pattern in patterns:
            result.Add(pattern)
        result.Compile()
    except re2.error:
        if len(patterns) == 1:
            raise
        middle = len(patterns) // 2
        return [*_halved(first, patterns[:middle]), *_halved(first + middle, patterns[middle:])]
    return [(first, result)]
