"""The classifier of a process: follows what the database says is live, and lets a shadow look on."""

from collections.abc import Callable, Mapping

import structlog

from moderation.errors import ModelUnavailable
from moderation.scoring.engine import TextDetector
from moderation.scoring.policy import OperatingPoint
from moderation.scoring.shadow import ShadowedText
from moderation.storage.models.models import ModelState
from moderation.taxonomy import Category

log = structlog.get_logger(__name__)

Load = Callable[[str | None], TextDetector]
"""Loads a registered version; None is the model of the settings. Raises ModelUnavailable."""


class FollowedText:
    """Which TextDetector scores in this process. Where one cannot be loaded, the one before stays."""

    def __init__(self, load: Load, points: Mapping[Category, OperatingPoint]) -> None:
        self._load = load
        self._points = points
        self._live: tuple[str | None, TextDetector] = (None, load(None))
        self._shadow: tuple[str, TextDetector] | None = None
        self._seq = 0
        self._problems: tuple[str, ...] = ()
        self.text: TextDetector = self._live[1]

    @property
    def problem(self) -> str | None:
        """Why this process does not score with what the database says; None where it does."""
        return " ".join(self._problems) or None

    @property
    def shadowed(self) -> ShadowedText | None:
        """The pair of models, while there is a shadow."""
        return self.text if isinstance(self.text, ShadowedText) else None

    def follow(self, wanted: ModelState) -> bool:
        """Load what is wanted now; whether ``text`` is another one since.

        A model that could not be loaded is tried again each time: its files may still be on the way.
        """
        if wanted.seq == self._seq and not self._problems:
            return False
        problems: list[str] = []
        live, shadow = self._live, self._shadow
        try:
            if wanted.live != live[0]:
                live = (wanted.live, self._load(wanted.live))
        except ModelUnavailable as error:
            problems.append(str(error))
        try:
            if wanted.shadow is None:
                shadow = None
            elif shadow is None or wanted.shadow != shadow[0]:
                shadow = (wanted.shadow, self._load(wanted.shadow))
        except ModelUnavailable as error:
            shadow = None
            problems.append(str(error))
        self._seq = wanted.seq
        self._tell(tuple(problems))
        if (live, shadow) == (self._live, self._shadow):
            return False
        self._live, self._shadow = live, shadow
        self.text = live[1] if shadow is None else ShadowedText(live[1], shadow[1], self._points)
        log.info("model.loaded", live=live[1].versions["model"], shadow=wanted.shadow)
        return True

    def _tell(self, problems: tuple[str, ...]) -> None:
        for problem in problems:
            if problem not in self._problems:
                log.error("model.unavailable", why=problem, scoring_with=self._live[1].versions["model"])
        self._problems = problems
