"""The classifier that serves: texts in, calibrated probabilities out, and the evidence when asked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

from classifiers.artefact import DEFAULT_FOLDER, Artefact, content_version, load
from classifiers.compiled import HARM_HEADS, Compiled, Floats, probabilities, probabilities_of
from classifiers.evidence import Evidence, evidence_of
from classifiers.features import FeatureSpace
from classifiers.fold import FOLD_VERSION
from classifiers.labels import CATEGORIES, TARGETS
from classifiers.lexicon import Hit, Lexicon
from classifiers.tokens import DICTIONARY_VERSION
from classifiers.views import Views

_SIZE: Final = len(CATEGORIES)
_HARMS: Final = len(HARM_HEADS)
_COLUMN: Final = {head: at for at, head in enumerate(HARM_HEADS)}


class Scores:
    """What the classifier says about one text. Probabilities 0..1, for the assumed prior.

    Attributes:
        row: One for each category, in the order of CATEGORIES, and the next.
        minors: That a minor is the one at risk.
        target: Whom it is most likely about: one of TARGETS.
    """

    __slots__ = ("_targets", "minors", "row", "target")

    def __init__(self, row: list[float], targets: list[float]) -> None:
        """``targets`` are log-odds: most messages only need to know which is highest."""
        self.row: Final = row
        self.minors: Final = row[_SIZE]
        self._targets: Final = targets
        self.target: Final = TARGETS[targets.index(max(targets))]

    @property
    def probabilities(self) -> dict[str, float]:
        """One for each category."""
        return dict(zip(CATEGORIES, self.row, strict=False))

    @property
    def targets(self) -> dict[str, float]:
        """Likelihood of each target; they sum to 1."""
        return likelihoods(self._targets)


def likelihoods(targets: Sequence[float]) -> dict[str, float]:
    """Likelihood of each target, from their log-odds; they sum to 1."""
    chances = probabilities_of(targets)
    whole = sum(chances)
    return {target: one / whole for target, one in zip(TARGETS, chances, strict=True)}


class Classifier:
    """A trained artefact, ready to score. Immutable; safe to share between threads."""

    def __init__(self, artefact: Artefact) -> None:
        arrays = artefact.arrays
        self.lexicon: Final[Lexicon] = artefact.lexicon
        self.card: Final[dict[str, Any]] = artefact.card
        self._space = FeatureSpace(
            lexicon=artefact.lexicon,
            grams=arrays["grams"].tolist(),
            marks=arrays["marks"].tolist(),
        )
        self._compiled = Compiled(arrays, self._space.chains)
        self.model_version: Final = content_version(arrays, artefact.lexicon)
        self.lexicon_version: Final = artefact.lexicon.version
        self.fold_version: Final = FOLD_VERSION
        self.dictionary_version: Final = DICTIONARY_VERSION

    @classmethod
    def load(cls, folder: Path = DEFAULT_FOLDER) -> Self:
        """Load what ``ibasho model train`` wrote. Raises ArtefactMissing or ArtefactCorrupt."""
        return cls(load(folder))

    def score(self, items: Sequence[str | Views]) -> list[Scores]:
        """Score texts of any content, in time linear in their length."""
        texts = [Views(item) if isinstance(item, str) else item for item in items]
        if not texts:
            return []
        if len(texts) > 1:
            chances, targets = self.score_many(texts)
            return list(map(Scores, chances.tolist(), targets.tolist()))
        extract = self._space.extract(texts[0])  # what is quickest for many takes twice the time for one
        logits = self._compiled.logits_of(extract).tolist()
        row = probabilities_of(logits[:_HARMS])
        extract.chances, extract.at = [row], 0
        return [Scores(row, logits[_HARMS:])]

    def score_many(self, texts: Sequence[Views]) -> tuple[Floats, Floats]:
        """The same as arrays, a row for each text, for whoever has many and does not ask for all of it.

        Args:
            texts: At least one.

        Returns:
            Probabilities of HARM_HEADS, and log-odds of TARGETS.
        """
        extracts = self._space.extracts(texts)
        logits = self._compiled.logits(extracts)
        chances = probabilities(logits[:, :_HARMS])
        for at, extract in enumerate(extracts):
            extract.chances, extract.at = chances, at
        return chances, logits[:, _HARMS:]

    def explain(self, item: str | Views, category: str) -> Evidence:
        """Why a text scores as it does in a category: spans, one Japanese sentence, contributions.

        Raises ValueError for an unknown category.
        """
        column = _COLUMN.get(category)
        if column is None:
            raise ValueError(f"no category {category!r}; there are {', '.join(CATEGORIES)} and minors")
        views = Views(item) if isinstance(item, str) else item
        extract = self._space.extract(views)
        if extract.chances is None:
            self.score([views])
            return self.explain(views, category)
        return evidence_of(
            views,
            extract,
            self._space,
            self._compiled.weighing(extract, column),
            category=category,
            probability=float(extract.chances[extract.at][column]),
        )

    def hits(self, item: str | Views) -> list[Hit]:
        """What the lexicon finds in a text, longest first."""
        return self.lexicon.find(Views(item) if isinstance(item, str) else item)
