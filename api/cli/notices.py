"""`ibasho notices`: takedown notices and their files."""

import hashlib
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.store import current_database
from api.cli.terminal import errors, new_app, results
from moderation.reports.clock import CLOCK_JA
from moderation.reports.notice_file import notice_zip
from moderation.reports.notice_words import RIGHT_JA, STATE_JA, NoticeState
from moderation.reports.terms import terms_of
from moderation.settings import read_settings
from moderation.storage.accounts import accounts
from moderation.storage.reports import evidence, notice_read, notices
from moderation.trends.days import JST

app = new_app("Takedown notices (削除申出): list them, export one.")


@app.command("list")
def list_(
    state: Annotated[NoticeState | None, typer.Option(help="Only these.")] = None,
) -> None:
    """List notices: open ones first, whichever ends first on top."""
    now, terms = datetime.now(UTC), terms_of(read_settings())
    with current_database() as database, database.read() as connection:
        found = notice_read.list_notices(connection, state=state)
        people = accounts.user_names(connection)
    table = Table("受付番号", "権利", "受付", "期限", "時計", "状態", "担当")
    for one in found.rows:
        table.add_row(
            one.reference,
            RIGHT_JA[one.right],
            f"{one.received_at.astimezone(JST):%Y-%m-%d}",
            f"{one.ends_at.astimezone(JST):%Y-%m-%d %H:%M}",
            CLOCK_JA[one.clock(now, terms)],
            STATE_JA[one.state],
            people.get(one.specialist or "", "未定"),
        )
    results().print(table)
    errors().print(f"{found.total} notices.")


@app.command()
def export(
    reference: Annotated[str, typer.Argument(help="The notice, as SD-20261127-7K3Q9F.")],
    to: Annotated[Path | None, typer.Option(help="The file; REFERENCE.zip without it.")] = None,
) -> None:
    """Write everything about a notice into one ZIP with hashes; its history keeps that it left."""
    now = datetime.now(UTC)
    with current_database() as database, database.write() as unit:
        notice = notice_read.get(unit.connection, reference)
        made = notice_zip(
            notice,
            notice_read.history(unit.connection, notice.id),
            notice_read.files(unit.connection, notice.id, content=True),
            evidence.list_packs(unit.connection, notice_id=notice.id),
            names=accounts.user_names(unit.connection),
            now=now,
        )
        path = to or Path(f"{notice.reference}.zip")
        path.write_bytes(made)
        digest = hashlib.sha256(made).hexdigest()
        notices.note_export(unit.connection, notice.id, digest, by=f"cli:{getuser()}", now=now)
    print(f"{path}  SHA-256 {digest}")
