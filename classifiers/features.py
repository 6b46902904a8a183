"""What the model sees of a text: n-grams, lexicon hits with what stands beside them, and who is addressed."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from operator import itemgetter
from typing import Final

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick
from numpy.typing import NDArray

from classifiers.lexicon import Entry, Hit, Lexicon
from classifiers.views import Views

LONGEST_GRAM: Final = 3
"""Longer ones, and those of the text as typed, added nothing measurable and cost half the speed."""
EDGE: Final = "\ufdd1"
"""Stands before and behind every text, so that how a line begins and ends is seen. No folded text holds it."""
_AROUND: Final = 3
"""Letters beside a hit that say what is made of it: じゃない, って言われた, しろよ."""
_NO_LETTERS: Final = " w草!?。、ー"
"""What surrounds a word that is said alone."""
_RESTS: Final = (0, 2, 5, 10)
"""Letters beyond the expressions of a category: none, up to two, five, ten, or more."""

_FILLED: Final = (3, 5, 8, 12)
"""How often each pair of letters stands in a text that fills the screen more and more. Talk stays below."""
_SHORTEST_FILLED: Final = 16
"""Letters from which on a text can fill a screen at all: shorter ones are laughter and applause (wwwwww, 888888)."""

_NUMBER: Final = itemgetter(2)
"""Of start, end and number of what an automaton finds."""

_ADDRESS: Final = re.compile(
    "お前|おまえ|おめえ|てめ|貴様|きさま|あんた|あなた|君|きみ|お主|主さん|ぬし|配信者|うp主|@"
)
"""Second person, and the streamer by the name of the part: what makes a bad word an attack."""
_SELF: Final = re.compile("俺|おれ|私|わたし|僕|ぼく|自分|わい|うち|あたし|わし")


_DENIED: Final = re.compile(
    # ゴミじゃない, ゴミなんかじゃないよ; but not the questions ゴミじゃない?, ゴミじゃないか, ゴミじゃないの
    r"(?:なんか|とか|なんて|など|だ|なん)?(?:じや|では|でも)"
    r"(?:な[いかく]|ねえ|ねー|ありません|なさ)(?![か?]|の(?:[か?]|$)|でしよ|だろ)"
    # ゴミだなんて思わない, ゴミと思ったことは一度もない, ゴミとか言ってない
    r"|[だな]?(?:なんて|とか|とは|つて|と|など|なんか)は?[^。、!?]{0,3}[思言][^。、!?]{0,8}な[いかく](?!か|\?|の(?:[か?]|$))"
)
"""What stands right behind an expression that is denied, in folded letters."""
_DENIAL: Final = 20
"""Letters behind an expression in which it is looked for."""


@dataclass(slots=True)
class Extract:
    """One text in numbers.

    Attributes:
        ends: Number of the longest known n-gram that ends at each place; those it ends with count as well.
        marks: Numbers of its marks, each once.
        hits: The lexicon's hits that the marks come from.
        chances: What each head says of the texts that were scored together, once they were; a row for each.
        at: Its row.
        row: Its features' weights put together, once it was scored; kept for who asks why.
        places: The weights of what ends at each place, once it was scored alone; kept for the same.
    """

    ends: list[int]
    marks: list[int]
    hits: list[Hit]
    chances: Sequence[Sequence[float]] | NDArray[np.float32] | None = None
    at: int = 0
    row: NDArray[np.float32] | None = None
    places: NDArray[np.float32] | None = None


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
        [extract] = self.extracts([views])
        return extract

    def extracts(self, texts: Sequence[Views]) -> list[Extract]:
        """The same for many, stage by stage: so each automaton's tables stay near the processor."""
        fresh = [views for views in texts if self not in views.memory]
        found = [self.lexicon.find(views) for views in fresh]
        # Where they are is not kept: few texts are asked, and a batch of a hundred leaves two thousand tuples less.
        ends = [list(map(_NUMBER, self._find(views.folded))) for views in fresh]
        marks = [self._marks(views, hits) for views, hits in zip(fresh, found, strict=True)]
        for views, extract in zip(fresh, map(Extract, ends, marks, found), strict=True):
            views.memory[self] = extract
        return [views.memory[self] for views in texts]

    def _marks(self, views: Views, hits: Sequence[Hit]) -> list[int]:
        known = self._mark_ids
        marks = [known[mark] for mark in marks_of(views, hits) if mark in known]
        if len(marks) > 1:
            marks.sort()  # sets come in any order, and sums of floats depend on it
        return marks

    def _find(self, folded: str) -> Sequence[tuple[int, int, int]]:
        if self._automaton is None:
            return ()
        found: Sequence[tuple[int, int, int]] = self._automaton.find_overlapping_no_suffix(
            f"{EDGE}{folded}{EDGE}"
        )
        return found

    def ends_of(self, folded: str) -> list[int]:
        """Where the n-grams of ``Extract.ends`` end, counted with the EDGE before the text."""
        return [end for _, end, _ in self._find(folded)]

    @cached_property
    def chains(self) -> NDArray[np.int32]:
        """For each n-gram the known ones it ends with, itself too: one of each length, shortest first, or ``size``."""
        numbers = {gram: at for at, gram in enumerate(self.grams)}
        suffixes = [
            [
                numbers.get(gram[-length:], self.size) if len(gram) >= length else self.size
                for gram in self.grams
            ]
            for length in range(1, LONGEST_GRAM + 1)
        ]
        return np.array(suffixes, dtype=np.int32).T.copy()

    def mark_ids(self, hit: Hit) -> set[int]:
        """Numbers of the marks that one hit sets by itself."""
        names = _marks_of_hit(hit.entry, hit.masked)
        return {self._mark_ids[mark] for mark in names if mark in self._mark_ids}

    def chain_of(self, extract: Extract) -> NDArray[np.int32]:
        """``chains`` of what a text's places end with: one row a place."""
        return self.chains.take(np.array(extract.ends, dtype=np.intp), axis=0)

    def every_gram(self, folded: str, extract: Extract) -> tuple[list[int], list[int]]:
        """Number and end of every known n-gram of a text; ``sizes`` says how long each is."""
        known = [
            (gram, end)
            for chain, end in zip(self.chain_of(extract).tolist(), self.ends_of(folded), strict=True)
            for gram in chain
            if gram < self.size
        ]
        return [gram for gram, _ in known], [end for _, end in known]


