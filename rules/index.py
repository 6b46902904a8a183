"""Index: all phrases and patterns of a rule set over one view, found in one pass each."""

from collections.abc import Iterable
from typing import Any

from daachorse import CharwiseDoubleArrayAhoCorasick

from rules.needed import needed_chars
from rules.patterns import pattern_sets
from rules.sane import sane

PhraseHit = tuple[int, int, int]
"""Start, end, number of the phrase."""


class PhraseIndex:
    """Phrases in one automaton, numbered."""

    __slots__ = ("_automaton", "numbers")

    def __init__(self, phrases: Iterable[str]) -> None:
        ordered = sorted(set(phrases))
        self.numbers = {phrase: number for number, phrase in enumerate(ordered)}
        self._automaton: Any = CharwiseDoubleArrayAhoCorasick(ordered) if ordered else None

    def find(self, text: str) -> list[PhraseHit]:
        """Every occurrence of every phrase, overlapping ones too."""
        if self._automaton is None:
            return []
        try:
            return self._automaton.find_overlapping(text)  # type: ignore[no-any-return]
        except UnicodeEncodeError:
            return self._automaton.find_overlapping(sane(text))  # type: ignore[no-any-return]


class PatternIndex:
    """Patterns in RE2 sets, numbered. Those that need certain characters are asked where one is there."""

    __slots__ = ("_always", "_chars", "_needing", "numbers")

    def __init__(self, patterns: Iterable[str]) -> None:
        needed = {pattern: needed_chars(pattern) for pattern in sorted(set(patterns))}
        always = tuple(pattern for pattern, chars in needed.items() if chars is None)
        needing = tuple(pattern for pattern, chars in needed.items() if chars is not None)
        self.numbers = {pattern: number for number, pattern in enumerate((*always, *needing))}
        self._always = pattern_sets(always)
        self._needing = [(len(always) + first, one) for first, one in pattern_sets(needing)]
        self._chars = frozenset[str]().union(*(found for found in needed.values() if found))

    def find(self, text: str) -> list[int]:
        """Numbers of the patterns that are found."""
        sets = self._always
        if not self._chars.isdisjoint(text):
            sets = [*sets, *self._needing]
        if not sets:
            return []
        try:
            return [first + number for first, one in sets for number in one.Match(text) or ()]
        except UnicodeEncodeError:
            return self.find(sane(text))


class ViewIndex:
    """Phrases and patterns of one view."""

    __slots__ = ("patterns", "phrases")

    def __init__(self, phrases: Iterable[str], patterns: Iterable[str]) -> None:
        self.phrases = PhraseIndex(phrases)
        self.patterns = PatternIndex(patterns)
