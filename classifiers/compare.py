"""Two classifiers on the same rows: which is better, and whether these rows can tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from classifiers.corpus import Row
from classifiers.eval_rows import EvalRow
from classifiers.evaluate import Judged, judge
from classifiers.labels import CATEGORIES
from classifiers.measures import (
    Interval,
    Said,
    Truth,
    average_precision,
    f1,
    false_alarm_rate,
    paired_interval,
    precision,
    recall,
)
from classifiers.model import Classifier

Measure = Callable[[Truth, Said], float]

_MEASURES: Final[Mapping[str, tuple[Measure, bool]]] = {
    "ap": (average_precision, False),
    "f1": (f1, True),
    "precision": (precision, True),
    "recall": (recall, True),
    "fpr": (false_alarm_rate, True),
}
"""Each with whether it looks at flags; else at probabilities."""
_LESS_IS_BETTER: Final = ("fpr",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure of both. ``difference`` is ``ours - theirs`` with its 95 % interval; both judged the same rows."""

    ours: float
    theirs: float
    difference: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Figures by measure, for ``overall`` and each category; None where these rows cannot tell."""

    ours: str
    theirs: str
    rows: int
    figures: Mapping[str, Mapping[str, Difference | None]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compare(
    rows: Sequence[EvalRow | Row], ours: Classifier, theirs: Classifier, *, seed: int = 1
) -> Comparison:
    """Judge rows with both, each at the thresholds of its own card.

    The difference is drawn by bootstrap over rows, the same rows for both: what makes a row hard for
    both falls out, so that a small difference can be told with fewer rows than two intervals need.
    """
    left, right = judge(rows, ours), judge(rows, theirs)
    figures = {"overall": _figures(left, right, None, seed)}
    if left.labelled.any():
        figures |= {name: _figures(left, right, at, seed) for at, name in enumerate(CATEGORIES)}
    return Comparison(ours=ours.model_version, theirs=theirs.model_version, rows=len(rows), figures=figures)


def _figures(left: Judged, right: Judged, at: int | None, seed: int) -> dict[str, Difference | None]:
    known = left.known(at)
    truth = left.truth(at)[known]
    chances = left.chances_of(at)[known], right.chances_of(at)[known]
    flags = left.flagged(at)[known], right.flagged(at)[known]
    return {
        name: _difference(measure, truth, flags if by_flag else chances, seed)
        for name, (measure, by_flag) in _MEASURES.items()
    }


def _difference(measure: Measure, truth: Truth, said: tuple[Said, Said], seed: int) -> Difference | None:
    pair = paired_interval(measure, truth, said, seed=seed)
    return None if pair is None else Difference(ours=pair[0], theirs=pair[1], difference=pair[2])


def to_text(comparison: Comparison) -> str:
    """Both side by side as a table for a terminal; a difference whose interval leaves out 0 is marked."""
    head = f"{'':20s}" + "".join(f"  {name + ' ours  theirs  difference':44s}" for name in _MEASURES)
    lines = [f"ours {comparison.ours}, theirs {comparison.theirs}, {comparison.rows:,} rows", head.rstrip()]
    for name, row in comparison.figures.items():
        cells = "".join(f"  {_cell(measure, row[measure]):44s}" for measure in _MEASURES)
        lines.append(f"{name:20s}{cells}".rstrip())
    lines.append("+ better, - worse: the 95 % interval of the difference leaves out 0")
    return "\n".join(lines)


def _cell(measure: str, found: Difference | None) -> str:
    if found is None:
        return "–"
    value, low, high = found.difference
    better = value < 0 if measure in _LESS_IS_BETTER else value > 0
    mark = " " if low <= 0 <= high else "+" if better else "-"
    return f"{found.ours:.3f}  {found.theirs:.3f}  {value:+.3f} [{low:+.3f}, {high:+.3f}] {mark}"
