from pathlib import Path

import pytest

from classifiers.artefact import save
from classifiers.lexicon import Lexicon
from classifiers.train import train
from tests.classifiers import samples
from tests.review.desk import Desk


@pytest.fixture(scope="session")
def small_model(tmp_path_factory) -> Path:
    """A small classifier of the tests' own, as `ibasho model train` leaves it."""
    folder = tmp_path_factory.mktemp("small") / "ja"
    save(train(samples.rows(), Lexicon(samples.ENTRIES)), folder)
    return folder


@pytest.fixture(scope="session")
def eager_model(tmp_path_factory) -> Path:
    """Another one, that flags nearly everything."""
    folder = tmp_path_factory.mktemp("eager") / "ja"
    save(train(samples.rows(), Lexicon(samples.ENTRIES), assumed_prior=0.9), folder)
    return folder


@pytest.fixture
def desk(database) -> Desk:
    return Desk(database)
