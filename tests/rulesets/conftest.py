"""Rule sets in a real database, and processes that follow them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from moderation.bootstrap import read_rule_files
from moderation.scoring.ruleset import RuleSources
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.storage.rules import rulesets
from tests.rules.support import SOUND
from tests.support.factories import NOON

LATER = NOON + timedelta(hours=1)


@pytest.fixture(scope="session")
def packs() -> RuleSources:
    """The seeded rule set."""
    return read_rule_files(Settings())


@pytest.fixture
def kept(packs: RuleSources) -> Callable[..., str]:
    """Keeps the seeded set with one more rule in a database, and gives its version."""

    def keep(database: Database, text: str = SOUND, path: str = "insult/example.yaml", **given: Any) -> str:
        with database.write() as unit:
            parent = rulesets.active(unit.connection)
            assert parent is not None
            sources = parent.sources.with_file("pack", path, text)
            return rulesets.store(
                unit.connection, sources=sources, by="user:test", now=LATER, parent=parent.version, **given
            )

    return keep
