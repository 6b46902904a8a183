"""Migrations make exactly the tables that the code works on."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from moderation.storage.tables import ARCHIVE, MAIN


def differences(engine, metadata):
    tables = set(metadata.tables)

    def ours(thing, name, kind, reflected, compared):
        # One PostgreSQL holds both stores.
        return kind != "table" or name in tables

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return compare_metadata(context, metadata)


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # of SQLite's they are not read
def test_the_case_store(database):
    assert differences(database.main, MAIN) == []


def test_the_archive(database):
    assert differences(database.archive, ARCHIVE) == []
