"""The passes of the fold, with offsets kept."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from classifiers.fold import rewrites, romaji
from classifiers.fold.folded import Folded
from classifiers.fold.tables import FOLD_TABLE, SEMI_VOICED, VOICED, fold_char

FOLD_VERSION: Final = "3"
"""Goes up whenever some text folds differently: stored beside everything a fold produced."""

_KATAKANA_TA: Final = frozenset("タﾀ夕")
_KATAKANA_HI: Final = frozenset("ヒﾋ")
_PLAIN: Final = re.compile("[a-zａ-ｚ]", re.IGNORECASE)
_DIGIT: Final = re.compile("[0-9]")
_SMALL: Final = re.compile("[ぁぃぅぉァィゥォｧｨｩｫ]")
_SMALL_VOWELS: Final = frozenset("ぁぃぅぇぉァィゥェォｧｨｩｪｫ")
_SMALL_E: Final = frozenset("ぇェｪ")


def fold(raw: str) -> Folded:
    """Fold a text of any content, in time linear in its length. Folding the result changes nothing.

    >>> fold("お前マジでﾀﾋ ねぇぇぇ").text
    'お前まじで死ね'
    >>> fold("し.ね").raw_span(0, 2)
    (0, 3)
    """
    text = raw.translate(FOLD_TABLE)
    drawn = _SMALL.search(raw) is not None
    if not drawn and not _is_hinted(text):
        return Folded(raw, text)
    work = _Work(raw, text)
    if rewrites.SPECIAL.search(text):
        work.settle_characters()
    if drawn:
        work.settle_drawl()
    work.settle_neighbours()
    return Folded(raw, work.text, work.starts, work.ends)


def _is_hinted(text: str) -> bool:
    """Whether something may have to be rewritten; three of four lines of a chat are through here."""
    for search in _HINTS:  # noqa: SIM110 -- any() takes longer than the searches
        if search(text) is not None:
            return True
    return False


_HINTS: Final = tuple(
    hint.search
    for hint in (
        rewrites.SPECIAL,
        rewrites.GAPS,
        rewrites.STRETCH_HINT,
        rewrites.LOOKALIKE_HINT,
        rewrites.TAHI,
        romaji.HINT,
    )
)


class _Work:
    """A text on its way, with the raw span of each of its characters."""

    __slots__ = ("ends", "raw", "starts", "text")

    def __init__(self, raw: str, text: str) -> None:
        self.raw = raw
        self.text = text
        self.starts: list[int] | None = None
        self.ends: list[int] | None = None

    def settle_characters(self) -> None:
        """Spell out what one character stands for, drop what leaves no trace, join voicing marks."""
        # Offsets are still those of the raw text here.
        self._rewrite(
            rewrites.EXPANDED, rewrites.EXPANDED.finditer, lambda match: fold_char(self.raw[match.start()])
        )
        self._rewrite(rewrites.DROPPED, rewrites.DROPPED.finditer, lambda _: "")
        self._rewrite(rewrites.MARKED, rewrites.MARKED.finditer, _joined)

    def settle_drawl(self) -> None:
        """Drop small vowels that only draw a letter out: where a text does so twice, or at its end.

        ねぇ stays where it stands alone: うるせぇ is a spelling of its own.
        """
        drawn = [match for match in rewrites.DRAWL.finditer(self.text) if self._is_small(match)]
        strong = [match for match in drawn if self._typed(match.start()) not in _SMALL_E]
        if len(strong) > 1:
            gone = {match.start() for match in drawn}
        else:
            gone = {match.start() for match in strong if rewrites.DRAWL_AT_END.match(self.text, match.end())}
        if gone:
            self._rewrite(
                rewrites.DRAWL_HINT,
                rewrites.DRAWL.finditer,
                lambda match: "" if match.start() in gone else match.group(),
            )

    def _is_small(self, match: re.Match[str]) -> bool:
        return all(self._typed(at) in _SMALL_VOWELS for at in range(match.start(), match.end()))

    def settle_neighbours(self) -> None:
        """Close gaps, shorten what is drawn out, read look-alikes; again while one makes way for another.

        Every round but the last shortens the text or takes away a look-alike, so it ends; each round
        leaves runs at most a third as long, so the rounds together stay linear.
        """
        while (
            self._rewrite(rewrites.GAPS, rewrites.GAPS.finditer, rewrites.gap)
            | self._rewrite(rewrites.STRETCH_HINT, rewrites.STRETCHED.finditer, _first)
            | self._rewrite(rewrites.LOOKALIKE_HINT, rewrites.lookalikes, _lookalike)
            | self._rewrite(rewrites.TAHI, rewrites.TAHI.finditer, self._tahi)
            | self._read_romaji()
        ):
            pass

    def _read_romaji(self) -> bool:
        """Kana where Japanese was written in Latin letters."""
        if romaji.HINT.search(self.text) is None:
            return False
        words = romaji.WORD.finditer(self.text)
        kana = romaji.readings(
            self.text, {word.group() for word in words if self._is_disguised(*word.span())}
        )
        if not kana:
            return False
        return self._rewrite(
            romaji.HINT, romaji.WORD.finditer, lambda match: kana.get(match.group(), match.group())
        )

    def _is_disguised(self, start: int, end: int) -> bool:
        """Latin letters typed apart, with a digit for one, or all in a dress (ⓢⓗⓘⓝⓔ); full width is ordinary typing."""
        if (
            self.starts is not None
            and self.ends is not None
            and self.ends[end - 1] - self.starts[start] > end - start
        ):
            return True
        typed = "".join(map(self._typed, range(start, end)))
        return _DIGIT.search(typed) is not None or _PLAIN.search(typed) is None

    def _tahi(self, match: re.Match[str]) -> str:
        """死 where タヒ was written in katakana and is no part of a longer katakana word."""
        at = match.start()
        first, second = self._typed(at), self._typed(at + 1)
        if first not in _KATAKANA_TA or second not in _KATAKANA_HI:
            return match.group()
        if _is_katakana(self._typed(at - 1)) or _is_katakana(self._typed(at + 2), but="ネﾈンﾝルﾙヌﾇ"):
            return match.group()
        return "死"

    def _typed(self, at: int) -> str:
        """The first raw character of the one at this offset; "" outside."""
        if not 0 <= at < len(self.text):
            return ""
        return self.raw[at if self.starts is None else self.starts[at]]

    def _rewrite(
        self,
        hint: re.Pattern[str],
        matches: Callable[[str], Iterable[re.Match[str]]],
        result: Callable[[re.Match[str]], str],
    ) -> bool:
        """Replace every match; each new character covers the raw span of the whole match."""
        text = self.text
        if hint.search(text) is None:
            return False
        changes = [
            (match.start(), match.end(), new)
            for match in matches(text)
            if (new := result(match)) != match.group()
        ]
        if not changes:
            return False
        if self.starts is None or self.ends is None:
            old_starts, old_ends = list(range(len(text))), list(range(1, len(text) + 1))
        else:
            old_starts, old_ends = self.starts, self.ends
        at = 0
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for begin, end, new in changes:
            pieces += (text[at:begin], new)
            starts += old_starts[at:begin]
            ends += old_ends[at:begin]
            starts += [old_starts[begin]] * len(new)
            ends += [old_ends[end - 1]] * len(new)
            at = end
        pieces.append(text[at:])
        self.starts, self.ends = starts + old_starts[at:], ends + old_ends[at:]
        self.text = "".join(pieces)
        return True


def _first(match: re.Match[str]) -> str:
    return match.group()[0]


def _lookalike(match: re.Match[str]) -> str:
    return rewrites.LOOKALIKE_RESULT[str(match.lastgroup)]


def _joined(match: re.Match[str]) -> str:
    """A letter and the voicing marks after it. Marks that nothing can carry vanish."""
    found = match.group()
    base = "" if found[0] in (VOICED, SEMI_VOICED) else found[0]
    if not base:
        return ""
    both = unicodedata.normalize("NFC", base + found[1])
    return both if len(both) == 1 else base


def _is_katakana(char: str, *, but: str = "") -> bool:
    return bool(char) and char not in but and ("ァ" <= char <= "ヺ" or "ｦ" <= char <= "ﾝ" or char in "ーｰ")
