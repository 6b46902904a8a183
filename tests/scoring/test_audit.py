from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from moderation.storage.accounts import audit
from moderation.storage.tables.delivery import audit as trail
from tests.support.factories import NOON


@pytest.fixture
def entries(database):
    with database.write() as unit:
        return [
            audit.append(
                unit.connection, actor="cli:sato", act="model.export_protected", object_="decisions",
                data={"reason": text, "rows": number, "all": True}, now=NOON + timedelta(seconds=number),
            )
            for number, text in enumerate(["照会 12 への回答", "a\0b\ud800", ""])
        ]  # fmt: skip


def verify(database):
    with database.read() as connection:
        return audit.verify(connection)


def test_a_trail_as_it_was_written_is_whole(database, entries):
    assert verify(database) is None
    with database.read() as connection:
        assert audit.last_hash(connection) == entries[-1]


def test_an_empty_trail_is_whole(database):
    assert verify(database) is None
    with database.read() as connection:
        assert audit.last_hash(connection) == audit.FIRST


@pytest.mark.parametrize(
    "change", [{"actor": "cli:ito"}, {"data": {"reason": ""}}, {"at": NOON}, {"hash": "0" * 64}], ids=str
)
def test_an_entry_that_was_changed_is_found(database, entries, change):
    with database.write() as unit:
        unit.connection.execute(update(trail).where(trail.c.hash == entries[1]).values(**change))

    assert verify(database) == 2


def test_an_entry_that_was_taken_out_is_found(database, entries):
    with database.write() as unit:
        unit.connection.execute(delete(trail).where(trail.c.hash == entries[1]))

    assert verify(database) == 3
