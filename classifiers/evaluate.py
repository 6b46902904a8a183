"""Measure a classifier on labelled rows: by category, as a whole, and on slices, with intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.corpus import Row
from classifiers.eval_rows import EvalRow, as_eval_row, read_eval
from classifiers.labels import CATEGORIES, CATEGORY_JA, TARGETS
from classifiers.measures import (
    Interval,
    average_precision,
    calibration_error,
    f1,
    false_alarm_rate,
    interval,
    precision,
    prior_weights,
    recall,
    roc_auc,
)
from classifiers.model import Classifier, Scores

__all__ = [
    "EvalRow",
    "Evaluation",
    "Interval",
    "Judged",
    "Metrics",
    "evaluate",
    "judge",
    "read_eval",
    "to_text",
]

Flags = NDArray[np.bool_]

_BATCH: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Figures of one category, of the whole, or of a slice. None: cannot be told from these rows.

    ``ece`` is the expected calibration error, with rows weighed so that harm is as frequent as the
    classifier's assumed prior says. ``fpr`` is the share of negatives flagged.
    """

    n: int
    positives: int
    flagged: int
    precision: Interval | None
    recall: Interval | None
    f1: Interval | None
    fpr: Interval | None
    ap: Interval | None
    auc: Interval | None
    ece: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """``overall``: any category, ranked by the largest probability; flagged where any reaches its threshold."""

    overall: Metrics
    categories: Mapping[str, Metrics]
    slices: Mapping[str, Metrics]
    target_accuracy: Interval | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON and the card."""
        return asdict(self)


def evaluate(
    rows: Sequence[EvalRow | Row],
    classifier: Classifier,
    *,
    thresholds: Mapping[str, float] | None = None,
    seed: int = 1,
) -> Evaluation:
    """Score rows and compare with their labels.

    Args:
        rows: Rows without categories count for ``overall`` only; rows without any label for its ``flagged``.
        classifier: What is measured.
        thresholds: From which probability a category flags; the card's suggestions where left out.
        seed: Of the bootstrap.
    """
    judged = judge(rows, classifier, thresholds=thresholds)
    given = judged.rows
    weights = prior_weights(judged.harmful, float(classifier.card["assumed_prior"]["harm"]))

    def metrics(at: int | None, chosen: Flags, *, every: int | None = None) -> Metrics:
        return _metrics(
            judged.truth(at)[chosen],
            judged.chances_of(at)[chosen],
            judged.flagged(at)[chosen],
            weights[chosen],
            seed,
            every=every,
        )

    def whole(pick: Callable[[EvalRow], bool]) -> Metrics:
        chosen = np.array([pick(row) for row in given], dtype=bool)
        return metrics(None, chosen & judged.told, every=int(judged.flagged(None)[chosen].sum()))

    every_category = enumerate(CATEGORIES) if judged.labelled.any() else ()
    return Evaluation(
        overall=whole(lambda _: True),
        categories={name: metrics(at, judged.labelled) for at, name in every_category},
        slices={name: whole(pick) for name, pick in _SLICES.items() if any(pick(row) for row in given)},
        target_accuracy=_target_accuracy(given, judged.targets, seed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Rows, and what one classifier says of them. Where ``at`` is None any category is meant.

    Attributes:
        harmful: Rows that some category fits; false where the row does not say.
        told: Rows that say whether they are harmful.
        labelled: Rows that say which categories fit.
        targets: Whom each row is about, as the classifier sees it.
    """

    rows: Sequence[EvalRow]
    harmful: Flags
    told: Flags
    labelled: Flags
    chances: NDArray[np.float64]
    flags: Flags
    targets: Sequence[str]

    def truth(self, at: int | None) -> Flags:
        """Which rows are positive."""
        if at is None:
            return self.harmful
        return np.array([CATEGORIES[at] in (row.categories or ()) for row in self.rows], dtype=bool)

    def known(self, at: int | None) -> Flags:
        """Which rows tell whether they are positive."""
        return self.told if at is None else self.labelled

    def chances_of(self, at: int | None) -> NDArray[np.float64]:
        """The probability of each row."""
        found: NDArray[np.float64] = (
            self.chances.max(axis=1, initial=0.0) if at is None else self.chances[:, at]
        )
        return found

    def flagged(self, at: int | None) -> Flags:
        """Which rows reach the threshold."""
        found: Flags = np.asarray(self.flags.any(axis=1)) if at is None else self.flags[:, at]
        return found


