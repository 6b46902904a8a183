"""Every error this room raises on purpose.

    ClassifierError
    ├── LexiconError       a lexicon file is not as it should be
    ├── CorpusError        a corpus row is not as it should be
    ├── ArtefactMissing    there is no trained classifier in that folder
    ├── ArtefactCorrupt    what is there cannot be read, or does not fit this code
    ├── EvaluationError    rows to measure on are not as they should be
    └── TrainingError      these rows cannot teach a classifier

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
    code = "lexicon_invalid"


class CorpusError(_Problems):
    code = "corpus_invalid"


class EvaluationError(_Problems):
    code = "evaluation_invalid"


class ArtefactMissing(ClassifierError):
    code = "artefact_missing"


class ArtefactCorrupt(ClassifierError):
    code = "artefact_corrupt"


class TrainingError(ClassifierError):
    code = "training_impossible"
