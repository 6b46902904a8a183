"""Fold Japanese chat text to one spelling, and remember where each character came from.

Width, case, kana, drawn-out vowels, invisible characters, separators inside words, masks and
look-alikes (氏ね, ﾀﾋね, 56す). A mask stays as MASK: only a lexicon knows what it hides.
"""

from classifiers.fold.folded import Folded
from classifiers.fold.folding import FOLD_VERSION, fold
from classifiers.fold.tables import MASK

__all__ = ["FOLD_VERSION", "MASK", "Folded", "fold"]
