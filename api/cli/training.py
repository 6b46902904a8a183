"""Train the classifier for a command that needs one."""

import fcntl
from pathlib import Path

from api.cli.terminal import errors, progress
from classifiers.artefact import Artefact, load, save
from classifiers.corpus import CORPUS_FOLDER, load_rows
from classifiers.errors import ArtefactCorrupt, ArtefactMissing
from classifiers.lexicon import Lexicon


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


def train_if_unusable(folder: Path) -> None:
    """Train where there is no classifier, or one that this version of the code cannot read.

    One that can be read is left alone, whatever it was trained on: it may be the user's own.
    """
    train_if_missing(folder)
    try:
        load(folder)
    except (ArtefactMissing, ArtefactCorrupt) as error:
        errors().print(f"{error}\nTraining a new one.", soft_wrap=True)
        train_into(folder)
