"""From what models say to probabilities: by head, by whether the lexicon finds the category, and by how much is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from classifiers.compiled import HEADS, Numbers
from classifiers.features import FeatureSpace
from classifiers.labels import CATEGORIES, TARGETS
from classifiers.truth import ANY, RAW_HEADS, Flags

_LEANING: Final = 0.3
"""How much a category's score leans on ANY. More ranks harm from harmless better, but mixes categories up."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What to add to calibrated log-odds where harm is of another share and kind than in the corpus.

    Attributes:
        every: For each of HEADS.
        found: On top of it, for each category where the lexicon finds it.
    """

    every: Numbers
    found: Numbers

    def of(self, logits: Numbers, found: Flags) -> Numbers:
        """Rows of HEADS, shifted; ``found`` as ``found_of`` gives it."""
        moved: Numbers = logits + self.every
        moved[:, : len(CATEGORIES)] += found * self.found
        return moved


def basis(name: str) -> Numbers:
    """Which sums of raw heads (rows) a head is calibrated from: one column each.

    A category leans on ANY as well; a target is judged beside all targets.
    """
    chosen = np.zeros((len(RAW_HEADS), len(TARGETS) if name in TARGETS else 1))
    if name in TARGETS:
        for column, target in enumerate(TARGETS):
            chosen[RAW_HEADS.index(target), column] = 1.0
        return chosen
    chosen[RAW_HEADS.index(name), 0] = 1.0
    if name in CATEGORIES:
        chosen[RAW_HEADS.index(name), 0] -= _LEANING / 2
        chosen[RAW_HEADS.index(ANY), 0] = _LEANING
    return chosen


def told(raw: Numbers, found: Flags, extent: Numbers, name: str) -> Numbers:
    """What a head is calibrated from: its sums; of a category whether the lexicon finds it, and how much is said.

    What a model thinks of lines without any expression of the lexicon and of those with one is right to different
    degrees, and so is what it thinks of a short line and of a long one, which says more that may look like harm.
    """
    sums = raw @ basis(name)
    return np.column_stack([sums, found[:, CATEGORIES.index(name)], extent]) if name in CATEGORIES else sums


def found_of(matrix: Any, space: FeatureSpace) -> Flags:
    """Which categories (columns) the lexicon finds in each row of a ``design``."""
    found = np.zeros((matrix.shape[0], len(CATEGORIES)), dtype=bool)
    for at, mark in hit_marks(space):
        found[:, at] = np.asarray(matrix[:, [mark]].sum(axis=1)).ravel() > 0
    return found


def extent_of(matrix: Any, space: FeatureSpace) -> Numbers:
    """How much each row of a ``design`` says: the root of its number of n-grams, and at most that of LONG_TEXT."""
    extent: Numbers = np.asarray(matrix[:, : len(space.grams)].sum(axis=1)).ravel()
    return extent


def hit_marks(space: FeatureSpace) -> list[tuple[int, int]]:
    """Categories, and the number of the mark that says they were hit; a category hardly ever hit has none."""
    numbers = {mark: len(space.grams) + at for at, mark in enumerate(space.marks)}
    names = [(at, f"hit:{category}") for at, category in enumerate(CATEGORIES)]
    return [(at, numbers[name]) for at, name in names if name in numbers]


def calibrated(raw: Numbers, found: Flags, extent: Numbers, calibrators: Sequence[Any]) -> Numbers:
    """Log-odds as the corpus has it, one column for each of HEADS."""
    return np.column_stack(
        [
            calibrator.decision_function(told(raw, found, extent, name))
            for name, calibrator in zip(HEADS, calibrators, strict=True)
        ]
    )