_ADDRESSED: Final = frozenset({"addressed"})
_SILENT: Final[frozenset[str]] = frozenset()


def marks_of(views: Views, hits: Sequence[Hit]) -> AbstractSet[str]:
    """Names of what the lexicon, the forms of address and repetition say about a text.

    Of each category that is hit: that it is, how gravely, whether somebody must be meant, whether a letter
    was hidden, which letters stand right beside it, whether it is denied, how much else is said, and whether somebody,
    or the writer, is named; and every entry by itself. Repetition is counted as typed, since the fold takes most of it away.
    """
    folded = views.folded
    addressed = _ADDRESS.search(folded) is not None
    filled = _filled(views.raw)
    if not hits and not filled:
        return _ADDRESSED if addressed else _SILENT
    marks: set[str] = set()
    covered: dict[str, set[int]] = {}
    edged = f"{EDGE}{folded}{EDGE}"
    for hit in hits:
        marks |= _marks_of_hit(hit.entry, hit.masked)
        marks.update(_beside(edged, hit.start + 1, hit.end + 1, hit.entry.category))
        if _DENIED.match(folded, hit.end, hit.end + _DENIAL):
            marks.add(f"denied:{hit.entry.category}")
        covered.setdefault(hit.entry.category, set()).update(range(hit.start, hit.end))
    size = len(folded.strip(_NO_LETTERS))
    for category, places in covered.items():
        marks.add(f"rest:{category}:{bisect_left(_RESTS, size - len(places))}")
    own = _SELF.search(folded) is not None
    if addressed or own:
        beside = [mark for mark in marks if mark.startswith("hit:")]
        if addressed:
            marks.update(f"{mark}+addressed" for mark in beside)
        if own:
            marks.update(f"{mark}+self" for mark in beside)
    if addressed and not hits:
        marks |= _ADDRESSED
    if filled:
        marks.add(f"filled:{filled}")
    return marks


def _filled(raw: str) -> int:
    """How far a text repeats itself: 0 (as people talk) to 4, by how often each pair of letters stands in it."""
    if len(raw) < _SHORTEST_FILLED:
        return 0
    # Letters alone would do for kana and kanji; Latin has few, and pairs take ten times as long.
    # Of most texts the first half has more different letters than a filled one has in all.
    least = len(raw) // _FILLED[0]
    if len(set(raw[: len(raw) // 2 + 1])) > least or len(set(raw)) > least:
        return 0
    return bisect_right(_FILLED, len(raw) / (len(set(pairwise(raw))) or 1))


def _beside(edged: str, start: int, end: int, category: str) -> list[str]:
    """What is said of an expression, whichever it is: the letters right before and behind it."""
    marks: list[str] = []
    for size in range(1, _AROUND + 1):
        marks.append(f"before:{category}:{edged[max(0, start - size) : start]}")
        marks.append(f"behind:{category}:{edged[end : end + size]}")
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
        grams.update(_grams(f"{EDGE}{views.folded}{EDGE}"))
        marks.update(marks_of(views, lexicon.find(views)))
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
    found = {
        text[at : at + size] for size in range(1, LONGEST_GRAM + 1) for at in range(len(text) - size + 1)
    }
    return found - {EDGE}
