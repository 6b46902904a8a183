"""Where a text hurts: the places a classifier's findings rest on, for masking what is quoted."""

from collections.abc import Callable, Mapping, Sequence

from moderation.scoring.engine import TextDetector
from moderation.scoring.policy import OperatingPoint
from moderation.taxonomy import Category


def harm_spans(
    text: TextDetector, points: Mapping[Category, OperatingPoint]
) -> Callable[[str], Sequence[tuple[int, int]]]:
    """A function from a text to half-open offsets of everything that reaches a point of review in it."""

    def spans(said: str) -> Sequence[tuple[int, int]]:
        views = text.read([said])
        found = text.classify(views)[0].scores
        return [
            span
            for category, score in found.items()
            if score >= points[category].review
            for span in text.explain(views[0], category, score).spans
        ]

    return spans
