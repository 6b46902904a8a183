"""Lines made by rule: several lines in one message, and the lexicon said aloud. Never counted as corpus."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from classifiers.corpus import Row
from classifiers.lexicon import Lexicon
from classifiers.views import Views

_JOINTS: Final = (" ", " ", "", "。", "、")
_THREE: Final = 0.2
"""Share of joined lines that have three parts."""
_BENIGN: Final = 0.6
"""Share that joins benign lines only: else the model learns that long is bad."""
_BENIGN_BESIDE: Final = 0.7
"""Chance that a part beside a harmful one is benign."""


def joined(rows: Sequence[Row], count: int, *, seed: int) -> list[Row]:
    """``count`` messages of two or three of these rows each, with the labels of all their parts.

    The target is that of the harmful part, or of the first. No rows of one kind: nothing is made.
    """
    harmful = [row for row in rows if row.categories]
    benign = [row for row in rows if not row.categories]
    if not harmful or not benign:
        return []
    rng = np.random.default_rng(seed)

    def draw(pool: Sequence[Row]) -> Row:
        return pool[int(rng.integers(len(pool)))]

    made: list[Row] = []
    for _ in range(count):
        first = draw(benign if rng.random() < _BENIGN else harmful)
        others = 2 if rng.random() < _THREE else 1
        parts = [first] + [
            draw(harmful if first.categories and rng.random() > _BENIGN_BESIDE else benign)
            for _ in range(others)
        ]
        order = rng.permutation(len(parts))
        text = _JOINTS[int(rng.integers(len(_JOINTS)))].join(parts[at].text for at in order)
        made.append(
            replace(
                first,
                text=text,
                categories=frozenset[str]().union(*(part.categories for part in parts)),
                minors=any(part.minors for part in parts),
                at="",
            )
        )
    return made


_ENDINGS: Final = ("", "", "", "w", "よ", "な", "！", "草", "ね", "わ")
_CALLS: Final = ("お前", "こいつ", "主", "君")
_SPOKEN_ALONE: Final = 2
"""Severity from which an expression is harm when nothing stands beside it."""


def spoken(lexicon: Lexicon, *, seed: int) -> list[Row]:
    """Each expression as a message, alone and at somebody; and what excuses it as a harmless one.

    So the letters of expressions that the corpus never uses are learnt too. Entries are groups: those of one
    expression never stand on both sides of a fold.
    """
    rng = np.random.default_rng(seed)

    def drawn(choices: Sequence[str]) -> str:
        return choices[int(rng.integers(len(choices)))]

    made: list[Row] = []
    for entry in lexicon.entries:
        texts = [entry.term + drawn(_ENDINGS)] if entry.severity >= _SPOKEN_ALONE else []
        if entry.target:
            texts.append(drawn(_CALLS) + entry.term + drawn(_ENDINGS))
        said = [(text, frozenset(entry.categories), entry.minors) for text in texts]
        said += [
            (excuse + drawn(_ENDINGS), frozenset[str](), False)
            for excuse in entry.exceptions
            if not lexicon.find(Views(excuse))
        ]
        made += [
            Row(
                text=text,
                categories=categories,
                minors=minors,
                target="",
                register="",
                group=f"lexicon {entry.id}",
            )
            for text, categories, minors in said
        ]
    return made
