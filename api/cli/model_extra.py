"""Train on the corpus and on moderators' decisions."""

from collections.abc import Sequence
from pathlib import Path

from api.cli.terminal import errors, progress
from classifiers.artefact import Artefact, save
from classifiers.corpus import load_rows
from classifiers.extra import fresh_rows
from classifiers.lexicon import Lexicon


def train_with(extra: Sequence[Path], folder: Path, *, corpus: Path, seed: int) -> Artefact:
    """Train, and swap the result into the folder. What the corpus says already is not taught again.

    Raises:
        ClassifierError: The corpus, the lexicon or an extra row is wrong.
    """
    from classifiers.train import train  # noqa: PLC0415 - scikit-learn loads for two seconds

    rows, lexicon = load_rows([corpus]), Lexicon.load()
    fresh = fresh_rows(load_rows(extra), rows)
    errors().print(
        f"{len(fresh.rows):,} rows of decisions are new; left out: {fresh.in_corpus:,} near copies of the corpus "
        f"({fresh.against:,} of them decided otherwise), {fresh.repeated:,} of newer rows"
    )
    with progress("Training the classifier") as step:
        artefact = train(rows, lexicon, extra=fresh.rows, seed=seed, progress=step)
    save(artefact, folder)
    return artefact
