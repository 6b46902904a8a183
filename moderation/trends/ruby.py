"""ふりがな: readings above kanji, for young readers; as HTML that Markdown lets through."""

from html import escape
from itertools import takewhile

from classifiers.tokens import words_of

_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def with_ruby(text: str) -> str:
    """A text with the reading of each word that has kanji.

    A word's kana stand outside: 広がる becomes 広 with ひろ above it, and がる. Numbers and words whose
    reading the dictionary does not know stay as they are. Everything else is escaped for HTML.

    >>> with_ruby("心が痛む")
    '<ruby>心<rt>こころ</rt></ruby>が<ruby>痛<rt>いた</rt></ruby>む'
    """
    pieces: list[str] = []
    end = 0
    for word in words_of(text):
        pieces.append(escape(text[end : word.start]))
        pieces.append(_word(word.surface, word.katakana.translate(_TO_HIRAGANA)))
        end = word.end
    return "".join(pieces) + escape(text[end:])


def _word(surface: str, reading: str) -> str:
    if not any(map(_is_kanji, surface)) or not all(map(_is_kana, reading)):
        return escape(surface)
    plain = surface.translate(_TO_HIRAGANA)
    before = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(plain, reading, strict=False))))
    after = 0
    while (
        after < len(plain) - before
        and plain[-1 - after] == reading[-1 - after]
        and _is_kana(plain[-1 - after])
    ):
        after += 1
    cut, read = len(surface) - after, len(reading) - after
    core, kana = surface[before:cut], reading[before:read]
    if not core or not kana:
        return escape(surface)
    return f"{escape(surface[:before])}<ruby>{escape(core)}<rt>{kana}</rt></ruby>{escape(surface[cut:])}"


def _is_kanji(char: str) -> bool:
    return "一" <= char <= "龯" or char in "々ヶ"


def _is_kana(char: str) -> bool:
    return "ぁ" <= char <= "ゖ" or char == "ー"
