"""`ibasho retention`: what is past its time goes; one author is erased."""

from collections import Counter
from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated

import typer

from api.cli.services import known_service
from api.cli.store import current_database
from api.cli.terminal import EXIT_CANNOT_RUN, complain, new_app
from moderation.reports.retention import keeping_of, run_once
from moderation.settings import read_settings
from moderation.storage import erasure
from moderation.storage.trends.pseudonym import read_pseudonyms

app = new_app("Delete what is past its time, or everything of one author. Legal holds are respected.")


@app.command()
def run() -> None:
    """Delete what is past its time now; the workers do the same every hour."""
    settings = read_settings()
    total: Counter[str] = Counter()
    with current_database(settings) as database:
        while any((done := run_once(database, keeping_of(settings), now=datetime.now(UTC))).values()):
            total.update(done)
    for kind, count in sorted(total.items()):
        if count:
            print(f"{kind}: {count:,}")
    if not total:
        print("Nothing is past its time.")


@app.command("erase-user")
def erase_user(
    author_id: Annotated[str, typer.Argument(help="The author's id.")],
    service: Annotated[str | None, typer.Option(help="Whose author; needed where there are several.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False,
) -> None:
    """Erase one author: their words go and their id becomes a pseudonym; counts stay."""
    settings = read_settings()
    now, by = datetime.now(UTC), f"cli:{getuser()}"
    with current_database(settings) as database:
        with database.read() as connection:
            chosen = known_service(connection, service)
            erasure.check(connection, chosen, author_id)
        if not yes and not typer.confirm(f"Erase {author_id!r} of {chosen!r} for good?"):
            complain("nothing was erased.")
            raise typer.Exit(EXIT_CANNOT_RUN)
        with database.write_archive() as unit:
            messages = erasure.erase_archived(unit.connection, chosen, author_id)
        with database.write() as unit:
            counts = erasure.erase(
                unit.connection,
                chosen,
                author_id,
                read_pseudonyms(settings),
                messages=messages,
                by=by,
                now=now,
            )
    for kind, count in counts.items():
        if count:
            print(f"{kind}: {count:,}")
    if not any(counts.values()):
        print(f"Nothing of {author_id!r} was found.")
