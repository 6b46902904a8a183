"""Fit the heads with scikit-learn, calibrate them out of fold, and fold all of it into one matrix of weights.

Imported by training only: scikit-learn takes seconds to import and 100 MB.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from classifiers.augment import joined
from classifiers.compiled import HEADS, Numbers, damping
from classifiers.corpus import Row
from classifiers.errors import TrainingError
from classifiers.features import Extract, FeatureSpace
from classifiers.labels import CATEGORIES, TARGETS
from classifiers.views import Views

ANY: Final = "any"
"""A head of its own for "any category": it steadies the rare ones, and is not kept."""
RAW_HEADS: Final = (*HEADS, ANY)

_FOLDS: Final = 2
_HEAD_C: Final = 2.5
"""Inverse strength of the penalty on n-gram weights; chosen on held-out groups and foreign chat."""
MARK_SCALE: Final = 0.35
"""A mark's value. Below 1 the penalty holds marks back, so that n-grams beside them are learnt too."""
_LEANING: Final = 0.3
"""How much a category's score leans on ANY. More ranks harm from harmless better, but mixes categories up."""
_JOINED_SHARE: Final = 1.0
"""Joined lines made, for each line."""
_JOINED_WEIGHT: Final = 0.7
_FEWEST: Final = 8
"""Lines that a head needs on each side, and groups that a corpus needs, before anything can be learnt."""

Flags = NDArray[np.bool_]
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """scikit-learn's models, and the scores of every line by models that had not seen its group."""

    space: FeatureSpace
    heads: tuple[Any, ...]
    calibrators: tuple[Any, ...]
    out_of_fold: Numbers
    truth: Flags

    def decision(self, matrix: Any) -> Numbers:
        """Calibrated log-odds by scikit-learn itself, for rows as ``design`` makes them.

        This is what the compiled arrays must equal.
        """
        raw = np.column_stack([head.decision_function(matrix) for head in self.heads])
        return _calibrated(raw, self.calibrators)

    def weights(self) -> tuple[NDArray[np.float32], Numbers]:
        """Heads and calibration, both linear, as one matrix (features, HEADS) and a bias."""
        raw = np.vstack([head.coef_[0] for head in self.heads])
        raw_bias = np.array([head.intercept_[0] for head in self.heads])
        mix = np.zeros((len(HEADS), len(RAW_HEADS)))
        bias = np.zeros(len(HEADS))
        for at, name in enumerate(HEADS):
            mix[at] = _basis(name) @ self.calibrators[at].coef_[0]
            bias[at] = self.calibrators[at].intercept_[0]
        merged = (mix @ raw).T
        merged[len(self.space.grams) :] *= MARK_SCALE
        return np.ascontiguousarray(merged, dtype=np.float32), bias + mix @ raw_bias


def fit(rows: Sequence[Row], space: FeatureSpace, *, seed: int, progress: Progress) -> Fitted:
    """Fit every head on all rows, and its calibration on scores of rows held out by group.

    Raises:
        TrainingError: A head has too few lines on one side, or the corpus too few groups.
    """
    truth = truth_of(rows)
    _check(rows, truth)
    folds = np.array([_fold_of(row.group) for row in rows])
    made = _joined_by_fold(rows, folds, seed)
    made_folds = np.array([_fold_of(row.group) for row in made], dtype=int)
    progress("reading", 0.0)
    own = design([space.extract(Views(row.text)) for row in rows], space)
    progress("reading", 0.5)
    extra = design([space.extract(Views(row.text)) for row in made], space)
    matrix = sparse.vstack([own, extra]).tocsr()
    labels, sides = np.vstack([truth, truth_of(made)]), np.concatenate([folds, made_folds])
    weights = np.concatenate([np.ones(len(rows)), np.full(len(made), _JOINED_WEIGHT)])
    # Nobody said whom a moderator's row is about: it weighs nothing where targets are learnt.
    aimed = weights * np.array([bool(row.target) for row in (*rows, *made)])
    weighing = [aimed if name in TARGETS else weights for name in RAW_HEADS]
    out_of_fold = np.zeros((len(rows), len(RAW_HEADS)))
    total = (_FOLDS + 1) * len(RAW_HEADS)
    done = 0
    for held in range(_FOLDS):
        apart = sides != held
        taught = matrix[apart]
        for at in range(len(RAW_HEADS)):
            head = _head(seed).fit(taught, labels[apart, at], weighing[at][apart])
            out_of_fold[folds == held, at] = head.decision_function(own[folds == held])
            done += 1
            progress("calibrating", done / total)
    heads = []
    for at in range(len(RAW_HEADS)):
        heads.append(_head(seed).fit(matrix, labels[:, at], weighing[at]))
        done += 1
        progress("fitting", done / total)
    calibrators = tuple(
        LogisticRegression(C=1.0, max_iter=1000).fit(
            out_of_fold @ _basis(name), truth[:, at], np.sign(weighing[at][: len(rows)])
        )
        for at, name in enumerate(HEADS)
    )
    return Fitted(space, tuple(heads), calibrators, _calibrated(out_of_fold, calibrators), truth)


