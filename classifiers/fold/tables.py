"""What one code point becomes, whatever stands beside it."""

import unicodedata
from typing import Final

MASK: Final = "○"
"""One hidden letter. The lexicon says which letter it may stand for."""

DROP: Final = "\ufdd0"
"""Marks a character that leaves no trace (zero width, control). A noncharacter, so no text holds it."""
EXPAND: Final = "\ufdd2"
"""Marks a character that becomes several (㍍). A noncharacter likewise."""
VOICED: Final = "\u3099"
SEMI_VOICED: Final = "\u309a"
UNKNOWN: Final = "\ufffd"

_MASKS = "○〇●◯◎◉⚪⚫⭕❌✕✖×＊*∗✱⊗"
_STRETCHES = "ー〜~∼～─━―—–〰"
_SMALL_KANA = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_INVISIBLE = "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u180e"
_CONFUSABLE = str.maketrans("аеорсухіѕјӏԁոο", "aeopcyxisjldno")

# Written here because NFKC would give a space and a mark, or three dots where one says the same.
_FIXED = {
    **dict.fromkeys(_MASKS, MASK),
    **dict.fromkeys(_STRETCHES, "ー"),
    **dict.fromkeys("゛ﾞ\u3099", VOICED),
    **dict.fromkeys("゜ﾟ\u309a", SEMI_VOICED),
    **dict.fromkeys("…‥⋯。｡．", "。"),
    **dict.fromkeys("，､", "、"),
    **dict.fromkeys("´｀`‘’＇", "'"),
    **dict.fromkeys("“”＂", '"'),
    **dict.fromkeys("･·•‧∙⋅", "・"),
    **dict.fromkeys(_INVISIBLE, ""),
}


def _simplify(text: str) -> str:
    """One round of: compatibility form, lower case, bare letters, hiragana, full-size kana."""
    out: list[str] = []
    for char in unicodedata.normalize("NFKC", text).lower():
        if char in _FIXED:
            out.append(_FIXED[char])
            continue
        if "ァ" <= char <= "ヶ":
            out.append(chr(ord(char) - ord("ァ") + ord("ぁ")))
        elif "🅰" <= char <= "🆉":  # squared Latin letters have no compatibility form
            out.append(chr(ord(char) - ord("🅰") + ord("a")))
        elif "🇦" <= char <= "🇿":  # regional indicators, likewise
            out.append(chr(ord(char) - ord("🇦") + ord("a")))
        elif char.isspace():
            out.append(" ")
        elif "\ud800" <= char <= "\udfff" or "\ufdd0" <= char <= "\ufdef":
            out.append(UNKNOWN)
        elif unicodedata.category(char) in {"Cc", "Cf", "Mn", "Me"}:
            continue
        else:
            base = unicodedata.normalize("NFD", char)[0]
            out.append(base if base.isascii() else char)
    return "".join(out).translate(_SMALL_KANA).translate(_CONFUSABLE)


def fold_char(char: str) -> str:
    """What one character becomes by itself: nothing, one character, or several.

    Folding the result again changes nothing.
    """
    if char in _FIXED:
        return _FIXED[char]
    before, after = char, _simplify(char)
    while after != before:
        before, after = after, _simplify(after)
    if len(after) > 1:  # ㌫ and its kin; the blank that NFKC puts under a lone accent says nothing
        after = after.replace(" ", "")
    return after


class FoldTable(dict[int, str]):
    """For ``str.translate``: one character for one, so that offsets stay.

    What vanishes or grows is marked DROP or EXPAND and dealt with where offsets are kept. Learnt as
    characters come; the bound keeps a hostile stream of rare characters from filling the memory.
    """

    _LIMIT = 50_000

    def __missing__(self, code: int) -> str:
        folded = fold_char(chr(code))
        one = DROP if not folded else folded if len(folded) == 1 else EXPAND
        if len(self) < self._LIMIT:
            self[code] = one
        return one


FOLD_TABLE: Final = FoldTable()


HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
"""Katakana read as hiragana, small kana kept."""
TO_HIRAGANA: Final = HIRAGANA | str.maketrans(
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ", "あいうえおつやゆよわかけあいうえおつやゆよわかけ"
)


class WideTable(FoldTable):
    """Like FoldTable, but keeps katakana and small kana, which tell a tokenizer where words end."""

    def __missing__(self, code: int) -> str:
        folded = FOLD_TABLE[code]
        wide = unicodedata.normalize("NFKC", chr(code)).lower()
        one = wide if len(wide) == 1 and wide.translate(TO_HIRAGANA) == folded else folded
        if len(self) < self._LIMIT:
            self[code] = one
        return one


WIDE_TABLE: Final = WideTable()
