"""Named views of one text: folded at once, the others made when they are first asked for."""

from functools import cached_property
from itertools import accumulate
from typing import Any, Final

from classifiers.fold import Folded, fold
from classifiers.fold.tables import HIRAGANA
from classifiers.tokens import Token, Word, tokens_of, words_of

VIEW_NAMES: Final = ("raw", "folded", "reading", "tokens")


class Views:
    """One text as typed, folded, as words, and as it is read aloud. Any content is fine; never changes.

    ``memory`` is for whoever works something out of a text and is asked again, by who it is.

    Token offsets are offsets into ``folded``. The view ``tokens`` is the folded text with katakana and
    small kana kept: the same length, the same offsets.
    """

    def __init__(self, raw: str) -> None:
        self.raw: Final = raw
        self.memory: Final[dict[object, Any]] = {}
        self.folding: Final[Folded] = fold(raw)
        self.folded: Final = self.folding.text

    @cached_property
    def words(self) -> list[Word]:
        """The words of the folded text, read with katakana and small kana kept."""
        return words_of(self.folding.wide)

    @cached_property
    def words_in_hiragana(self) -> list[Word]:
        """The same with katakana read as hiragana: a sentence typed in katakana is one unknown word otherwise."""
        return words_of(self.folding.wide.translate(HIRAGANA))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The same words as a rule or a report wants them."""
        return tokens_of(self.words)

    @cached_property
    def reading(self) -> str:
        """The words' readings in hiragana, joined."""
        return "".join(token.reading for token in self.tokens)

    def text(self, view: str) -> str:
        """One view by name. Raises ValueError for an unknown name."""
        if view == "raw":
            return self.raw
        if view == "folded":
            return self.folded
        if view == "reading":
            return self.reading
        if view == "tokens":
            return self.folding.wide
        raise ValueError(f"no view {view!r}; there are {', '.join(VIEW_NAMES)}")

    def raw_span(self, view: str, start: int, end: int) -> tuple[int, int]:
        """Where the non-empty slice of a view stands in the text as typed. Raises ValueError if outside.

        A slice of ``reading`` leads to whole words, since a reading cannot be cut letter by letter.
        """
        size = len(self.text(view))
        if not 0 <= start < end <= size:
            raise ValueError(f"need 0 <= start < end <= {size} in view {view!r}, got {start}..{end}")
        if view == "raw":
            return start, end
        if view == "reading":
            edges = self._reading_edges
            inside = [
                token
                for token, low, high in zip(self.tokens, edges, edges[1:], strict=False)
                if low < end and start < high
            ]
            start, end = inside[0].start, inside[-1].end
        return self.folding.raw_span(start, end)

    def token_bounds(self, view: str) -> frozenset[int]:
        """Offsets of a view at which a word begins or ends."""
        if view == "reading":
            return frozenset(self._reading_edges)
        if view != "raw":
            return frozenset({0} | {offset for word in self.words for offset in word[:2]})
        spans = [self.folding.raw_span(word.start, word.end) for word in self.words]
        return frozenset({0} | {offset for span in spans for offset in span})

    @cached_property
    def _reading_edges(self) -> tuple[int, ...]:
        return (0, *accumulate(len(token.reading) for token in self.tokens))