def judge(
    rows: Sequence[EvalRow | Row], classifier: Classifier, *, thresholds: Mapping[str, float] | None = None
) -> Judged:
    """Score rows; ``thresholds`` as in ``evaluate``."""
    given = [as_eval_row(row) for row in rows]
    limits = dict(classifier.card["thresholds"]) | dict(thresholds or {})
    scores: list[Scores] = []
    for at in range(0, len(given), _BATCH):
        scores += classifier.score([row.text for row in given[at : at + _BATCH]])
    chances = np.array([[score.probabilities[name] for name in CATEGORIES] for score in scores])
    chances = chances.reshape(len(given), len(CATEGORIES))
    return Judged(
        rows=given,
        harmful=np.array([bool(row.harmful) for row in given], dtype=bool),
        told=np.array([row.harmful is not None for row in given], dtype=bool),
        labelled=np.array([row.categories is not None for row in given], dtype=bool),
        chances=chances,
        flags=chances >= np.array([limits[name] for name in CATEGORIES]),
        targets=[score.target for score in scores],
    )


def _on_target(target: str) -> Callable[[EvalRow], bool]:
    return lambda row: row.target == target


_SLICES: Final[Mapping[str, Callable[[EvalRow], bool]]] = {
    "evasion": lambda row: row.evasion,
    "hard": lambda row: row.hard,
    **{f"target:{target}": _on_target(target) for target in TARGETS},
}


def _metrics(
    truth: Flags,
    chances: NDArray[np.float64],
    flagged: Flags,
    weights: NDArray[np.float64],
    seed: int,
    *,
    every: int | None = None,
) -> Metrics:
    return Metrics(
        n=len(truth),
        positives=int(truth.sum()),
        flagged=int(flagged.sum()) if every is None else every,
        precision=interval(precision, truth, flagged, seed=seed),
        recall=interval(recall, truth, flagged, seed=seed),
        f1=interval(f1, truth, flagged, seed=seed),
        fpr=interval(false_alarm_rate, truth, flagged, seed=seed),
        ap=interval(average_precision, truth, chances, seed=seed),
        auc=interval(roc_auc, truth, chances, seed=seed),
        ece=interval(calibration_error, truth, np.column_stack([chances, weights]), seed=seed),
    )


def _target_accuracy(rows: Sequence[EvalRow], said: Sequence[str], seed: int) -> Interval | None:
    right = np.array(
        [row.target == target for row, target in zip(rows, said, strict=True) if row.target],
        dtype=bool,
    )
    return interval(lambda truth, _: float(truth.mean()), right, right, seed=seed)


def to_text(evaluation: Evaluation) -> str:
    """The figures as a table for a terminal."""
    head = f"{'':24s}{'rows':>7s}{'pos.':>6s}{'flag':>6s}"
    names = ("precision", "recall", "f1", "fpr", "ap", "auc", "ece")
    lines = [head + "".join(f"  {name:20s}" for name in names)]
    table = {"overall": evaluation.overall, **evaluation.categories, **evaluation.slices}
    for name, metrics in table.items():
        figures = "".join(f"  {_figure(getattr(metrics, key)):20s}" for key in names)
        label = f"{name:24s}{metrics.n:7d}{metrics.positives:6d}{metrics.flagged:6d}"
        lines.append((label + figures + CATEGORY_JA.get(name, "")).rstrip())
    if evaluation.target_accuracy:
        lines.append(f"target named rightly: {_figure(evaluation.target_accuracy)}")
    return "\n".join(lines)


def _figure(found: Interval | None) -> str:
    return "–" if found is None else f"{found[0]:.3f} [{found[1]:.3f}, {found[2]:.3f}]"
