"""Chat text for people: what detectors found is marked and veiled, what hides is made visible."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup, escape

from moderation.taxonomy import Category

_SHORT = {
    "\u00ad": "SHY",
    "\u034f": "CGJ",
    "\u061c": "ALM",
    "\u115f": "HCF",
    "\u1160": "HJF",
    "\u180e": "MVS",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u3164": "HF",
    "\ufeff": "BOM",
    "\uffa0": "HHF",
}
VEILED = frozenset({Category.INSULT, Category.IDENTITY_HATE, Category.SEXUAL_HARASSMENT, Category.PROFANITY})
"""Categories whose very words weigh on whoever reads hundreds of them a day. A threat, a telephone
number or a cry for help has to be read to be decided."""

_JOINER = "\u200d"
_VEIL = "〇"
_MOST_VEIL = 12
_MOST_MARKS_ON_ONE = 3
"""Combining marks shown on one letter; more would paint over the lines around."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A span of a text, half-open, in code points.

    ``ref`` is the id of its reason on the page; ``veil`` hides the words until someone asks.
    """

    start: int
    end: int
    reason: str = ""
    ref: str = ""
    veil: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text on which the same marks lie."""

    text: str
    marks: tuple[Mark, ...]


def pieces(text: str, marks: Sequence[Mark]) -> Iterator[Piece]:
    """Cut a text where marks begin and end; spans beyond the text are cut off."""
    edges = {0, len(text)}
    for mark in marks:
        edges |= {min(max(mark.start, 0), len(text)), min(max(mark.end, 0), len(text))}
    cuts = sorted(edges)
    for start, end in pairwise(cuts):
        on = tuple(mark for mark in marks if mark.start < end and mark.end > start)
        yield Piece(text=text[start:end], marks=on)


def as_html(text: str, marks: Sequence[Mark] = (), *, focusable: bool = True) -> Markup:
    """A chat text as HTML.

    Veiled stretches carry a second, bare form; the page shows one of the two. With ``focusable``
    marks can be reached by keyboard and point to their reasons.
    """
    html = []
    begun = False  # a word that two marks share is cut in pieces: only the first shows its letter
    for piece in pieces(text, marks):
        html.append(_piece(piece, focusable=focusable, begun=begun))
        begun = any(mark.veil for mark in piece.marks)
    return Markup(f'<bdi class="chat">{"".join(html)}</bdi>')  # noqa: S704 - every piece of it is escaped


def as_text(text: str, marks: Sequence[Mark]) -> str:
    """A text whose marked stretches stay veiled, for where no markup can stand."""
    return "".join(veiled(piece.text) if piece.marks else piece.text for piece in pieces(text, marks))


def quotes_of(sentence: str, words: Iterable[str]) -> Iterator[Mark]:
    """Where a sentence quotes one of some words in 「」, as veiled marks."""
    for word in words:
        for quote in re.finditer(re.escape(f"「{word}」"), sentence):
            yield Mark(start=quote.start() + 1, end=quote.end() - 1, veil=True)


def _piece(piece: Piece, *, focusable: bool, begun: bool) -> str:
    """As HTML. A list has hundreds: they are plain strings, for ``Markup`` formats ten times as slowly."""
    bare = visible(piece.text)
    if not piece.marks:
        return bare
    opening = "<mark>"
    if focusable:
        reasons = "\n".join(dict.fromkeys(mark.reason for mark in piece.marks if mark.reason))
        refs = " ".join(dict.fromkeys(mark.ref for mark in piece.marks if mark.ref))
        opening = f'<mark tabindex="0" data-why="{escape(reasons)}" aria-describedby="{escape(refs)}">'
    if not any(mark.veil for mark in piece.marks):
        return f"{opening}{bare}</mark>"
    veil = escape(veiled(piece.text, begun=begun))
    return f'{opening}<span class="veil">{veil}</span><span class="bare">{bare}</span></mark>'


def veiled(text: str, *, begun: bool = False) -> str:
    """A text of which only the first letter shows; not even that where it goes on with one that has ``begun``."""
    letters = [char for char in text if not char.isspace() and not hides(char)]
    if not letters:
        return _VEIL
    if begun:
        return _VEIL * min(len(letters), _MOST_VEIL)
    return letters[0] + _VEIL * min(max(len(letters) - 1, 1), _MOST_VEIL)


def visible(text: str) -> Markup:
    """Text whose hidden and direction-turning characters are shown as labels."""
    if not any(map(_odd, text)):
        return escape(text)
    return Markup("").join(_visible_parts(text))


def _visible_parts(text: str) -> Iterator[Markup]:
    run: list[str] = []
    stacked = 0
    for at, char in enumerate(text):
        stacked = stacked + 1 if unicodedata.combining(char) else 0
        if stacked > _MOST_MARKS_ON_ONE:
            continue
        if hides(char) and not _joins_emoji(text, at):
            yield escape("".join(run))
            run.clear()
            yield _label(char)
        else:
            run.append(char)
    yield escape("".join(run))


@lru_cache(maxsize=8192)
def _odd(char: str) -> bool:
    """Whether a character needs a closer look; most texts hold none."""
    return bool(unicodedata.combining(char)) or hides(char)


def _label(char: str) -> Markup:
    code = f"U+{ord(char):04X}"
    title = f"{code} {unicodedata.name(char, '')}".strip()
    return Markup('<span class="hidden-char" title="{}">{}</span>').format(title, _SHORT.get(char, code))


def hides(char: str) -> bool:
    """Whether a character takes no room or turns the direction of writing."""
    if char in "\n\t" or char == "\ufe0f":
        return False
    return char in _SHORT or unicodedata.category(char) in ("Cf", "Cc", "Cs", "Co", "Zl", "Zp")


def _joins_emoji(text: str, at: int) -> bool:
    """A joiner between two emoji is part of a picture, not a trick."""
    if text[at] != _JOINER or not 0 < at < len(text) - 1:
        return False
    around: Iterable[str] = (text[at - 1], text[at + 1])
    return all(unicodedata.category(char) in ("So", "Sk") or char == "\ufe0f" for char in around)


def plain_name(name: str) -> str:
    """A name for titles and alternative texts: what hides is left out."""
    return "".join(char for char in name if not hides(char)) or "?"
