"""A shadow classifier: scores a sample of the traffic beside the live one; nobody acts on what it says."""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Final, NamedTuple

from moderation.scoring.decide import Classified
from moderation.scoring.engine import TextDetector
from moderation.scoring.policy import OperatingPoint
from moderation.scoring.signal import Signal
from moderation.taxonomy import Category

EVERY = 10
"""One message in so many is scored twice: some 4 % more work for the whole."""
ANY = "all"
"""Stands in for a category where any of them counts, as in trend buckets."""


class Agreement(NamedTuple):
    """How often two models reached the operating point of one category on the same messages."""

    shadow: str
    live: str
    category: str
    messages: int
    both: int
    only_live: int
    only_shadow: int


class ShadowedText:
    """The live TextDetector, with another one that looks on. Answers are those of the live one alone.

    Args:
        live: Whose answers are given.
        shadow: Who looks on.
        points: From which probability on a category counts as flagged, for both.
        every: The sample: one message in so many, in the order they come.
    """

    def __init__(
        self,
        live: TextDetector,
        shadow: TextDetector,
        points: Mapping[Category, OperatingPoint],
        *,
        every: int = EVERY,
    ) -> None:
        self.live: Final = live
        self.shadow: Final = shadow
        self._points = points
        self._every = every
        self._seen = 0
        self._compared = 0
        self._counts: dict[str, list[int]] = {}
        self._lock = Lock()

    @property
    def versions(self) -> Mapping[str, str]:
        """Those of the live model."""
        return self.live.versions

    def read(self, texts: Sequence[str]) -> list[object]:
        """Views of each text; both models read the same."""
        return self.live.read(texts)

    def classify(self, views: Sequence[object]) -> list[Classified]:
        """What the live model says."""
        found = self.live.classify(views)
        with self._lock:
            first = -self._seen % self._every
            self._seen += len(views)
        sample = range(first, len(views), self._every)
        if sample:
            self._compare([found[at] for at in sample], self.shadow.classify([views[at] for at in sample]))
        return found

    def explain(self, views: object, category: Category, score: float) -> Signal:
        """The live model's evidence."""
        return self.live.explain(views, category, score)

    def take(self) -> list[Agreement]:
        """What was counted since the last time."""
        with self._lock:
            messages, counts = self._compared, self._counts
            self._compared, self._counts = 0, {}
        if not messages:
            return []
        versions = (self.shadow.versions["model"], self.live.versions["model"])
        names = (ANY, *(category.value for category in Category))
        return [Agreement(*versions, name, messages, *counts.get(name, (0, 0, 0))) for name in names]

    def give_back(self, counted: Sequence[Agreement]) -> None:
        """Count again what could not be stored."""
        with self._lock:
            for one in counted:
                if one.category == ANY:
                    self._compared += one.messages
                self._add(one.category, (one.both, one.only_live, one.only_shadow))

    def _compare(self, live: Sequence[Classified], shadow: Sequence[Classified]) -> None:
        with self._lock:
            self._compared += len(live)
            for ours, theirs in zip(live, shadow, strict=True):
                left, right = self._flags(ours), self._flags(theirs)
                for name in left | right:
                    here, there = name in left, name in right
                    self._add(name, (here and there, here and not there, there and not here))

    def _flags(self, classified: Classified) -> set[str]:
        flags = {
            category.value
            for category, score in classified.scores.items()
            if score >= self._points[category].review
        }
        return flags | {ANY} if flags else flags

    def _add(self, name: str, counts: Sequence[int]) -> None:
        total = self._counts.setdefault(name, [0, 0, 0])
        for at, count in enumerate(counts):
            total[at] += count
