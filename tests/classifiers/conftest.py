import pytest

from classifiers.artefact import Artefact
from classifiers.lexicon import Lexicon
from classifiers.model import Classifier
from classifiers.train import train
from tests.classifiers import samples


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon(samples.ENTRIES)


@pytest.fixture(scope="session")
def artefact(lexicon) -> Artefact:
    return train(samples.rows(), lexicon)


@pytest.fixture(scope="session")
def classifier(artefact) -> Classifier:
    return Classifier(artefact)
