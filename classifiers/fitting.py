"""Fit the network with scikit-learn, calibrate it out of fold, and fold all of it into few arrays.

Imported by training only: scikit-learn takes seconds to import and 100 MB.
"""

import hashlib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from classifiers.augment import joined, spoken
from classifiers.calibration import Shift, basis, calibrated, extent_of, found_of, hit_marks, told
from classifiers.compiled import HARM_HEADS, HEADS, Numbers, damping
from classifiers.corpus import Row
from classifiers.errors import TrainingError
from classifiers.features import Extract, FeatureSpace
from classifiers.labels import CATEGORIES, TARGETS
from classifiers.small_talk import small_talk
from classifiers.truth import RAW_HEADS, Flags, truth_of
from classifiers.views import Views

_TAUGHT: Final = len(HARM_HEADS) + 1
"""How many of RAW_HEADS are the network's; the rest are linear."""

_FOLDS: Final = 2
_HIDDEN: Final = 32
"""Hidden units. Twice as many rank no better and cost time; none at all, far worse on lines of a voice not heard in
training."""
_ROUNDS: Final = 3
"""How often the network sees each line. More suits lines of the corpus's own voices and harms foreign ones."""
_THINNING: Final = 0.3
"""Share of a line's features that each round leaves out, drawn anew: no single one may be leant on."""
_BATCH: Final = (16, 1024)
"""Lines a step: the fewest and the most; between them a sixtieth of all."""
_STEP: Final = 4e-3
_PENALTY: Final = 1e-4
_AIM_C: Final = 2.5
"""Inverse strength of the penalty on the weights of the targets."""
_LINE_C: Final = 2.5
"""The same of the categories' own linear models."""
_NETWORK_SHARE: Final = 0.5
"""How much of a harm head's log-odds the network says; the linear model says the rest. The network knows what lines of
the corpus mean, the linear model keeps its footing on voices that the corpus does not have: together they rank
foreign text better than either."""
MARK_SCALE: Final = 0.35
"""A mark's value. Below 1 marks are learnt more slowly, so that n-grams beside them are learnt too."""
_JOINED_SHARE: Final = 2.0
"""Joined lines made, for each line. The more the network sees of them, the better it ranks voices it has not heard; the
linear models need half of them."""
_JOINED_WEIGHT: Final = 0.8
_SMALL_TALK_SHARE: Final = 0.3
"""Lines of small talk made, for each line."""
_MADE_WEIGHT: Final = 0.5
"""Of a line of small talk, and of one that only speaks an entry of the lexicon."""
_ALONE: Final = 10_000
"""Lines up to which one process learns as quickly as two."""
_FOUND, _EXTENT = -2, -1
"""Places of what ``told`` adds to a category's sum."""
_FEWEST: Final = 8
"""Lines that a head needs on each side, and groups that a corpus needs, before anything can be learnt."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Learner:
    """scikit-learn's models of RAW_HEADS: a network and linear models for harm, a linear model a target."""

    network: Any
    lines: tuple[Any, ...]
    aims: tuple[Any, ...]

    def decision(self, matrix: Any) -> Numbers:
        """Log-odds, not calibrated, one column for each of RAW_HEADS."""
        chances = np.clip(self.network.predict_proba(matrix), 1e-12, 1 - 1e-12)
        straight = np.column_stack([line.decision_function(matrix) for line in self.lines])
        bent = np.log(chances) - np.log1p(-chances)
        aimed = [aim.decision_function(matrix) for aim in self.aims]
        return np.column_stack([_NETWORK_SHARE * bent + (1 - _NETWORK_SHARE) * straight, *aimed])


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learnt, and the scores of every line by models that had not seen its group."""

    space: FeatureSpace
    learner: Learner
    calibrators: tuple[Any, ...]
    out_of_fold: Numbers
    found: Flags
    truth: Flags

    def decision(self, matrix: Any, shift: Shift) -> Numbers:
        """Calibrated log-odds by scikit-learn itself, for rows as ``design`` makes them.

        This is what the compiled arrays must equal.
        """
        found, extent = found_of(matrix, self.space), extent_of(matrix, self.space)
        logits = calibrated(self.learner.decision(matrix), found, extent, self.calibrators)
        return shift.of(logits, found)

    def arrays(self, shift: Shift) -> dict[str, NDArray[Any]]:
        """Network, target weights, calibration and shift as ``compiled.MODEL_ARRAYS``."""
        into, out = self.learner.network.coefs_
        hidden_bias, out_bias = self.learner.network.intercepts_
        lines, aims = self.learner.lines, self.learner.aims
        straight = np.vstack(
            [*((1 - _NETWORK_SHARE) * line.coef_[0] for line in lines), *(aim.coef_[0] for aim in aims)]
        ).T
        line_bias = np.array([line.intercept_[0] for line in lines])
        raw_bias = np.concatenate(
            [
                _NETWORK_SHARE * out_bias + (1 - _NETWORK_SHARE) * line_bias,
                [aim.intercept_[0] for aim in aims],
            ]
        )
        mix = np.vstack(
            [
                basis(name) @ calibrator.coef_[0][: basis(name).shape[1]]
                for name, calibrator in zip(HEADS, self.calibrators, strict=True)
            ]
        )
        bent = _NETWORK_SHARE * mix[: len(HARM_HEADS), :_TAUGHT].T
        weights = np.hstack([into, straight @ mix.T])
        weights[len(self.space.grams) :] *= MARK_SCALE
        extent = np.zeros(len(HEADS))
        extent[: len(CATEGORIES)] = [
            calibrator.coef_[0][_EXTENT] for calibrator in self.calibrators[: len(CATEGORIES)]
        ]
        for at, mark in hit_marks(self.space):
            weights[mark, into.shape[1] + at] += self.calibrators[at].coef_[0][_FOUND] + shift.found[at]
        bias = np.array([calibrator.intercept_[0] for calibrator in self.calibrators])
        return {
            "weights": np.ascontiguousarray(weights, dtype=np.float32),
            "hidden_bias": np.asarray(hidden_bias, dtype=np.float64),
            "out": np.asarray(out, dtype=np.float64) @ bent,
            "extent": extent,
            "bias": bias + mix @ raw_bias + shift.every,
        }


def fit(rows: Sequence[Row], space: FeatureSpace, *, seed: int, progress: Progress) -> Fitted:
    """Fit on all rows, and the calibration on scores of rows held out by group.

    Raises:
        TrainingError: A head has too few lines on one side, or the corpus too few groups.
    """
    truth = truth_of(rows)
    _check(rows, truth)
    folds = np.array([_fold_of(row.group) for row in rows])
    made = _joined_by_fold(rows, folds, seed)
    joints = len(made)
    made += spoken(space.lexicon, seed=seed)
    made += small_talk(int(len(rows) * _SMALL_TALK_SHARE), seed=seed)
    made_folds = np.array([_fold_of(row.group) for row in made], dtype=int)
    progress("reading", 0.0)
    own = design([space.extract(Views(row.text)) for row in rows], space)
    progress("reading", 0.5)
    extra = design([space.extract(Views(row.text)) for row in made], space)
    matrix = sparse.vstack([own, extra]).tocsr()
    labels, sides = np.vstack([truth, truth_of(made)]), np.concatenate([folds, made_folds])
    weights = np.concatenate(
        [
            np.ones(len(rows)),
            np.full(joints, _JOINED_WEIGHT),
            np.full(len(made) - joints, _MADE_WEIGHT),
        ]
    )
    # Nobody said whom a moderator's row is about; a joined line is about several, a spoken entry about nobody.
    aimed = np.array([bool(row.target) for row in rows] + [False] * len(made))
    plain = np.full(len(labels), True)
    plain[len(rows) : len(rows) + joints : 2] = False
    progress("fitting", 0.0)
    # The whole takes as long as its folds together. Processes, since liblinear draws from one generator a process.
    whole, *apart = Parallel(n_jobs=2 if len(labels) > _ALONE else 1)(
        delayed(_learn)(matrix[taught], labels[taught], weights[taught], aimed[taught], plain[taught], seed)
        for taught in (np.full(len(labels), True), *(sides != held for held in range(_FOLDS)))
    )
    progress("fitting", 1.0)
    progress("calibrating", 0.0)
    out_of_fold = np.zeros((len(rows), len(RAW_HEADS)))
    found, extent = found_of(own, space), extent_of(own, space)
    for held, learner in enumerate(apart):
        out_of_fold[folds == held] = learner.decision(own[folds == held])
    calibrators = tuple(
        LogisticRegression(C=1.0, max_iter=1000).fit(
            told(out_of_fold, found, extent, name),
            truth[:, RAW_HEADS.index(name)],
            aimed[: len(rows)] if name in TARGETS else None,
        )
        for name in HEADS
    )
    progress("calibrating", 1.0)
    return Fitted(
        space, whole, calibrators, calibrated(out_of_fold, found, extent, calibrators), found, truth
    )


def _learn(matrix: Any, labels: Flags, weights: Numbers, aimed: Flags, plain: Flags, seed: int) -> Learner:
    """Fit network and linear models on all of it, the targets on the lines that say whom they are about."""
    few, many = _BATCH
    network = MLPClassifier(
        (_HIDDEN,),
        batch_size=int(np.clip(len(labels) // 60, few, many)),
        max_iter=1,
        warm_start=True,
        learning_rate_init=_STEP,
        alpha=_PENALTY,
        random_state=seed,
    )
    whole, taught = matrix.astype(np.float32), labels[:, :_TAUGHT].astype(int)
    thinned, rng = whole.copy(), np.random.default_rng(seed)
    # One thread, so that sums of floats do not depend on the machine. Each call is one round, which
    # scikit-learn warns of.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(_ROUNDS):
            kept = rng.random(whole.nnz, dtype=np.float32) >= _THINNING
            thinned.data = whole.data * kept / np.float32(1 - _THINNING)
            network.fit(thinned, taught, weights)
    some, said, heed = matrix[plain], taught[plain], weights[plain]
    lines = tuple(_linear(_LINE_C, seed).fit(some, said[:, at], heed) for at in range(_TAUGHT))
    about = matrix[aimed]
    aims = tuple(_linear(_AIM_C, seed).fit(about, labels[aimed, _TAUGHT + at]) for at in range(len(TARGETS)))
    return Learner(network, lines, aims)


def _linear(strength: float, seed: int) -> Any:
    """Solved in the dual: a seventh of the time. A finer tolerance takes longer and ranks foreign text no better."""
    return LogisticRegression(C=strength, solver="liblinear", dual=True, tol=0.3, random_state=seed)


def _joined_by_fold(rows: Sequence[Row], folds: NDArray[np.int64], seed: int) -> list[Row]:
    """Joined lines whose parts all belong to one fold, so that none tells of a line held out."""
    made: list[Row] = []
    for fold in range(_FOLDS):
        here = [row for row, side in zip(rows, folds, strict=True) if side == fold]
        made += joined(here, int(len(here) * _JOINED_SHARE), seed=seed + fold)
    return made


def design(extracts: Sequence[Extract], space: FeatureSpace) -> Any:
    """One sparse row a text: n-grams by how often they stand, damped together; marks MARK_SCALE each."""
    places = [len(extract.ends) for extract in extracts]
    grams = space.chains[
        np.fromiter(chain.from_iterable(extract.ends for extract in extracts), dtype=np.intp)
    ].ravel()
    lines = np.repeat(np.arange(len(extracts)), places).repeat(space.chains.shape[1])
    known = grams < space.size
    lines, grams = lines[known], grams[known]
    scales = 1.0 / damping(np.bincount(lines, minlength=len(extracts)))
    marks = np.fromiter(chain.from_iterable(extract.marks for extract in extracts), dtype=np.intp)
    marked = np.repeat(np.arange(len(extracts)), [len(extract.marks) for extract in extracts])
    values = np.concatenate([scales[lines], np.full(len(marks), MARK_SCALE)])
    at = np.concatenate([lines, marked]), np.concatenate([grams, marks])
    return sparse.csr_matrix((values, at), shape=(len(extracts), space.size))


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
