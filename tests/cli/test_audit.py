"""`ibasho audit`: whole or not, and what stands in it."""

import json

import pytest
from sqlalchemy import update

from moderation.storage.tables.delivery import audit as trail
from tests.review.desk import Desk


@pytest.fixture
def claimed(sqlite_database):
    """Three claims: three entries."""
    desk = Desk(sqlite_database)
    aoki = desk.sight("aoki")
    for number in range(3):
        desk.claim(desk.case(author=f"u-{number}"), aoki)


def test_a_whole_trail_and_its_hash(claimed, ibasho, sqlite_settings):
    whole = ibasho("audit", "verify", settings=sqlite_settings)

    assert (whole.returncode, len(whole.stdout.strip())) == (0, 64)
    again = ibasho("audit", "verify", "--expect", whole.stdout.strip(), settings=sqlite_settings)
    assert again.returncode == 0
    assert ibasho("audit", "verify", "--expect", "f" * 64, settings=sqlite_settings).returncode == 1


def test_what_was_changed_is_named(claimed, ibasho, sqlite_settings, sqlite_database):
    ibasho("audit", "verify", settings=sqlite_settings)
    with sqlite_database.write() as unit:
        unit.connection.execute(update(trail).where(trail.c.seq == 2).values(actor="user:nobody"))

    broken = ibasho("audit", "verify", settings=sqlite_settings)

    assert broken.returncode == 1
    assert "entry 2" in broken.stderr


def test_entries_as_lines(claimed, ibasho, sqlite_settings):
    listed = ibasho("audit", "list", "--act", "case.", settings=sqlite_settings)
    lines = [json.loads(line) for line in listed.stdout.splitlines()]

    assert [line["seq"] for line in lines] == [3, 2, 1]
    assert {line["act"] for line in lines} == {"case.claimed"}
    assert ibasho("audit", "list", "--act", "nothing.", settings=sqlite_settings).stdout == ""
    assert ibasho("audit", "list", "--since", "yesterday", settings=sqlite_settings).returncode == 2
