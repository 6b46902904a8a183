"""Words of a text, by fugashi with unidic-lite. The dictionary is loaded once a process, at first use."""

import threading
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from classifiers.fold.tables import TO_HIRAGANA

DICTIONARY_VERSION: Final = f"unidic-lite-{version('unidic-lite')}"

_FINITE = ("終止形", "連体形")
_FUNCTION_WORDS = frozenset(("助詞", "助動詞"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
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

    @property
    def is_function_word(self) -> bool:
        return self.pos in _FUNCTION_WORDS


_tagging = threading.Lock()  # a MeCab tagger keeps the sentence it is reading


def tokenise(text: str) -> tuple[Token, ...]:
    """The words of a text of any content, in order; blanks stand between them."""
    tokens: list[Token] = []
    at = 0
    with _tagging:
        for word in _tagger()(text.replace("\x00", "\ufffd")):
            surface = word.surface
            start = at + len(word.white_space)
            at = start + len(surface)
            feature = word.feature
            tokens.append(
                Token(
                    surface=surface,
                    lemma=feature.lemma or surface,
                    reading=(feature.kana or surface).translate(TO_HIRAGANA),
                    pos=feature.pos1,
                    start=start,
                    end=at,
                    finite=(feature.cForm or "").startswith(_FINITE),
                )
            )
    return tuple(tokens)


@cache
def _tagger() -> Any:
    import fugashi  # noqa: PLC0415 -- 40 ms and 20 MB that most messages never need
    import unidic_lite  # noqa: PLC0415

    return fugashi.Tagger(f'-d "{unidic_lite.DICDIR}" -r "{unidic_lite.DICDIR}/mecabrc"')
