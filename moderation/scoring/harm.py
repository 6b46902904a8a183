"""Where a text hurts: the places a classifier's findings rest on, for masking what is quoted."""

from collections.abc import Callable, Sequence

from moderation.scoring.engine import TextDetector
from moderation.taxonomy import Category

HURTS = frozenset(Category) - {
    Category.PRIVACY,
    Category.SOLICITATION,
    Category.SPAM_SCAM,
    Category.ILLEGAL,
    Category.DISRUPTION,
}
"""Categories whose words hurt by themselves; 詐欺 or 荒らし may be read by anybody."""
SURE = 0.5
"""Probability from which a place is hidden: a letter that tells of harm shall stay readable."""
HINTED = 0.04
"""The same for what was flagged, by whatever: below nearly every point from which on the classifier flags itself."""


def harm_spans(text: TextDetector, *, sure: float = SURE) -> Callable[[str], Sequence[tuple[int, int]]]:
    """A function from a text to half-open offsets, in code points, of what hurts in it, from a probability on."""

    def spans(said: str) -> Sequence[tuple[int, int]]:
        views = text.read([said])
        found = text.classify(views)[0].scores
        return [
            span
            for category in sorted(HURTS)
            if found[category] >= sure
            for span in text.explain(views[0], category, found[category]).spans
        ]

    return spans