def _joined_by_fold(rows: Sequence[Row], folds: NDArray[np.int64], seed: int) -> list[Row]:
    """Joined lines whose parts all belong to one fold, so that none tells of a line held out."""
    made: list[Row] = []
    for fold in range(_FOLDS):
        here = [row for row, side in zip(rows, folds, strict=True) if side == fold]
        made += joined(here, int(len(here) * _JOINED_SHARE), seed=seed + fold)
    return made


def design(extracts: Sequence[Extract], space: FeatureSpace) -> Any:
    """One sparse row a text: n-grams by how often they stand, damped together; marks MARK_SCALE each."""
    parents = space.parents
    ids: list[int] = []
    values: list[float] = []
    ends = [0]
    for extract in extracts:
        counts: Counter[int] = Counter()
        for end in extract.ends:
            gram = end
            while gram >= 0:
                counts[gram] += 1
                gram = parents[gram]
        scale = 1.0 / float(damping(counts.total()))
        ids += [*counts, *extract.marks]
        values += [*(count * scale for count in counts.values()), *[MARK_SCALE] * len(extract.marks)]
        ends.append(len(ids))
    return sparse.csr_matrix((values, ids, ends), shape=(len(extracts), space.size))


def truth_of(rows: Sequence[Row]) -> Flags:
    """One column for each of RAW_HEADS."""
    return np.array(
        [
            [
                *(category in row.categories for category in CATEGORIES),
                row.minors,
                *(row.target == target for target in TARGETS),
                bool(row.categories),
            ]
            for row in rows
        ]
    )


def _head(seed: int) -> Any:
    # A finer tolerance takes longer and turns no score by more than its third digit.
    return LogisticRegression(C=_HEAD_C, solver="liblinear", tol=1e-2, random_state=seed)


def _basis(name: str) -> Numbers:
    """Which sums of raw heads (rows) a head is calibrated from: one column each.

    A category leans on ANY as well; a target is judged beside all targets.
    """
    chosen = np.zeros((len(RAW_HEADS), len(TARGETS) if name in TARGETS else 1))
    if name in TARGETS:
        for column, target in enumerate(TARGETS):
            chosen[RAW_HEADS.index(target), column] = 1.0
        return chosen
    chosen[RAW_HEADS.index(name), 0] = 1.0
    if name in CATEGORIES:
        chosen[RAW_HEADS.index(name), 0] -= _LEANING / 2
        chosen[RAW_HEADS.index(ANY), 0] = _LEANING
    return chosen


def _calibrated(raw: Numbers, calibrators: Sequence[Any]) -> Numbers:
    return np.column_stack(
        [
            calibrator.decision_function(raw @ _basis(name))
            for name, calibrator in zip(HEADS, calibrators, strict=True)
        ]
    )


def _fold_of(group: str) -> int:
    return hashlib.sha256(f"fold {group}".encode("utf-8", "surrogatepass")).digest()[0] % _FOLDS


def _check(rows: Sequence[Row], truth: Flags) -> None:
    groups = len({row.group for row in rows})
    if groups < _FEWEST:
        raise TrainingError(f"{groups} groups cannot be held out from each other; need {_FEWEST} or more.")
    for at, name in enumerate(RAW_HEADS):
        positives = int(truth[:, at].sum())
        if not _FEWEST <= positives <= len(rows) - _FEWEST:
            raise TrainingError(
                f"{name}: {positives} of {len(rows)} lines are positive; {_FEWEST} or more of both are needed."
            )
