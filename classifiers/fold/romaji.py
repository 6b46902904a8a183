"""Japanese written in Latin letters, read as kana: baka ha kaere, kimoi, shi ne."""

import re
from collections.abc import Set as AbstractSet
from typing import Final

_VOWELS: Final = "aiueo"
_ROWS: Final = {
    "": "あいうえお", "k": "かきくけこ", "g": "がぎぐげご", "s": "さしすせそ", "z": "ざじずぜぞ", "t": "たちつてと",
    "d": "だぢづでど", "n": "なにぬねの", "h": "はひふへほ", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ", "m": "まみむめも",
    "r": "らりるれろ",
}  # fmt: skip
_GLIDES: Final = {"a": "や", "u": "ゆ", "o": "よ"}
_SYLLABLES: Final = {
    **{row + vowel: kana[at] for row, kana in _ROWS.items() for at, vowel in enumerate(_VOWELS)},
    **{f"{row}y{vowel}": kana[1] + glide for row, kana in _ROWS.items() if row for vowel, glide in _GLIDES.items()},
    **{head + vowel: kana + glide for head, kana in (("sh", "し"), ("ch", "ち"), ("j", "じ"), ("jy", "じ")) for vowel, glide in _GLIDES.items()},
    "ya": "や", "yu": "ゆ", "yo": "よ", "wa": "わ", "wo": "を", "shi": "し", "chi": "ち", "tsu": "つ", "fu": "ふ", "ji": "じ",
}  # fmt: skip
_CLOSED: Final = r"(?P<double>([kgsztdbpmr])(?=\2)|t(?=ch))|(?P<nasal>n(?:'|n(?![aiueoy])|(?![aiueoy])))"
_PIECE: Final = re.compile(_CLOSED + "|" + "|".join(sorted(_SYLLABLES, key=len, reverse=True)))
WORD: Final = re.compile(r"(?<![a-z0-9@#/._:-])[a-z]{2,}(?![a-z0-9]|[./@:_-][a-z0-9])")
HINT: Final = re.compile("[a-z][a-z]")
_ALONE: Final = 3
"""Letters a word needs to be read as kana with no other beside it."""

_OTHER: Final = frozenset(
    """
    again age ago amazon an anime are area arena asia auto ban base bason bean been beta bite bone boob booze
    button china dame data date demo den dude en even fan game gate gen go gone goo gun hate he hen here hero hi hide
    home hoe house i image in iran japan jeans join june kakao kite kusa line made main make mage man mana mare mate
    me mean memo men menu meta mine mini mode mon moon more mono mouse mute name nine no noise node none noon nose
    note nude oasis ok on one open opera pain pan pause page panda pen pie pin pine pizza pose potato radio rage rain
    ran rare rate rein ride rise robot rose rude run rune safe sage same sane sea see seen sense shade shame shape
    share shine shoe shone shore side sign sin site so soda sone some someone son soon sure sun sunshine tame tea teen ten the
    tie time tin to toe tone ton too tube tune use user wan wine won yen yoga you zero zone do be by pure race hope
    dope rope tape take woke joke poke bake nike mike bike hike hire tire dire sire bare dare bore tore sore
    youtube bio rape die nigga izi gif pogo bingo
    idea manga shota amen omen token siren union onion region reason season bonus minus menus genius
    """.split()  # noqa: SIM905 -- a list would be 200 lines
)
"""Words of other languages, names and shorthand that could be read as kana too."""


def kana_of(word: str) -> str:
    """A word of Latin letters as folded kana; empty where it cannot be read so."""
    out: list[str] = []
    at = 0
    while at < len(word):
        found = _PIECE.match(word, at)
        if found is None or (found["double"] and at == 0):
            return ""
        out.append("つ" if found["double"] else "ん" if found["nasal"] else _SYLLABLES[found.group()])
        at = found.end()
    return "".join(out)


def readings(text: str, disguised: AbstractSet[str] = frozenset()) -> dict[str, str]:
    """The words of a folded text that are Japanese in Latin letters, with their kana.

    A word that could be either (shine) is Japanese where every word beside it is, and most are plainly so; or where
    it is one of ``disguised``, typed as nobody writes an innocent word (s h i n e, ⓢⓗⓘⓝⓔ).
    """
    words = {word: kana_of(word) for word in WORD.findall(text)}
    plain = {word: kana for word, kana in words.items() if kana and (word not in _OTHER or word in disguised)}
    foreign = sum(not kana for kana in words.values())
    doubtful = len(words) - len(plain) - foreign
    if not plain or foreign > len(plain):
        return {}
    if len(words) == 1:
        return {word: kana for word, kana in plain.items() if len(word) >= _ALONE}
    if not foreign and doubtful <= len(plain):
        return {word: kana for word, kana in words.items() if kana}
    return {word: kana for word, kana in plain.items() if len(word) > _ALONE}
