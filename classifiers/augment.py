"""Lines made from lines: several in one message, as people type when they are quick. Never counted as corpus."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from classifiers.corpus import Row

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
