"""An engine for desks that take reports in."""

import pytest

from moderation.bootstrap import embedded_engine
from moderation.settings import Settings


@pytest.fixture(scope="session")
def engine(model_dir):
    return embedded_engine(Settings(model_dir=model_dir))
