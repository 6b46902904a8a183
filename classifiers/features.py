"""What the model sees of a text: character n-grams of the folded text, lexicon hits, and who is addressed."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from daachorse import CharwiseDoubleArrayAhoCorasick

from classifiers.lexicon import Entry, Hit, Lexicon
from classifiers.views import Views

LONGEST_GRAM: Final = 3
"""Longer ones, and those of the text as typed, added nothing measurable and cost half the speed."""

_ADDRESS: Final = re.compile(
    "お前|おまえ|おめえ|てめ|貴様|きさま|あんた|あなた|君|きみ|お主|主さん|ぬし|配信者|うp主|@"
)
"""Second person, and the streamer by the name of the part: what makes a bad word an attack."""
_SELF: Final = re.compile("俺|おれ|私|わたし|僕|ぼく|自分|わい|うち|あたし|わし")


@dataclass(slots=True)
class Extract:
    """One text in numbers.

    Attributes:
        ends: The longest known n-gram that ends at each place, by number; those it ends with count as well.
        places: Where each of them ends.
        marks: Numbers of its marks, each once.
        hits: The lexicon's hits that the marks come from.
        chances: What each head says, once it was scored.
    """

    ends: list[int]
    places: list[int]
    marks: list[int]
    hits: list[Hit]
    chances: list[float] | None = None


class FeatureSpace:
    """The known n-grams and marks, numbered: n-grams first. Immutable; safe to share between threads."""

    def __init__(self, *, lexicon: Lexicon, grams: Sequence[str], marks: Sequence[str]) -> None:
        self.lexicon: Final = lexicon
        self.grams: Final = tuple(grams)
        self.marks: Final = tuple(marks)
        self.size: Final = len(grams) + len(marks)
        self.sizes: Final = tuple(map(len, grams))
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(grams)) if grams else None
        self._mark_ids = {mark: len(grams) + at for at, mark in enumerate(marks)}

    def extract(self, views: Views) -> Extract:
        """Number a text of any content, in time linear in its length; a second time it is remembered."""
        extract: Extract | None = views.memory.get(self)
        if extract is None:
            extract = views.memory[self] = self._extract(views)
        return extract

    def _extract(self, views: Views) -> Extract:
        folded = views.folded
        found = self._automaton.find_overlapping_no_suffix(folded) if self._automaton is not None else ()
        hits = self.lexicon.find(views)
        known = self._mark_ids
        marks = [known[mark] for mark in marks_of(folded, hits) if mark in known]
        marks.sort()  # sets come in any order, and sums of floats depend on it
        return Extract([gram for _, _, gram in found], [end for _, end, _ in found], marks, hits)

    @cached_property
    def parents(self) -> list[int]:
        """For each n-gram the longest known one that it ends with, or -1."""
        numbers = {gram: at for at, gram in enumerate(self.grams)}
        return [
            next((numbers[gram[at:]] for at in range(1, len(gram)) if gram[at:] in numbers), -1)
            for gram in self.grams
        ]

    def mark_ids(self, hit: Hit) -> set[int]:
        """Numbers of the marks that one hit sets by itself."""
        names = _marks_of_hit(hit.entry, hit.masked)
        return {self._mark_ids[mark] for mark in names if mark in self._mark_ids}

    def every_gram(self, extract: Extract) -> tuple[list[int], list[int]]:
        """Number and folded end of every known n-gram of a text; ``sizes`` says how long each is."""
        parents = self.parents
        grams: list[int] = []
        ends: list[int] = []
        for longest, end in zip(extract.ends, extract.places, strict=True):
            gram = longest
            while gram >= 0:
                grams.append(gram)
                ends.append(end)
                gram = parents[gram]
        return grams, ends


def marks_of(folded: str, hits: Iterable[Hit]) -> set[str]:
    """Names of what the lexicon and the forms of address say about a text.

    Of each category that is hit: that it is, how gravely, whether somebody must be meant, whether a letter
    was hidden, and whether somebody, or the writer, is named beside it; and every entry by itself.
    """
    marks: set[str] = set()
    for hit in hits:
        marks |= _marks_of_hit(hit.entry, hit.masked)
    addressed = _ADDRESS.search(folded) is not None
    if not marks:
        return {"addressed"} if addressed else marks
    beside = [mark for mark in marks if mark.startswith("hit:")]
    if addressed:
        marks.update(f"{mark}+addressed" for mark in beside)
    if _SELF.search(folded) is not None:
        marks.update(f"{mark}+self" for mark in beside)
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
    grams: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    for views in texts:
        grams.update(_grams(views.folded))
        marks.update(marks_of(views.folded, lexicon.find(views)))
    return FeatureSpace(
        lexicon=lexicon,
        grams=sorted(gram for gram, lines in grams.items() if lines >= min_lines),
        marks=sorted(
            mark
            for mark, lines in marks.items()
            if lines >= (min_entry_lines if mark.startswith("entry:") else min_lines)
        ),
    )


def _grams(text: str) -> set[str]:
    return {text[at : at + size] for size in range(1, LONGEST_GRAM + 1) for at in range(len(text) - size + 1)}
