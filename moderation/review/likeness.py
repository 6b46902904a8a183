"""Likeness of chat texts: hashes by which cases that say the same, or nearly, find each other.

The exact hash is that of the folded text. Near texts share one of ``BANDS`` hashes: each joins
``ROWS`` minima of hashed letter pairs (MinHash with banding), so that two texts whose letter pairs
overlap to a share of s meet with a chance of 1 - (1 - s^ROWS)^BANDS: 98 % at 0.8, 83 % at 0.6, 36 % at 0.33.

Source: A. Z. Broder, "On the resemblance and containment of documents", SEQUENCES 1997.
"""

import unicodedata
from hashlib import blake2b
from itertools import pairwise
from zlib import crc32

BANDS = 4
ROWS = 2
NEAR = 0.6
"""Share of common letter pairs from which two texts are shown as near duplicates."""
_SHORTEST = 2
"""Texts with fewer letters are alike by chance; they only find their equals."""
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_SIGNED_64 = 8


def plain(text: str) -> str:
    """A text without width, case, kana type, symbols and repeats: ``ｼﾈぇぇ!!`` is ``しねぇ``."""
    letters = [char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum()]
    once = [char for at, char in enumerate(letters) if at == 0 or char != letters[at - 1]]
    return "".join(once).translate(_KATAKANA)


def exact_sketch(text: str) -> int:
    """Hash of a text's plain form; of the text itself where nothing of it is a letter."""
    return _hash(plain(text) or text.strip())


def near_sketches(text: str) -> tuple[int, ...]:
    """Hashes of which near texts share at least one, most of the time; none for very short texts."""
    pairs = _pairs(plain(text))
    if len(pairs) < _SHORTEST:
        return ()
    hashes = [crc32(pair.encode("utf-8", "surrogatepass")) for pair in pairs]
    minima = [min([(factor * one + summand) % _PRIME for one in hashes]) for factor, summand in _FAMILY]
    bands = [minima[at : at + ROWS] for at in range(0, len(minima), ROWS)]
    return tuple(_hash(f"{number}:{band}") for number, band in enumerate(bands))


def likeness(one: str, other: str) -> float:
    """Share of letter pairs two texts have in common (Jaccard), 0 to 1."""
    first, second = _pairs(plain(one)), _pairs(plain(other))
    if not first or not second:
        return float(plain(one) == plain(other) and bool(plain(one)))
    return len(first & second) / len(first | second)


def _pairs(text: str) -> set[str]:
    return {first + second for first, second in pairwise(text)}


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_SIGNED_64).digest()
    return int.from_bytes(digest, "big", signed=True)


_PRIME = 2**61 - 1
_FAMILY = tuple(
    (_hash(f"factor {number}") % _PRIME, _hash(f"summand {number}") % _PRIME)
    for number in range(BANDS * ROWS)
)
"""Hash functions ``(factor * x + summand) mod prime``, as good as independent; the numbers never change."""
