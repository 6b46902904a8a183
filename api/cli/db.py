"""`ibasho db`: the databases."""

from datetime import UTC, datetime

import typer

from api.cli.terminal import EXIT_CANNOT_RUN, errors, new_app
from moderation.bootstrap import seed as seed_database
from moderation.settings import read_settings
from moderation.storage import migrate
from moderation.storage.database import open_database

app = new_app("Bring the databases up to date.")


@app.command()
def upgrade() -> None:
    """Make or change the tables this version needs, and put in the clauses and the first rule set.

    Safe to run again: what is there already stays. Run it after every update, before `ibasho serve`.
    """
    settings = read_settings()
    database = open_database(settings)
    try:
        migrate.upgrade(database)
        for name, (current, _) in migrate.revisions(database).items():
            errors().print(f"The {name} database is at revision {current}.")
    finally:
        database.dispose()
    seed()


@app.command()
def check() -> None:
    """Say whether the databases answer and are up to date; exit 2 where they are not."""
    database = open_database(read_settings())
    try:
        behind = False
        for name, (current, head) in migrate.revisions(database).items():
            behind = behind or current != head
            state = "up to date" if current == head else f"needs {head}: run `ibasho db upgrade`"
            print(f"{name}: revision {current or 'none'}, {state}")
    finally:
        database.dispose()
    if behind:
        raise typer.Exit(EXIT_CANNOT_RUN)


@app.command()
def seed() -> None:
    """Put the clauses of the terms of use, and a first rule set from the files, into the database.

    Clauses are brought up to date; rules are taken from the files only where none were ever active.
    """
    settings = read_settings()
    database = open_database(settings)
    try:
        migrate.check_current(database)
        with database.write() as unit:
            seed_database(unit, settings, now=datetime.now(UTC))
    finally:
        database.dispose()
    errors().print("Clauses and rules are in place.")
