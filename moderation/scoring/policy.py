"""Operating points: what the house does from which probability on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Any

import yaml

from moderation.errors import Misconfigured
from moderation.taxonomy import Category, Severity, Strictness

POLICY_FILE = Path(__file__).with_name("policy.yaml")
_BY_RANK = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """From which probability of one category on the house acts."""

    review: float
    hold: float | None
    severity: Severity
    severe: float

    def severity_of(self, score: float) -> Severity:
        """How bad a score is that reached ``review``."""
        if score < self.severe:
            return self.severity
        return _BY_RANK[min(self.severity.rank + 1, Severity.CRITICAL.rank)]


class Points(dict[Category, OperatingPoint]):
    """The operating points of every category."""

    def __init__(self, points: Mapping[Category, OperatingPoint]) -> None:
        super().__init__(points)
        self._lowest = min(point.review for point in self.values())

    def reached(self, scores: Mapping[Category, float]) -> Sequence[tuple[Category, float, OperatingPoint]]:
        """The categories whose score reaches their point for review, with both."""
        if max(scores.values()) < self._lowest:  # as of most messages
            return ()
        return [
            (category, scores[category], point)
            for category, point in self.items()
            if scores[category] >= point.review
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The operating points of every category, a table for each strictness of a room."""

    points: Mapping[Strictness, Points]
    minors: float


@cache
def read_policy(path: Path = POLICY_FILE) -> Policy:
    """The operating points of a file.

    Raises:
        Misconfigured: The file is missing, or a value in it cannot be used.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        base = {Category(name): _point(values) for name, values in data["categories"].items()}
        missing = set(Category) - set(base)
        if missing:
            raise ValueError(f"no operating point for {', '.join(sorted(missing))}")
        shifts = {Strictness(name): float(value) for name, value in data["strictness"].items()}
        points = {
            strictness: Points(
                {category: _shifted(point, shifts[strictness]) for category, point in base.items()}
            )
            for strictness in Strictness
        }
        return Policy(points=points, minors=float(data["minors"]))
    except (OSError, yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misconfigured(f"{path}: {error}") from error


def _point(values: Mapping[str, Any]) -> OperatingPoint:
    hold = values["hold"]
    point = OperatingPoint(
        review=float(values["review"]),
        hold=None if hold is None else float(hold),
        severity=Severity(values["severity"]),
        severe=float(values["severe"]),
    )
    if (
        not 0 < point.review <= 1
        or not 0 < point.severe <= 1
        or not (point.hold is None or 0 < point.hold <= 1)
    ):
        raise ValueError(f"a threshold must lie above 0 and up to 1: {dict(values)}")
    return point


def _shifted(point: OperatingPoint, shift: float) -> OperatingPoint:
    return OperatingPoint(
        review=_move(point.review, shift),
        hold=None if point.hold is None else _move(point.hold, shift),
        severity=point.severity,
        severe=_move(point.severe, shift),
    )


def _move(probability: float, shift: float) -> float:
    if probability >= 1 or shift == 0:
        return probability
    return 1 / (1 + exp(-(log(probability / (1 - probability)) + shift)))
