"""Meter: what scoring tells of itself while it works."""

from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

from moderation.scoring.verdict import Verdict


class Meter(Protocol):
    """Takes measurements of the scoring path; must be quick and never fail."""

    def stage(self, name: str, seconds: float) -> None:
        """Requests that were scored together spent so long in a stage."""
        ...

    def answered(self, seconds: float) -> None:
        """A request was answered after so long."""
        ...

    def scored(self, verdicts: Sequence[Verdict]) -> None:
        """These were given."""
        ...


class NoMeter:
    """Nobody looks."""

    def stage(self, name: str, seconds: float) -> None:
        """Forget it."""

    def answered(self, seconds: float) -> None:
        """Forget it."""

    def scored(self, verdicts: Sequence[Verdict]) -> None:
        """Forget them."""


class Stopwatch:
    """Laps of requests that are scored together: each stage's time goes to the meter."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._last = perf_counter()

    def lap(self, stage: str) -> None:
        """The stage ends here."""
        now = perf_counter()
        self._meter.stage(stage, now - self._last)
        self._last = now
