"""Rows from moderators' decisions beside the corpus: only what the corpus does not say already."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.corpus import Row
from classifiers.corpus_check import grams_of, near_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraRows:
    """What is left to teach, and how many rows were dropped.

    Attributes:
        rows: In the order given.
        in_corpus: Nearly stand in the corpus; its label is kept.
        repeated: Nearly the same as a later row: the newest decision counts.
        against: Of ``in_corpus``, those whose decision contradicts the corpus's categories.
    """

    rows: tuple[Row, ...]
    in_corpus: int
    repeated: int
    against: int


def fresh_rows(extra: Sequence[Row], corpus: Sequence[Row]) -> ExtraRows:
    """Leave out near copies of the corpus, and of rows that come later.

    One spam text in a hundred cases would else be taught a hundred times, and stand on both sides of
    the split.
    """
    newest_first = extra[::-1]
    every = [*corpus, *newest_first]
    size = len(corpus)
    in_corpus: set[int] = set()
    repeated: set[int] = set()
    against: set[int] = set()
    for earlier, at in near_pairs([grams_of(row.text) for row in every]):
        if at < size:
            continue
        if earlier < size:
            in_corpus.add(at)
            if every[earlier].categories != every[at].categories:
                against.add(at)
        elif earlier not in repeated:
            repeated.add(at)
    repeated -= in_corpus
    kept = [row for at, row in enumerate(newest_first, size) if at not in in_corpus | repeated]
    return ExtraRows(
        rows=tuple(kept[::-1]), in_corpus=len(in_corpus), repeated=len(repeated), against=len(against)
    )
