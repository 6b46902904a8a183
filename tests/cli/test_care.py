"""Keys, people and databases by command."""

from datetime import UTC, datetime

from argon2 import PasswordHasher

from moderation.storage import accounts, migrate
from moderation.storage.database import open_database
from moderation.taxonomy import Role, Scope


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
