"""What is looked for in folded text on behalf of one entry: its spellings, masked ones, and what excuses it."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from classifiers.fold import MASK, fold
from classifiers.lexicon_file import Entry

ANYWHERE: Final = "anywhere"
WORD: Final = "word"
EXACT: Final = "exact"
EXCUSE: Final = "excuse"
RUN: Final = "run"
_KINDS: Final = {"substring": ANYWHERE, "token": WORD, "reading": WORD, "exact": EXACT}

_SHORTEST_MASKED: Final = 3
"""Letters a term must have before one of them may be a mask: 死○ alone is anything."""
_KATAKANA_PAIR: Final = re.compile("[ァ-ヶ]{2}")
"""Terms of two letters whose second may be a mask where they stand by themselves: ブ○, ゴ＊."""
_LONGEST_MASKED: Final = 6
"""Whoever hides a word hides a short one; longer terms would only swell the automaton."""

_LONG_READING: Final = 6
"""Kana from which on a reading is looked for as the term is: what is so long is no piece of other words."""


class Needle(NamedTuple):
    """A folded spelling, how it must stand, and whether it holds a mask."""

    text: str
    kind: str
    masked: bool = False


def needles_of(entry: Entry) -> Iterator[Needle]:
    """Everything to look for, each spelling once."""
    kind = _KINDS[entry.match]
    spellings = {fold(entry.term).text: kind}
    if entry.reading:
        reading = fold(entry.reading).text
        spellings.setdefault(reading, kind if len(reading) >= _LONG_READING else WORD)
    for text, how in spellings.items():
        yield Needle(text, how)
    for masked in {variant for text in spellings for variant in _masked(text, entry.mask)} - set(spellings):
        yield Needle(masked, EXACT if kind == EXACT else ANYWHERE, masked=True)
    if entry.mask is None:
        for pair in filter(_KATAKANA_PAIR.fullmatch, {entry.term, entry.reading}):
            yield Needle(fold(pair).text[0] + MASK, RUN, masked=True)
    for excuse in entry.exceptions:
        yield Needle(fold(excuse).text, EXCUSE)


def _masked(text: str, allowed: bool | None) -> Iterator[str]:
    """Spellings with one letter hidden (おっ○い) or a mask put between two (し○ね)."""
    size = len(text)
    if allowed is False or size > _LONGEST_MASKED or text.isascii() or not text.replace("ー", "").isalpha():
        return  # of pictures and signs too little is left
    if size >= _SHORTEST_MASKED:
        for at in range(size):
            yield text[:at] + MASK + text[at + 1 :]
    elif allowed and size > 1:
        yield text[:-1] + MASK
    for at in range(1, size):
        yield text[:at] + MASK + text[at:]
