"""Index: all phrases and patterns of a rule set over one view, found in one pass each."""

from collections.abc import Iterable
from typing import Any

from daachorse import CharwiseDoubleArrayAhoCorasick

from rules.needed import longest, needed_chars, seeker
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
    """Patterns in RE2 sets, numbered. Those that need certain characters, or a short text, are asked where it is so."""

    __slots__ = ("_always", "_most_short", "_needing", "_seek", "_short", "numbers")

    def __init__(self, patterns: Iterable[str]) -> None:
        always: list[str] = []
        needing: dict[str, frozenset[str]] = {}
        short: dict[str, int] = {}
        for pattern in sorted(set(patterns)):
            if chars := needed_chars(pattern):
                needing[pattern] = chars
            elif (most := longest(pattern)) is not None:
                short[pattern] = most
            else:
                always.append(pattern)
        self.numbers = {pattern: number for number, pattern in enumerate((*always, *needing, *short))}
        self._always = self._sets(always)
        self._needing, self._seek = self._sets(needing), seeker(frozenset[str]().union(*needing.values()))
        self._short, self._most_short = self._sets(short), max(short.values(), default=-1)

    def _sets(self, patterns: Iterable[str]) -> list[tuple[int, Any]]:
        """Patterns that are numbered one after the other, with the number of each set's first."""
        ordered = tuple(patterns)
        return [(self.numbers[ordered[first]], one) for first, one in pattern_sets(ordered)]

    def find(self, text: str) -> list[int]:
        """Numbers of the patterns that are found."""
        sets = self._always
        if self._seek(text) is not None:
            sets = [*sets, *self._needing]
        if len(text) <= self._most_short:
            sets = [*sets, *self._short]
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

    def find(self, text: str) -> tuple[list[PhraseHit], list[int]]:
        """Every occurrence of every phrase, and the numbers of the patterns that are found."""
        return self.phrases.find(text), self.patterns.find(text)
