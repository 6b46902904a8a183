"""Whether what was found in a text is the expression, and not a piece of something else."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from operator import itemgetter
from typing import Final

from classifiers.fold import MASK
from classifiers.lexicon_needles import EXACT, RUN, WORD
from classifiers.tokens import Word
from classifiers.views import Views

_AROUND: Final = " w草笑。、!?ー…・~"
"""What may stand around an expression that is the whole message."""
_START: Final = itemgetter(0)
_DRAWN: Final = "ー"
_HIRAGANA: Final = re.compile("[ぁ-ゖ]")
_SENTENCE: Final = 5
"""Letters from which on unknown katakana may be a sentence; what is shorter is a name."""


def stands(views: Views, start: int, end: int, kind: str) -> bool:
    """Judge one place for a kind of needle. Words are looked up only where the letters themselves do not tell.

    Latin letters and digits must not go on beyond it, since shine is in sunshine and お前sn in お前sns.
    """
    text = views.folded
    if _is_cut(text, start) or _is_cut(text, end):
        return False
    if kind == RUN:
        before = max(0, start - 1)
        near = views.text("tokens")[before : end + 1].replace(MASK, "ー")
        return _is_own_run(near, start - before, end - before, "ァ", "ー")
    if kind == EXACT:
        return not text[:start].strip(_AROUND) and not text[end:].strip(_AROUND)
    if kind != WORD:
        return True
    wide = views.text("tokens")
    while text[end : end + 1] == _DRAWN:  # キモー
        end += 1
    if _is_own_run(wide, start, end, "ァ", "ー") or (
        end - start > 1 and _is_own_run(wide, start, end, "一", "鿿")
    ):
        return True
    return _is_words(views, start, end)


def _is_cut(text: str, at: int) -> bool:
    return 0 < at < len(text) and _is_alphanumeric(text[at - 1]) and _is_alphanumeric(text[at])


def _is_alphanumeric(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_own_run(text: str, start: int, end: int, low: str, high: str) -> bool:
    """A word in katakana or kanji between other letters needs no dictionary: the script changes at its ends."""
    return (
        low <= min(text[start:end])
        and max(text[start:end]) <= high
        and not (start and low <= text[start - 1] <= high)
        and not (end < len(text) and low <= text[end] <= high)
    )


def _is_words(views: Views, start: int, end: int) -> bool:
    """It begins and ends where words do, and is no particle.

    し and ね after a word that can end a sentence are particles (眠いしね); after others, a command.
    """
    return _are_words(views.words, start, end) or (
        _is_written_in_katakana(views, start, end) and _are_words(views.words_in_hiragana, start, end)
    )


def _is_written_in_katakana(views: Views, start: int, end: int) -> bool:
    """A whole sentence in katakana (バカジャネーノ): the dictionary knows no word there, and no other kana is used."""
    words = views.words
    here = words[max(0, _first_from(words, start + 1) - 1)]
    return (
        end <= here.end
        and not here.katakana
        and here.end - here.start >= _SENTENCE
        and _HIRAGANA.search(views.folding.wide) is None
    )


def _are_words(words: Sequence[Word], start: int, end: int) -> bool:
    first = _first_from(words, start)
    if first == len(words) or words[first].start != start:
        return False
    last = first
    while words[last].end < end and last + 1 < len(words):
        last += 1
    if words[last].end != end:
        return False
    if not all(word.is_function_word for word in words[first : last + 1]):
        return True
    return not (first and words[first - 1].end == start and words[first - 1].finite)


def _first_from(words: Sequence[Word], start: int) -> int:
    return bisect_left(words, start, key=_START)
