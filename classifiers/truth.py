"""What is true of each line of a corpus: one flag for each head that is taught."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.compiled import HARM_HEADS
from classifiers.corpus import Row
from classifiers.labels import CATEGORIES, TARGETS

ANY: Final = "any"
"""A head of its own for "any category": it steadies the rare ones, and is not kept."""
RAW_HEADS: Final = (*HARM_HEADS, ANY, *TARGETS)

Flags = NDArray[np.bool_]


def truth_of(rows: Sequence[Row]) -> Flags:
    """One column for each of RAW_HEADS."""
    return np.array(
        [
            [
                *(category in row.categories for category in CATEGORIES),
                row.minors,
                bool(row.categories),
                *(row.target == target for target in TARGETS),
            ]
            for row in rows
        ]
    )
