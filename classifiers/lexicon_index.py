"""All needles of a lexicon in one automaton, as arrays: built once, stored with the classifier, read in milliseconds."""

from array import array
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final, Self

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick
from numpy.typing import NDArray

from classifiers.lexicon_file import Entry
from classifiers.lexicon_needles import ANYWHERE, EXACT, EXCUSE, RUN, WORD, needles_of

Found = tuple[int, int, int, str, bool]
"""Start, end, number of the entry, kind of needle, and whether a mask hides a letter."""

INDEX_ARRAYS: Final = ("automaton", "first", "entries", "kinds")

_KINDS: Final = (
    *((kind, masked) for masked in (False, True) for kind in (ANYWHERE, WORD, EXACT, EXCUSE)),
    (RUN, True),
)
"""By number in stored arrays: new ones go to the end."""
MADE_BY: Final = f"daachorse-{version('daachorse')}"
"""An automaton is only read by the version that wrote it."""


class LexiconIndex:
    """Which entries a spelling speaks for. Immutable; safe to share between threads.

    Spelling ``n`` speaks for ``entries[first[n]:first[n + 1]]``, in the way that ``kinds`` says.
    """

    def __init__(self, automaton: bytes, first: Sequence[int], entries: Sequence[int], kinds: bytes) -> None:
        self._automaton = CharwiseDoubleArrayAhoCorasick.deserialize(automaton) if automaton else None
        self._serialized: Final = automaton
        self._first: Final = array("i", first)
        self._entries: Final = array("i", entries)
        self._kinds: Final = kinds

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Self:
        """Build it: half a second for ten thousand entries."""
        spellings: dict[str, list[tuple[int, int]]] = {}
        for index, entry in enumerate(entries):
            for needle in needles_of(entry):
                kind = _KINDS.index((needle.kind, needle.masked))
                spellings.setdefault(needle.text, []).append((index, kind))
        automaton = CharwiseDoubleArrayAhoCorasick(list(spellings)).serialize() if spellings else b""
        first = np.cumsum([0, *map(len, spellings.values())]).tolist()
        needles = [needle for found in spellings.values() for needle in found]
        return cls(automaton, first, [index for index, _ in needles], bytes(kind for _, kind in needles))

    def find(self, text: str) -> list[Found]:
        """Every needle in a folded text."""
        if self._automaton is None:
            return []
        spellings = self._automaton.find_overlapping(text)
        if not spellings:
            return []
        first, entries, kinds = self._first, self._entries, self._kinds
        return [
            (start, end, entries[at], *_KINDS[kinds[at]])
            for start, end, spelling in spellings
            for at in range(first[spelling], first[spelling + 1])
        ]

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """For storing; ``from_arrays`` is the way back."""
        return {
            "automaton": np.frombuffer(self._serialized, dtype=np.uint8),
            "first": np.array(self._first, dtype=np.int32),
            "entries": np.array(self._entries, dtype=np.int32),
            "kinds": np.frombuffer(self._kinds, dtype=np.uint8),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Read ``as_arrays`` of the same library version; the bytes are trusted. Raises KeyError for an array missing."""
        return cls(
            arrays["automaton"].tobytes(),
            arrays["first"].tolist(),
            arrays["entries"].tolist(),
            arrays["kinds"].tobytes(),
        )
