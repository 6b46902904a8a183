"""What the model sees of a text: character n-grams, lexicon hits, and who is addressed."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from daachorse import CharwiseDoubleArrayAhoCorasick

from classifiers.fold.tables import WIDE_TABLE
from classifiers.lexicon import Entry, Hit, Lexicon
from classifiers.views import Views

LONGEST_GRAM: Final = 3
"""Longer ones added nothing measurable, and cost room."""

_ADDRESS: Final = re.compile("お前|おまえ|おめえ|てめ|貴様|きさま|あんた|あなた|君|きみ|そなた|お主|主さん|ぬし|配信者|うp主|@")
"""Second person, and the streamer by name of the part: what makes a bad word an attack."""
_SELF: Final = re.compile("俺|おれ|私|わたし|僕|ぼく|自分|わい|うち|あたし|わし")


@dataclass(slots=True)
class Extract:
    """One text in numbers: the ids of its n-grams, each once, and of its marks; and the hits they come from."""

    grams: list[int]
    marks: list[int]
    hits: list[Hit]


class FeatureSpace:
    """The known n-grams and marks, numbered: folded grams, then typed grams, then marks.

    Typed grams are read from the raw text with width and case folded, character for character. Immutable;
    safe to share between threads.
    """

    def __init__(
        self, *, lexicon: Lexicon, folded: Sequence[str], typed: Sequence[str], marks: Sequence[str]
    ) -> None:
        self.lexicon: Final = lexicon
        self.folded: Final = tuple(folded)
        self.typed: Final = tuple(typed)
        self.marks: Final = tuple(marks)
        self.size: Final = len(folded) + len(typed) + len(marks)
        self._folded = _automaton(self.folded)
        self._typed = _automaton(self.typed)
        self._typed_from = len(folded)
        self._folded_ends = _with_endings(self.folded, 0)
        self._typed_ends = _with_endings(self.typed, self._typed_from)
        self._mark_ids = {mark: len(folded) + len(typed) + at for at, mark in enumerate(marks)}

    def extract(self, views: Views) -> Extract:
        """Number a text of any content, in time linear in its length."""
        grams: set[int] = set()
        if self._folded is not None:
            ends = self._folded_ends
            found = self._folded.find_overlapping_no_suffix(views.folded)
            grams.update(*[ends[gram] for _, _, gram in found])
        if self._typed is not None:
            ends = self._typed_ends
            found = self._typed.find_overlapping_no_suffix(typed_text(views.raw))
            grams.update(*[ends[gram] for _, _, gram in found])
        hits = self.lexicon.find(views)
        return Extract(list(grams), self._marks(views.folded, hits), hits)

    def _marks(self, folded: str, hits: Sequence[Hit]) -> list[int]:
        known = self._mark_ids
        if not hits:
            return [known[mark] for mark in marks_of(folded, ()) if mark in known]
        return sorted({known[mark] for mark in marks_of(folded, hits) if mark in known})

    def mark_ids(self, hit: Hit) -> set[int]:
        """Numbers of the marks that one hit sets by itself."""
        return {self._mark_ids[mark] for mark in _marks_of_hit(hit.entry, hit.masked) if mark in self._mark_ids}

    def folded_places(self, folded: str) -> Iterator[tuple[int, int, int]]:
        """Number and offsets of every known n-gram of a folded text."""
        if self._folded is not None:
            for start, end, gram in self._folded.find_overlapping(folded):
                yield gram, start, end

    def typed_places(self, typed: str) -> Iterator[tuple[int, int, int]]:
        """Number and offsets of every known n-gram of a text as typed."""
        if self._typed is not None:
            for start, end, gram in self._typed.find_overlapping(typed):
                yield gram + self._typed_from, start, end

    def name(self, feature: int) -> str:
        """The n-gram or mark of a number."""
        if feature < self._typed_from:
            return self.folded[feature]
        feature -= self._typed_from
        return self.typed[feature] if feature < len(self.typed) else self.marks[feature - len(self.typed)]


def typed_text(raw: str) -> str:
    """The text as typed, but for width and case; offsets stay."""
    return raw.translate(WIDE_TABLE)


def marks_of(folded: str, hits: Iterable[Hit]) -> set[str]:
    """Names of what the lexicon and the forms of address say about a text.

    Of each category that is hit: that it is, how gravely, whether somebody must be meant and somebody is
    addressed, whether a letter was hidden; and every entry by itself.
    """
    marks: set[str] = set()
    for hit in hits:
        marks |= _marks_of_hit(hit.entry, hit.masked)
    addressed = _ADDRESS.search(folded) is not None
    if marks:
        marks.add("hit")
        if addressed:
            marks |= {f"{mark}+addressed" for mark in marks if mark.startswith("hit")}
        if _SELF.search(folded) is not None:
            marks |= {f"{mark}+self" for mark in marks if mark.startswith("hit") and "+" not in mark}
    elif addressed:
        marks.add("addressed")
    return marks


@cache
def _marks_of_hit(entry: Entry, masked: bool) -> frozenset[str]:
    marks = {f"entry:{entry.id}"}
    for category in entry.categories:
        marks |= {f"hit:{category}", f"severity:{category}:{entry.severity}"}
        if entry.target:
            marks.add(f"needs_target:{category}")
        if masked:
            marks.add(f"masked:{category}")
    if entry.minors:
        marks.add("minors")
    return frozenset(marks)


def learn_space(
    texts: Sequence[Views], lexicon: Lexicon, *, min_lines: int, min_entry_lines: int
) -> FeatureSpace:
    """Number the n-grams that stand in ``min_lines`` texts or more, and the marks likewise.

    A single entry is numbered from ``min_entry_lines`` texts on; a rarer one speaks through its category.
    """
    folded: Counter[str] = Counter()
    typed: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    for views in texts:
        folded.update(_grams(views.folded))
        typed.update(_grams(typed_text(views.raw)))
        marks.update(marks_of(views.folded, lexicon.find(views)))
    return FeatureSpace(
        lexicon=lexicon,
        folded=sorted(gram for gram, lines in folded.items() if lines >= min_lines),
        typed=sorted(gram for gram, lines in typed.items() if lines >= min_lines),
        marks=sorted(
            mark
            for mark, lines in marks.items()
            if lines >= (min_entry_lines if mark.startswith("entry:") else min_lines)
        ),
    )


def _grams(text: str) -> set[str]:
    return {
        text[at : at + size]
        for size in range(1, LONGEST_GRAM + 1)
        for at in range(len(text) - size + 1)
    }


def _with_endings(grams: Sequence[str], base: int) -> list[tuple[int, ...]]:
    """For each n-gram the numbers of itself and of the known n-grams that it ends with.

    The automaton then names the longest at each place only, which costs half the time.
    """
    numbers = {gram: base + at for at, gram in enumerate(grams)}
    return [
        tuple(numbers[gram[at:]] for at in range(len(gram)) if gram[at:] in numbers) for gram in grams
    ]


def _automaton(grams: Sequence[str]) -> CharwiseDoubleArrayAhoCorasick | None:
    return CharwiseDoubleArrayAhoCorasick(list(grams)) if grams else None
