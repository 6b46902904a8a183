"""Keys, people and databases by command."""

import json
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from moderation.storage import migrate
from moderation.storage.accounts import accounts
from moderation.storage.database import open_database
from moderation.taxonomy import Role, Scope
from tests.support.servers import make_key


def test_db_upgrade_makes_and_seeds_and_may_run_again(fresh, ibasho):
    for _ in range(2):
        done = ibasho("db", "upgrade", settings=fresh)
        assert done.returncode == 0, done.stderr

    database = open_database(fresh)
    migrate.check_current(database)
    database.dispose()
    assert "up to date" in ibasho("db", "check", settings=fresh).stdout


def test_db_check_says_what_is_missing(fresh, ibasho):
    done = ibasho("db", "check", settings=fresh)

    assert done.returncode == 2
    assert "main: revision none, needs" in done.stdout


def test_a_key_is_printed_once_works_and_can_be_revoked(sqlite_settings, sqlite_database, ibasho):
    made = ibasho("keys", "create", "svc", "--name", "backend", "--scope", "trends", settings=sqlite_settings)
    secret = made.stdout.strip()

    with sqlite_database.read() as connection:
        key = accounts.find_key(connection, secret)
    assert (key.service, key.name, key.scopes) == ("svc", "backend", {Scope.TRENDS})
    listed = ibasho("keys", "list", settings=sqlite_settings).stdout
    assert "backend" in listed
    assert secret not in listed

    assert ibasho("keys", "revoke", key.id, settings=sqlite_settings).returncode == 0
    with sqlite_database.read() as connection:
        assert not accounts.find_key(connection, secret).usable(datetime.now(UTC))


def test_a_person_can_be_added_with_a_made_password_and_locked_out(sqlite_settings, sqlite_database, ibasho):
    added = ibasho(
        "users", "add", "sato", "--name", "佐藤", "--role", "moderator", "--role", "lead", "--generate",
        settings=sqlite_settings,
    )  # fmt: skip

    with sqlite_database.read() as connection:
        user = accounts.get_user(connection, "sato")
    assert PasswordHasher().verify(user.password_hash, added.stdout.strip())
    assert user.roles == {Role.MODERATOR, Role.LEAD}
    assert "佐藤" in ibasho("users", "list", settings=sqlite_settings).stdout

    ibasho("users", "disable", "sato", settings=sqlite_settings)
    with sqlite_database.read() as connection:
        assert accounts.get_user(connection, "sato").disabled_at is not None


class TestTrends:
    @pytest.fixture
    def service(self, sqlite_database):
        make_key(sqlite_database, service="svc")

    def test_the_only_service_needs_no_name(self, service, sqlite_settings, ibasho, tmp_path):
        done = ibasho("trends", "report", "--chart", tmp_path / "c.svg", settings=sqlite_settings)

        assert done.returncode == 0
        assert done.stdout.startswith("傾向レポート svc")
        assert (tmp_path / "c.svg").read_text(encoding="utf-8").startswith("<svg")

    def test_it_comes_as_json_and_csv(self, service, sqlite_settings, ibasho):
        asked = ("trends", "report", "--from", "2026-08-01", "--to", "2026-08-07", "--format")

        assert json.loads(ibasho(*asked, "json", settings=sqlite_settings).stdout)["service"] == "svc"
        table = ibasho(*asked, "csv", "--table", "categories", settings=sqlite_settings).stdout
        assert table.splitlines()[0].startswith("category,")

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["--service", "other"], "no service 'other'; name one with --service: svc"),
            (["--from", "August", "--to", "2026-08-07"], "from 'August' is not a day"),
            (["--from", "2026-08-07"], "to is missing"),
            (["--from", "2026-08-07", "--to", "2026-08-01"], "comes before"),
        ],
    )
    def test_what_cannot_be_reported_is_named(self, service, sqlite_settings, ibasho, arguments, says):
        done = ibasho("trends", "report", *arguments, settings=sqlite_settings)

        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert says in done.stderr

    def test_without_any_service_it_says_how_to_get_one(self, sqlite_settings, ibasho):
        done = ibasho("trends", "report", settings=sqlite_settings)

        assert (done.returncode, "ibasho keys create" in done.stderr) == (1, True)


def test_a_report_reaches_a_server_once_and_what_it_refuses_is_told(server, ibasho):
    send = ("report", "author", "u-bad", "--room", "r-1", "--reporter", "u-1", "--url", server.url)

    first, again = (
        ibasho(*send, "--id", "rp-1", "--reason", "insult", "--key", server.key) for _ in range(2)
    )
    assert json.loads(first.stdout)["status"] == "opened"
    assert json.loads(again.stdout)["case_id"] == json.loads(first.stdout)["case_id"]

    stranger = ibasho(*send, "--key", "ibasho_nobody")
    assert (stranger.returncode, stranger.stdout, stranger.stderr.count("\n")) == (1, "", 1)
    assert "refused (401)" in stranger.stderr
    too_long = ibasho(*send, "--key", server.key, "--text", "あ" * 10_001)
    assert (too_long.returncode, too_long.stderr.count("\n")) == (1, 1)
    assert "text" in too_long.stderr
