"""Train the classifier for a command that needs one."""

import fcntl
from pathlib import Path

from api.cli.terminal import progress
from classifiers.artefact import Artefact, load, save
from classifiers.corpus import CORPUS_FOLDER, corpus_hash, load_rows
from classifiers.errors import ArtefactCorrupt, ArtefactMissing
from classifiers.fold import FOLD_VERSION
from classifiers.lexicon import Lexicon
from classifiers.tokens import DICTIONARY_VERSION


def train_into(folder: Path, *, corpus: Path = CORPUS_FOLDER, seed: int = 1) -> Artefact:
    """Train on a corpus and swap the result into the folder; a bar on standard error meanwhile.

    Raises:
        ClassifierError: The corpus or the lexicon is wrong.
    """
    from classifiers.train import train  # noqa: PLC0415 - scikit-learn loads for two seconds

    rows, lexicon = load_rows([corpus]), Lexicon.load()
    with progress("Training the classifier") as step:
        artefact = train(rows, lexicon, seed=seed, progress=step)
    save(artefact, folder)
    return artefact


def train_if_missing(folder: Path) -> None:
    """Train where nobody did yet; of several processes that find nothing, one trains."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with (folder.parent / "training.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                train_into(folder)


def train_if_stale(folder: Path) -> bool:
    """Train unless the folder holds what this corpus, lexicon and folding give; whether it did."""
    if not _is_stale(folder):
        return False
    train_into(folder)
    return True


def _is_stale(folder: Path) -> bool:
    try:
        card = load(folder).card
    except (ArtefactMissing, ArtefactCorrupt):
        return True
    versions = card["versions"]
    made_from = (card["corpus"]["hash"], versions["lexicon"], versions["fold"], versions["dictionary"])
    return made_from != (corpus_hash(load_rows()), Lexicon.load().version, FOLD_VERSION, DICTIONARY_VERSION)
