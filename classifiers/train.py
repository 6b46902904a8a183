"""Teach a classifier from a corpus and a lexicon. Deterministic; some three minutes for 100,000 lines, on two cores."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any, Final

import numpy as np

from classifiers.artefact import Artefact, content_version
from classifiers.calibration import Shift
from classifiers.card import INTENDED_USE, LIMITS
from classifiers.compiled import HEADS, probabilities
from classifiers.corpus import Row, corpus_hash, of_split
from classifiers.corpus_check import count_labels
from classifiers.errors import TrainingError
from classifiers.evaluate import evaluate
from classifiers.features import FeatureSpace, learn_space
from classifiers.fitting import Fitted, Progress, fit
from classifiers.fold import FOLD_VERSION
from classifiers.labels import CATEGORIES, MINORS
from classifiers.lexicon import Lexicon
from classifiers.measures import prior_weights, reliability
from classifiers.model import Classifier
from classifiers.operating import curve, suggest
from classifiers.tokens import DICTIONARY_VERSION
from classifiers.truth import ANY, RAW_HEADS
from classifiers.views import Views

ASSUMED_PRIOR: Final = 0.05
"""Share of messages that some category fits, where a deployment says nothing else."""
SAID_IN_WORDS: Final = {"insult": 0.9, "identity_hate": 0.9}
SAID_IN_WORDS_ELSE: Final = 0.5
"""Share of a category's harm in a chat that holds an expression of the lexicon for it. In the corpus it is a half and less:
hints were written for it on purpose. Of real lines it is between a half and nine tenths: people insult in words, and threaten,
lure or say goodbye by hint."""
HARM: Final = "harm"
"""Name of the prior of any category at all."""
_HARMFUL: Final = RAW_HEADS.index(ANY)
"""Column of ``Fitted.truth`` that says whether any category fits."""
_MIN_LINES: Final = 8
_MIN_ENTRY_LINES: Final = 3


def train(
    rows: Sequence[Row],
    lexicon: Lexicon,
    *,
    extra: Sequence[Row] = (),
    assumed_prior: float | Mapping[str, float] = ASSUMED_PRIOR,
    seed: int = 1,
    progress: Progress | None = None,
) -> Artefact:
    """Teach on the groups of train and dev, measure on the groups of test, and write the card.

    Args:
        rows: The corpus; rows of ``test`` groups are never taught.
        lexicon: Goes into the artefact: scoring knows no other.
        extra: Rows from moderators' decisions (``classifiers.extra``), split by group like the corpus.
        assumed_prior: Share of harmful messages where it will serve (0..1, exclusive), or the share of
            ``harm`` and of single categories; those left out move as the whole does.
        seed: Same rows, lexicon and seed: same artefact, byte for byte.
        progress: Told the step's name and how much is done, 0..1.

    Raises:
        TrainingError: The rows or the prior cannot teach a classifier.
    """
    prior = priors(assumed_prior)
    tell = progress or _silent
    taught, held = of_split([*rows, *extra], "train", "dev"), of_split([*rows, *extra], "test")
    tell("reading", 0.0)
    views = [Views(row.text) for row in taught]
    space = learn_space(views, lexicon, min_lines=_MIN_LINES, min_entry_lines=_MIN_ENTRY_LINES)
    fitted = fit(taught, space, seed=seed, progress=tell)
    shift = prior_shift(fitted, prior)
    arrays = _arrays(fitted, shift)
    tell("measuring", 0.0)
    chances = probabilities(shift.of(fitted.out_of_fold, fitted.found))
    curves = {
        category: curve(chances[:, at], fitted.truth[:, at], ~fitted.truth[:, _HARMFUL])
        for at, category in enumerate((*CATEGORIES, MINORS))
    }
    thresholds = {category: suggest(category, points) for category, points in curves.items()}
    card = _card(rows, extra, space, prior, seed)
    weights = prior_weights(fitted.truth[:, _HARMFUL], prior[HARM])
    card["reliability"] = {
        category: reliability(fitted.truth[:, at], chances[:, at], weights)
        for at, category in enumerate(CATEGORIES)
    }
    card |= {"curves": curves, "thresholds": thresholds}
    card["versions"]["model"] = content_version(arrays, lexicon)
    artefact = Artefact(arrays=arrays, lexicon=lexicon, card=card)
    if held:
        figures = evaluate(held, Classifier(artefact), thresholds=thresholds, seed=seed)
        card["metrics"] = figures.as_dict()
    tell("measuring", 1.0)
    return artefact


def prior_shift(fitted: Fitted, prior: Mapping[str, float]) -> Shift:
    """From the corpus to a chat: there less is harmful, and more of what is harmful says so in words of the lexicon.

    By Bayes' rule, with all else as in the corpus: what is found in harmless lines, and what lines of one kind say.
    """
    harmful = float(fitted.truth[:, _HARMFUL].mean())
    every, found = np.zeros(len(HEADS)), np.zeros(len(CATEGORIES))
    for at, name in enumerate(HEADS[: len(CATEGORIES) + 1]):
        here = float(fitted.truth[:, at].mean())
        every[at] = (
            _log_odds(prior[name]) - _log_odds(here)
            if name in prior
            else _log_odds(prior[HARM]) - _log_odds(harmful)
        )
    for at, category in enumerate(CATEGORIES):
        of_harm = fitted.found[fitted.truth[:, at], at]
        here = (int(of_harm.sum()) + 1) / (len(of_harm) + 2)
        there = max(SAID_IN_WORDS.get(category, SAID_IN_WORDS_ELSE), here)
        every[at] += log((1.0 - there) / (1.0 - here))
        found[at] = _log_odds(there) - _log_odds(here)
    return Shift(every, found)


def priors(assumed_prior: float | Mapping[str, float]) -> dict[str, float]:
    """The prior of HARM and those of single categories. Raises TrainingError for what cannot be one."""
    if isinstance(assumed_prior, Mapping):
        named = {HARM: ASSUMED_PRIOR, **assumed_prior}
    else:
        named = {HARM: float(assumed_prior)}
    known = (HARM, MINORS, *CATEGORIES)
    for name, prior in named.items():
        if name not in known:
            raise TrainingError(f"assumed_prior names {name!r}; it may name {', '.join(known)}.")
        if not 0.0 < prior < 1.0:
            raise TrainingError(f"assumed_prior of {name} must lie between 0 and 1, got {prior}.")
    return named


def _log_odds(share: float) -> float:
    return log(share / (1.0 - share))


def _arrays(fitted: Fitted, shift: Shift) -> dict[str, Any]:
    return fitted.arrays(shift) | {
        "grams": np.array(fitted.space.grams, dtype=str),
        "marks": np.array(fitted.space.marks, dtype=str),
    }


def _card(
    rows: Sequence[Row],
    extra: Sequence[Row],
    space: FeatureSpace,
    prior: Mapping[str, float],
    seed: int,
) -> dict[str, Any]:
    return {
        "versions": {
            "fold": FOLD_VERSION,
            "lexicon": space.lexicon.version,
            "dictionary": DICTIONARY_VERSION,
        },
        "intended_use": INTENDED_USE,
        "limits": list(LIMITS),
        "corpus": {
            "hash": corpus_hash(rows),
            "lines": len(rows),
            "taught": len(of_split(rows, "train", "dev")),
            "held_out": len(of_split(rows, "test")),
            "counts": count_labels(rows),
        },
        "decided": {
            "hash": corpus_hash(extra),
            "lines": len(extra),
            "taught": len(of_split(extra, "train", "dev")),
        },
        "lexicon": {"entries": len(space.lexicon.entries)},
        "features": space.size,
        "assumed_prior": dict(prior),
        "seed": seed,
        "metrics": {"categories": {}, "overall": {}, "slices": {}},
    }


def _silent(_step: str, _share: float) -> None:
    """Progress that nobody asked for."""
