"""Every error this room raises on purpose.

    ClassifierError
    ├── LexiconError, CorpusError, EvaluationError    files, with every problem in them
    ├── ArtefactMissing, ArtefactCorrupt
    └── TrainingError

``code`` is the stable word clients match on; the message names place and mending, one line a problem.
"""

from collections.abc import Sequence
from typing import ClassVar


class ClassifierError(Exception):
    """Base of every deliberate error of this room."""

    code: ClassVar[str] = "classifier_error"


class _Problems(ClassifierError):
    """Several problems at once, so that a file is mended in one go."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class LexiconError(_Problems):
    """A lexicon file is not as it should be."""

    code = "lexicon_invalid"


class CorpusError(_Problems):
    """A corpus row is not as it should be."""

    code = "corpus_invalid"


class EvaluationError(_Problems):
    """Rows to measure on are not as they should be."""

    code = "evaluation_invalid"


class ArtefactMissing(ClassifierError):
    """There is no trained classifier in that folder."""

    code = "artefact_missing"


class ArtefactCorrupt(ClassifierError):
    """What is there cannot be read, or does not fit this code."""

    code = "artefact_corrupt"


class TrainingError(ClassifierError):
    """These rows cannot teach a classifier."""

    code = "training_impossible"
