"""Bring a database to the schema of this version, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from moderation.errors import Misconfigured, StoreUnavailable
from moderation.storage.database import Database

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Run every migration that is missing, on the case store and on the archive.

    Raises:
        StoreUnavailable: A database does not answer.
        Misconfigured: A database was made by another version.
    """
    for name, engine in (("main", database.main), ("archive", database.archive)):
        try:
            with engine.begin() as connection:
                config = _config(name)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise Misconfigured(
                f"The {name} database is at a revision that this version does not know ({error}); "
                "it was made by another version of Ibasho."
            ) from error
        except OperationalError as error:
            raise StoreUnavailable(f"Cannot migrate {engine.url.render_as_string()}: {error.orig}") from error


def revisions(database: Database) -> dict[str, tuple[str | None, str | None]]:
    """Per store the revision it is at, and the one this version needs."""
    return {
        "main": (_current(database.main, "main"), _head("main")),
        "archive": (_current(database.archive, "archive"), _head("archive")),
    }


def check_current(database: Database) -> None:
    """Refuse to work on an old schema.

    Raises:
        Misconfigured: A migration is missing.
        StoreUnavailable: A database does not answer.
        Misconfigured: A database was made by another version.
    """
    for name, (current, head) in revisions(database).items():
        if current != head:
            raise Misconfigured(
                f"The {name} database is at revision {current or 'none'}, not {head}; run `ibasho db upgrade`."
            )


def _config(name: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER / name))
    return config


def _head(name: str) -> str | None:
    return ScriptDirectory.from_config(_config(name)).get_current_head()


def _current(engine: Engine, name: str) -> str | None:
    try:
        with engine.connect().execution_options(ibasho_read=True) as connection:
            context = MigrationContext.configure(connection, opts={"version_table": f"alembic_{name}"})
            return context.get_current_revision()
    except OperationalError as error:
        raise StoreUnavailable(f"The {name} database does not answer: {error.orig}") from error
