"""What characters become because of what stands beside them.

Patterns read text that FOLD_TABLE has been through. They are linear: classes, look-around of one or
two characters, no nested repeats.
"""

import re
from collections.abc import Iterator
from typing import Final

from classifiers.fold.tables import DROP, EXPAND, SEMI_VOICED, VOICED

_KANJI: Final = "々㐀-䶿一-鿿豈-﫿"
_JAPANESE: Final = f"ぁ-ゖゔー○{_KANJI}"
_LOOSE: Final = r"._\-/|・'\"^+=:;\\<>☆★♪"
_STOPS: Final = "。、"
_END: Final = r"(?=$|[よやだどがwか。、!? ])"
"""A word has ended, or goes on with a particle or a laugh."""

SPECIAL: Final = re.compile(f"[{DROP}{EXPAND}{VOICED}{SEMI_VOICED}]")
"""The patterns named HINT are cheap to search, and true of every text that the dear one would change."""
DROPPED: Final = re.compile(f"{DROP}+")
EXPANDED: Final = re.compile(EXPAND)
MARKED: Final = re.compile(f".?[{VOICED}{SEMI_VOICED}]+", re.DOTALL)

_GAP: Final = f"[ {_LOOSE}{_STOPS}]"
_WORD_END: Final = "[ぁ-ゖ一-鿿ゔー○々㐀-䶿]{2}"
GAPS: Final = re.compile(
    # Whole runs. Their first letter is tried first, since one letter is found quicker than what surrounds it.
    f"{_GAP}(?<!{_GAP}{_GAP})(?!(?<={_WORD_END}[{_STOPS}])[{_STOPS}]*+{_WORD_END}){_GAP}*"
)
"""Runs of separators, but for the commas and full stops between two words, which stay."""


def gap(match: re.Match[str]) -> str:
    """What is left of a run of separators: nothing where it only hides a word.

    Between Japanese letters it goes (し.ね, 死 ね); stops go only beside a lone letter (し、ね), since
    必死。ねむい is two thoughts. Between single Latin letters it goes too (s h i n e).
    """
    text, found = match.string, match.group()
    begin, end = match.span()
    left = text[begin - 1] if begin else ""
    right = text[end] if end < len(text) else ""
    stops = "。" in found or "、" in found
    if _is_japanese(left) and _is_japanese(right):
        alone = begin == 1 or not _is_japanese(text[begin - 2])
        alone = alone or end + 1 == len(text) or not _is_japanese(text[end + 1])
        return found.replace(" ", "") if stops and not alone else ""
    if (
        not stops
        and _spells(left, right)
        and not (begin > 1 and _is_latin_or_digit(text[begin - 2]))
        and not (end + 1 < len(text) and _is_latin_or_digit(text[end + 1]))
    ):
        return ""
    if " " not in found:
        return found
    found = _BLANKS.sub(" ", found)
    found = found if left else found.lstrip(" ")
    return found if right else found.rstrip(" ")


_BLANKS: Final = re.compile(" +")


def _is_japanese(char: str) -> bool:
    return "ぁ" <= char <= "ゖ" or "一" <= char <= "鿿" or char in _OTHER_JAPANESE or "㐀" <= char <= "䶿"


_OTHER_JAPANESE: Final = frozenset("ゔー○々")


def _spells(left: str, right: str) -> bool:
    """Two letters, or a letter and the digit in its place (l 1 n e)."""
    return (_is_latin(left) and _is_latin_or_digit(right)) or (_is_latin(right) and _is_latin_or_digit(left))


def _is_latin(char: str) -> bool:
    return "a" <= char <= "z"


def _is_latin_or_digit(char: str) -> bool:
    return _is_latin(char) or "0" <= char <= "9"


_ROWS: Final = {
    "あ": "あかがさざただなはばぱまやらわ",
    "い": "いきぎしじちぢにひびぴみり",
    "う": "うくぐすずつづぬふぶぷむゆるゔ",
    "え": "えけげせぜてでねへべぺめれ",
    "お": "おこごそぞとどのほぼぽもよろを",
}
STRETCH_HINT: Final = re.compile(
    f"[あいうえおーつ](?:{'|'.join(f'(?<=[{vowel}ー])[{vowel}ー]' for vowel in _ROWS)}|(?<=つ)つ)"
    r"|([^0-9])\1\1"
)
STRETCHED: Final = re.compile(
    "|".join(f"[{row}][{vowel}ー]{{2,}}" for vowel, row in _ROWS.items())
    + r"|つつ+|ーー+|(?P<same>[^0-9])(?P=same){2,}",
)
"""Drawn out or repeated: keeps the first character. One long vowel stays, for しねえ may be しない."""

