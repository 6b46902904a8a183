"""Evidence: an immutable copy with a hash, a chain of custody, and a hold that retention respects."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from moderation.errors import CaseNotFound
from moderation.reports.evidence_file import evidence_zip
from moderation.storage.reports import evidence, evidence_copy
from moderation.storage.reports.evidence import HoldReleased
from tests.reports.desk import about_message, report
from tests.support.factories import NOON


@pytest.fixture
def pack(take):
    """A pack of a case with one reported message."""
    subject = about_message("m-1", author_id="u-1", room_id="r-1", text="=家に行って殺す")
    case_id = take(report(subject=subject)).case_id
    return make(take.database, case_id)


def make(database, case_id):
    with database.write() as unit, database.read_archive() as archive:
        service, copy, holds = evidence_copy.of_case(unit.connection, archive, case_id, now=NOON)
        return evidence.add(
            unit.connection,
            copy,
            service=service,
            purpose="警察からの照会",
            by="user:kei",
            holds=holds,
            now=NOON,
            case_id=case_id,
        )


def test_it_holds_the_case_its_message_and_its_author(take, pack):
    from sqlalchemy import select

    from moderation.storage.tables.notices import legal_holds

    copy = json.loads(pack.content)

    assert copy["hits"][0]["text"] == "=家に行って殺す"
    assert len(copy["reports"]) == 1
    with take.database.read() as connection:
        held = connection.execute(select(legal_holds.c.kind, legal_holds.c.subject_id)).all()
    assert {tuple(row) for row in held} == {("case", pack.case_id), ("author", "u-1"), ("message", "m-1")}


@pytest.mark.parametrize("statement", ["UPDATE evidence SET content = '{}'", "DELETE FROM evidence_custody"])
def test_the_database_refuses_to_change_it(take, pack, statement):
    with pytest.raises(DBAPIError), take.database.main.begin() as connection:
        connection.execute(text(statement))


def test_a_change_behind_our_back_is_seen(take, pack):
    with take.database.read() as connection:
        lines = evidence.chain(connection, pack.id)

    assert evidence.problems_of(pack, lines) == []
    assert evidence.problems_of(replace(pack, content=pack.content + " "), lines)
    assert evidence.problems_of(pack, [replace(lines[0], actor="user:other")])
    assert evidence.problems_of(pack, [])


def test_a_hold_is_released_once_and_with_a_line_in_the_chain(take, pack):
    with take.database.write() as unit:
        evidence.release(unit.connection, pack.id, by="user:kei", why="照会が終わったため", now=NOON)
        acts = [line.act for line in evidence.chain(unit.connection, pack.id)]
        held = evidence.get(unit.connection, pack.id).held

    assert (acts, held) == (["made", "released"], False)
    with pytest.raises(HoldReleased), take.database.write() as unit:
        evidence.release(unit.connection, pack.id, by="user:kei", why="もう一度", now=NOON)


def test_the_file_checks_out_and_no_cell_becomes_a_formula(take, pack):
    with take.database.read() as connection:
        made = evidence_zip(pack, evidence.chain(connection, pack.id), names={"kei": "けい"}, now=NOON)

    archive = zipfile.ZipFile(io.BytesIO(made))
    assert hashlib.sha256(archive.read("evidence.json")).hexdigest() == pack.sha256
    assert ",'=家に行って殺す," in archive.read("messages.csv").decode("utf-8-sig")
    assert pack.sha256 in archive.read("README.txt").decode()


def test_a_case_that_is_not_there(take_once):
    with (
        pytest.raises(CaseNotFound),
        take_once.database.write() as unit,
        take_once.database.read_archive() as archive,
    ):
        evidence_copy.of_case(unit.connection, archive, "nothing", now=NOON)
