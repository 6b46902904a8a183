"""Measurement model: what trends and effects are counted with, pinned so that only people can move a figure.

A fold, a lexicon, a tokenizer's dictionary, a classifier and the probabilities from which on a message
counts. Rules have no say, nor has a room's strictness: both are changed while a campaign runs.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from moderation.scoring.decide import rounded_many
from moderation.scoring.record import ScoredRecord
from moderation.taxonomy import Category
from moderation.trends.count import NO_RULES, Measured
from moderation.trends.keys import Versions

PREFIX = "measure:"
OVERLAP = timedelta(days=28)
"""How long a model that was replaced goes on counting beside the new one."""

Score = Callable[[Sequence[str]], NDArray[np.floating]]
"""Texts to probabilities: a row a text, a column a category in the order of the taxonomy."""
_CATEGORIES = tuple(category.value for category in Category)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasurementModel:
    """A pinned model.

    Attributes:
        version: Short hash of all that follows, up to ``points``.
        model: The classifier's version.
        dictionary: The tokenizer's dictionary.
        points: From which probability on a message counts, by category.
        until: When it stops counting because another took its place; None for the present one.
        pinned_by: Who pinned it.
    """

    version: str
    model: str
    lexicon: str
    fold: str
    dictionary: str
    points: Mapping[str, float]
    pinned_at: datetime
    pinned_by: str
    until: datetime | None = None

    @property
    def source(self) -> str:
        """Its name in the buckets."""
        return PREFIX + self.version

    @property
    def versions(self) -> Versions:
        """What its counts were made with."""
        return Versions(self.model, self.lexicon, self.fold, NO_RULES)


def pin(
    *,
    model: str,
    lexicon: str,
    fold: str,
    dictionary: str,
    points: Mapping[str, float],
    by: str,
    now: datetime,
) -> MeasurementModel:
    """A measurement model of these parts; the same parts are the same version."""
    parts = json.dumps([model, lexicon, fold, dictionary, sorted(points.items())])
    version = hashlib.sha256(parts.encode()).hexdigest()[:12]
    return MeasurementModel(
        version=version,
        model=model,
        lexicon=lexicon,
        fold=fold,
        dictionary=dictionary,
        points=dict(points),
        pinned_at=now,
        pinned_by=by,
    )


def measure(
    pinned: MeasurementModel, records: Sequence[ScoredRecord], score: Score | None
) -> tuple[Measured, list[ScoredRecord]]:
    """What a pinned model says of some messages; scores of the live verdict are taken where they are its own.

    Args:
        pinned: The model.
        records: The messages.
        score: Its classifier; None where it cannot be loaded.

    Returns:
        What it says, and the messages that it could not be asked about.
    """
    hits: dict[str, dict[str, Sequence[str]]] = defaultdict(dict)
    ask: list[ScoredRecord] = []
    own = (pinned.model, pinned.lexicon, pinned.fold)
    points = tuple(pinned.points.items())
    for one in records:
        if one.own_scores is None or (one.model_version, one.lexicon_version, one.fold_version) != own:
            ask.append(one)
            continue
        scores = {**one.category_scores, **one.own_scores} if one.own_scores else one.category_scores
        if reached := _reached(scores, points):
            hits[one.service][one.id] = reached
    if ask and score is not None:
        texts = list(dict.fromkeys(one.text for one in ask))  # in chat many say the same
        said = _reached_by(texts, score(texts), pinned.points)
        for one in ask:
            if one.text in said:
                hits[one.service][one.id] = said[one.text]
        ask = []
    missed = frozenset((one.service, one.id) for one in ask)
    return Measured(source=pinned.source, versions=pinned.versions, hits=hits, missed=missed), ask


def _reached(scores: Mapping[str, float], points: Sequence[tuple[str, float]]) -> list[str]:
    probability = scores.get
    return [category for category, point in points if probability(category, 0.0) >= point]


def _reached_by(
    texts: Sequence[str], chances: NDArray[np.floating], points: Mapping[str, float]
) -> dict[str, list[str]]:
    """What each text reached, of those that reached anything, by scores rounded as a record's are."""
    asked = [points.get(category, np.inf) for category in _CATEGORIES]
    found: dict[str, list[str]] = defaultdict(list)
    for row, column in np.argwhere(rounded_many(chances) >= asked).tolist():
        found[texts[row]].append(_CATEGORIES[column])
    return found
