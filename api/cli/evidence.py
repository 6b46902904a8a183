"""`ibasho evidence`: copies for the police or 発信者情報開示."""

from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.store import current_database
from api.cli.terminal import EXIT_BAD_DATA, complain, new_app, results
from moderation.reports.evidence_file import evidence_zip
from moderation.storage.accounts import accounts
from moderation.storage.reports import evidence, evidence_copy
from moderation.trends.days import JST

app = new_app("Preserve a case: an immutable copy, its hash, its chain of custody, a legal hold.")


@app.command()
def make(
    case_id: Annotated[str, typer.Argument(help="The case.")],
    purpose: Annotated[str, typer.Option(help="What for; it stands in the file.")],
) -> None:
    """Copy a case as it is now and hold on to it: neither retention nor erasure touches it."""
    now, by = datetime.now(UTC), f"cli:{getuser()}"
    with current_database() as database, database.read_archive() as archive, database.write() as unit:
        service, copy, holds = evidence_copy.of_case(unit.connection, archive, case_id, now=now)
        pack = evidence.add(
            unit.connection,
            copy,
            service=service,
            purpose=purpose,
            by=by,
            holds=holds,
            now=now,
            case_id=case_id,
        )
    print(f"{pack.id}  SHA-256 {pack.sha256}")


@app.command("list")
def list_() -> None:
    """List packs, the newest first."""
    with current_database() as database, database.read() as connection:
        packs = evidence.list_packs(connection)
    table = Table("ID", "作成", "目的", "ケース", "SHA-256", "保全")
    for one in packs:
        made = f"{one.made_at.astimezone(JST):%Y-%m-%d %H:%M}"
        held = "保全中" if one.held else "解除済み"
        table.add_row(one.id, made, one.purpose, one.case_id or "—", one.sha256[:16], held)
    results().print(table)


@app.command()
def verify(pack_id: Annotated[str, typer.Argument(help="The pack.")]) -> None:
    """Check the copy against its hash, and the chain of custody; exit 1 where something does not fit."""
    with current_database() as database, database.write() as unit:
        pack = evidence.get(unit.connection, pack_id, lock=True)
        problems = evidence.problems_of(pack, evidence.chain(unit.connection, pack_id))
        evidence.note(
            unit.connection,
            pack_id,
            actor=f"cli:{getuser()}",
            act="verified",
            data={"problems": problems},
            now=datetime.now(UTC),
        )
    for problem in problems:
        complain(f"{pack_id}: {problem}")
    if problems:
        raise typer.Exit(EXIT_BAD_DATA)
    print(f"{pack_id}: whole")


@app.command()
def export(
    pack_id: Annotated[str, typer.Argument(help="The pack.")],
    to: Annotated[Path | None, typer.Option(help="The file; evidence-ID.zip without it.")] = None,
) -> None:
    """Write a pack into a ZIP for an authority; the chain keeps that it left."""
    now = datetime.now(UTC)
    with current_database() as database, database.write() as unit:
        pack = evidence.get(unit.connection, pack_id, lock=True)
        evidence.note(unit.connection, pack_id, actor=f"cli:{getuser()}", act="exported", data={}, now=now)
        names = accounts.user_names(unit.connection)
        made = evidence_zip(pack, evidence.chain(unit.connection, pack_id), names=names, now=now)
        path = to or Path(f"evidence-{pack_id}.zip")
        path.write_bytes(made)
    print(path)


@app.command()
def release(
    pack_id: Annotated[str, typer.Argument(help="The pack.")],
    why: Annotated[str, typer.Option(help="Why the hold ends.")],
) -> None:
    """End the legal hold: retention may take what it held. The copy itself stays."""
    with current_database() as database, database.write() as unit:
        evidence.release(unit.connection, pack_id, by=f"cli:{getuser()}", why=why, now=datetime.now(UTC))
    print(f"{pack_id}: released")
