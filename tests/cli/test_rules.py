"""Rules by command: bring files into force, look, go back, take back."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from moderation.settings import PROJECT
from tests.review.desk import Desk
from tests.rules.support import SOUND


@pytest.fixture
def settings(sqlite_settings, sqlite_database):
    return sqlite_settings


@pytest.fixture
def packs(tmp_path):
    """Our own packs in a folder where they may be changed, with one rule more."""
    folder = tmp_path / "packs"
    shutil.copytree(PROJECT / "rules" / "packs", folder)
    (folder / "insult" / "example.yaml").write_text(SOUND, encoding="utf-8")
    return folder


def test_files_come_into_force_are_listed_and_rolled_back(ibasho, settings, packs):
    before = ibasho("rules", "versions", settings=settings).stdout.split()[1]

    done = ibasho("rules", "activate", "--packs", packs, "--note", "試し", settings=settings)
    again = ibasho("rules", "activate", "--packs", packs, settings=settings)
    listed = ibasho("rules", "versions", settings=settings).stdout.splitlines()
    back = ibasho("rules", "rollback", settings=settings)
    nowhere = ibasho("rules", "rollback", settings=settings)

    version = done.stdout.strip()
    assert (done.returncode, again.returncode, again.stdout) == (0, 0, "")
    assert "in force already" in again.stderr
    assert listed[0].startswith(f"* {version}")
    assert listed[0].endswith("試し")
    assert (back.returncode, back.stdout.strip()) == (0, before)
    assert nowhere.returncode != 0
    assert "none to go back to" in nowhere.stderr


def test_broken_files_change_nothing(ibasho, settings, packs):
    (packs / "insult" / "example.yaml").write_text(SOUND + "on: yes\n", encoding="utf-8")
    before = ibasho("rules", "versions", settings=settings).stdout

    done = ibasho("rules", "activate", "--packs", packs, settings=settings)

    assert done.returncode == 1
    assert "insult/example.yaml:21: YAML reads 'on'" in done.stdout
    assert ibasho("rules", "versions", settings=settings).stdout == before


def test_what_a_rule_did_is_shown_and_taken_back(ibasho, settings, sqlite_database):
    desk = Desk(sqlite_database)
    now = datetime.now(UTC)
    desk.case("だめなことば", at=now)
    asks = ("rules", "undo", "insult.test@2", "--since", (now - timedelta(hours=1)).isoformat())

    shown = ibasho(*asks, settings=settings)
    done = ibasho(*asks, "--reason", "広すぎた", settings=settings)
    after = ibasho(*asks, settings=settings)

    assert "1 cases would be decided as no violation" in shown.stdout
    assert "Nothing was changed" in shown.stderr
    assert "1 cases decided as no violation" in done.stdout
    assert "0 cases would be decided" in after.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("undo", "insult.die_command", "--since", "2026-08-20T12:00+09:00"), "insult.die_command@2"),
        (("undo", "insult.die_command@1", "--since", "yesterday"), "is not a time"),
        (("undo", "insult.die_command@1", "--since", "2026-08-20T12:00"), "has no offset"),
        (("activate", "rs-000000000000"), "rs-000000000000"),
        (("check", "/nowhere"), "no such folder"),
    ],
)
def test_wrong_words_are_named(ibasho, settings, arguments, said):
    done = ibasho("rules", *arguments, settings=settings)

    assert done.returncode != 0
    assert said in done.stderr


def test_a_trace_names_every_condition(ibasho, settings):
    done = ibasho(
        "rules",
        "trace",
        "早く死ねよ",
        "--author",
        "role=viewer",
        "--rule",
        "insult.die_command",
        settings=settings,
    )

    assert done.returncode == 0
    assert "insult.die_command" in done.stdout
    assert "true" in done.stdout
