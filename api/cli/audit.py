"""`ibasho audit`: the trail of who did what, and who saw what is protected."""

import json
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape

from api.cli.store import current_database
from api.cli.terminal import EXIT_BAD_DATA, complain, errors, new_app, results
from moderation.storage.accounts import audit, audit_read
from moderation.storage.database import Database

app = new_app("Look at the audit trail, and see whether it is whole.")


@app.command()
def verify(
    expect: Annotated[
        str,
        typer.Option(help="A hash noted before: it must stand in the trail, so that nothing was cut off."),
    ] = "",
) -> None:
    """Recompute every seal; exit 1 and name the first entry that does not fit.

    Prints the newest hash: note it elsewhere, and give it back with --expect the next time.
    """
    with current_database() as database:
        _seal(database)
        with database.read() as connection:
            broken = audit.verify(connection)
            entries = audit_read.count(connection)
            newest = audit.last_hash(connection)
            known = not expect or audit_read.has_hash(connection, expect)
    if broken is not None:
        complain(f"entry {broken} does not fit the one before it: the trail was changed there.")
        raise typer.Exit(EXIT_BAD_DATA)
    if not known:
        complain(f"no entry has the hash {expect}: the trail was cut off, or this is another one.")
        raise typer.Exit(EXIT_BAD_DATA)
    errors().print(f"The trail is whole: {entries:,} entries.")
    results().print(newest, soft_wrap=True, highlight=False)


@app.command("list")
def list_entries(
    act: Annotated[str, typer.Option(help="Only acts that begin so, as case. or protected.")] = "",
    actor: Annotated[str, typer.Option(help="Only this actor, as user:01J….")] = "",
    since: Annotated[datetime | None, typer.Option(help="Only from this time on (UTC).")] = None,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest.")] = 1_000,
) -> None:
    """Print entries as JSON Lines, the newest first."""
    with current_database() as database:
        _seal(database)
        with database.read() as connection:
            asked = audit_read.AuditFilter(actor=actor or None, act=act or None)
            entries = audit_read.newest(connection, asked, since=since, most=most)
    for entry in entries:
        line = {
            "seq": entry.seq,
            "at": entry.at.isoformat(),
            "actor": entry.actor,
            "act": entry.act,
            "object": entry.object_,
            "data": dict(entry.data),
            "hash": entry.hash,
        }
        results().print(escape(json.dumps(line, ensure_ascii=False)), soft_wrap=True, highlight=False)


def _seal(database: Database) -> None:
    with database.write() as unit:
        audit_read.seal_all(unit.connection)
