"""Commands are run as processes: what a user types is what is tested."""

from pathlib import Path

import pytest

from moderation.settings import PROJECT, Settings


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    """The settings of a machine on which nothing was done yet, but for a trained classifier."""
    return Settings(data_dir=tmp_path / "var", model_dir=PROJECT / "var" / "models" / "ja")
