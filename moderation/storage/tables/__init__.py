"""Table definitions: the case store (``MAIN``) and the archive with its buckets (``ARCHIVE``).

The two may be one PostgreSQL database; on SQLite the archive has its own file, so that bulk
writes never hold up a flagged save.
"""

from moderation.storage.tables import (
    accounts,
    archive,
    awareness,
    campaigns,
    cases,
    delivery,
    desk,
    feedback,
    models,
    notices,
    people,
    rulesets,
    voices,
)
from moderation.storage.tables.base import ARCHIVE, MAIN

__all__ = [
    "ARCHIVE",
    "MAIN",
    "accounts",
    "archive",
    "awareness",
    "campaigns",
    "cases",
    "delivery",
    "desk",
    "feedback",
    "models",
    "notices",
    "people",
    "rulesets",
    "voices",
]
