"""Words of a text, by fugashi with unidic-lite. The dictionary is loaded once a process, at first use."""

import re
import threading
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, Final, NamedTuple

from classifiers.fold.tables import TO_HIRAGANA

DICTIONARY_VERSION: Final = f"unidic-lite-{version('unidic-lite')}"

_FINITE = ("終止形", "連体形")
_FUNCTION_WORDS = frozenset(("助詞", "助動詞"))
_UNPRINTABLE = {0: "\ufffd", 9: " ", 10: " ", 13: " "}  # what delimits MeCab's answer; one for one
_IS_UNPRINTABLE = re.compile("[\0\t\n\r]")


class Token(NamedTuple):
    """One word. Offsets are those of the text that was tokenised.

    Attributes:
        lemma: Dictionary form; the surface where the word is unknown.
        reading: Hiragana; the surface in hiragana where the word is unknown.
        pos: Part of speech, first level: 名詞, 動詞, 助詞 ...
        finite: An inflected word that can end a sentence (眠い, but not 眠く).
    """

    surface: str
    lemma: str
    reading: str
    pos: str
    start: int
    end: int
    finite: bool = False


_tagging = threading.Lock()  # a MeCab tagger keeps the sentence it is reading


class Word(NamedTuple):
    """Where one word stands; what the dictionary says of it is read when asked for: few words ever are."""

    start: int
    end: int
    said: str

    @property
    def surface(self) -> str:
        """The word as it stands."""
        return self.said.split("\t")[4]

    @property
    def katakana(self) -> str:
        """Its reading; empty where the word is unknown."""
        return self.said.split("\t")[3]

    @property
    def finite(self) -> bool:
        """Whether it can end a sentence."""
        return self.said.split("\t", 2)[1].startswith(_FINITE)

    @property
    def is_function_word(self) -> bool:
        """A particle or an auxiliary: it binds other words and says nothing itself."""
        return self.said.split("\t", 1)[0] in _FUNCTION_WORDS


def tokenise(text: str) -> tuple[Token, ...]:
    """The words of a text of any content, in order; blanks stand between them."""
    return tokens_of(words_of(text))


def tokens_of(words: Sequence[Word]) -> tuple[Token, ...]:
    """The same words, whole."""
    tokens: list[Token] = []
    for word in words:
        pos, form, lemma, katakana, surface = word.said.split("\t")
        reading = (katakana or surface).translate(TO_HIRAGANA)
        tokens.append(
            Token(surface, lemma or surface, reading, pos, word.start, word.end, form.startswith(_FINITE))
        )
    return tuple(tokens)


def words_of(text: str) -> list[Word]:
    """The words of a text of any content, in order; ``katakana`` is empty where one is unknown."""
    if _IS_UNPRINTABLE.search(text):  # this look takes a tenth of what `translate` does
        text = text.translate(_UNPRINTABLE)
    with _tagging:
        answer = _tagger().parse(text.encode("utf-8", "replace").decode())
    end = 0
    words: list[Word] = []
    for said in answer.split("\n"):
        if said:
            surface = said[said.rindex("\t") + 1 :]
            start = text.find(surface, end)
            if start < 0:  # a lone surrogate, which MeCab cannot be shown
                start = end
            end = start + len(surface)
            words.append(Word(start, end, said))
    return words


@cache
def _tagger() -> Any:
    import fugashi  # noqa: PLC0415 -- 40 ms and 20 MB that most messages never need
    import unidic_lite  # noqa: PLC0415

    # One string from one call is a third of the time of asking each word for its features.
    return fugashi.Tagger(
        f'-O "" -d "{unidic_lite.DICDIR}" -r "{unidic_lite.DICDIR}/mecabrc" '
        r"-F%f[0]\\t%f[5]\\t%f[7]\\t%f[17]\\t%m\\n -U%f[0]\\t\\t\\t\\t%m\\n "
        r'-E ""'
    )
