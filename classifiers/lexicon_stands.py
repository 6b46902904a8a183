"""Whether what was found in a text is the expression, and not a piece of something else."""

from typing import Final

from classifiers.lexicon_needles import EXACT, WORD
from classifiers.views import Views

_AROUND: Final = " w草笑。、!?ー…・~"
"""What may stand around an expression that is the whole message."""


def stands(views: Views, start: int, end: int, kind: str) -> bool:
    """Judge one place for a kind of needle. Words are looked up only where the letters themselves do not tell.

    Romaji must stand as a word, since shine is in sunshine.
    """
    text = views.folded
    if (
        _is_alphanumeric(text, start)
        and text[start:end].isascii()
        and (_is_alphanumeric(text, start - 1) or _is_alphanumeric(text, end))
    ):
        return False
    if kind == EXACT:
        return not text[:start].strip(_AROUND) and not text[end:].strip(_AROUND)
    if kind != WORD:
        return True
    wide = views.text("tokens")
    if _is_own_run(wide, start, end, "ァ", "ー") or (
        end - start > 1 and _is_own_run(wide, start, end, "一", "鿿")
    ):
        return True
    return _is_words(views, start, end)


def _is_alphanumeric(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()


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
    words = views.words
    first = next((at for at, word in enumerate(words) if word.start >= start), len(words))
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