DRAWL_HINT: Final = re.compile("[あいうえお]")
DRAWL: Final = re.compile("|".join(f"(?<=[{row}]){vowel}+" for vowel, row in _ROWS.items()))
DRAWL_AT_END: Final = re.compile("[。、!?wー笑♡♪~ ]*$")
"""A small vowel after its own row (しぃねぇよぉ); whether it was typed small is asked of the raw text."""

_ALONE: Final = rf"(?:(?<![{_KANJI}])|(?<=[前奴等共達様早今]))"
"""No kanji before, unless it is one that ends a way of addressing: 彼氏ね is not お前氏ね."""
_OPENS: Final = r"(?:^|(?<=[はがをら前奴等達。、! ]))"

_LOOKALIKES: Final = (
    (rf"{_ALONE}氏(?=ね(?!え)|んで|ぬ|にたい)", "死"),
    (rf"{_OPENS}市(?=ね(?!え)|んで(?!る))", "死"),
    (rf"{_OPENS}4(?=ね{_END})", "死"),
    (r"(?<![0-9.])564(?=て|たい|ます|にき)", "殺し"),
    (r"(?<![0-9.])56(?=す(?![ぎご])|し(?:て|た(?!か)|に|ま|ち)|さ(?:れ|な|ぬ)|せ|そう)", "殺"),
    (rf"(?<![{_KANJI}])木又(?=す|し[てたにまち]|さ[れなぬ]|せ|そう|る|意)", "殺"),
    (rf"(?<![{_KANJI}])工[口ろ](?![{_KANJI}])", "えろ"),
    (r"ば力", "ばか"),
    (r"(?<![ぁ-ゖ])ぶ夕(?![ご一-鿿])", "ぶた"),
    (rf"(?<![{_KANJI}])力す{_END}", "かす"),
    (r"歹[ひ匕七]", "死"),
    (r"(?<=ご)三(?![0-9一-鿿])", "み"),
    (rf"(?<=[退場罪死去職殺滅禁])汁{_END}", "しろ"),
    (r"頃(?=す[ぞわ]|して(?:やる|くれ|ほし)|したい|され)", "殺"),
    (r"(?<=[a-z])1(?=[a-z])", "i"),
    (r"(?<=[a-z])0(?=[a-z])", "o"),
    (r"(?<=[a-z])3(?=[a-z])", "e"),
    (r"(?<=[a-z])4(?=[a-z])", "a"),
    (r"[💀☠⚰🪦](?=ね(?!え)|んで|ぬ|にたい|に晒せ|にさらせ)", "死"),
    (r"[🔪🔫🗡](?=す|し[てたにまち]|さ[れなぬ]|せ|そう)", "殺"),
    (r"ι(?=ね)", "し"),
    (rf"(?<=[{_JAPANESE}])x{{1,2}}(?=$|[{_JAPANESE}!?。、 w])", "○"),
)
LOOKALIKE_HINT: Final = re.compile("[氏市01345木工力夕ιx歹三汁頃💀☠⚰🪦🔪🔫🗡]")
LOOKALIKE: Final = re.compile("|".join(f"(?P<r{i}>{pattern})" for i, (pattern, _) in enumerate(_LOOKALIKES)))
_LOOKALIKE_BEGINS: Final = re.compile(LOOKALIKE_HINT.pattern.replace("力夕", "力夕ばぶ"))
LOOKALIKE_RESULT: Final = {f"r{i}": result for i, (_, result) in enumerate(_LOOKALIKES)}
"""Readings, shapes and pictures that stand for a letter: 氏ね 56す 木又す 工口 💀ね."""

TAHI: Final = re.compile("[た夕]ひ")
"""タヒ is 死 drawn with two katakana; whether it was katakana is asked of the raw text (タヒチ is an island)."""


def lookalikes(text: str) -> Iterator[re.Match[str]]:
    """``LOOKALIKE.finditer``, tried only where one may begin: a fifth of the time."""
    end = 0
    for begun in _LOOKALIKE_BEGINS.finditer(text):
        found = LOOKALIKE.match(text, begun.start()) if begun.start() >= end else None
        if found is not None:
            end = found.end()
            yield found
