"""`ibasho report import`: bring in what an inquiry tool exported, through a running server."""

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx2
import typer

from api.cli.terminal import EXIT_BAD_DATA, EXIT_CANNOT_RUN, complain, errors, progress
from moderation.reports.sheet import SheetKind, SheetRow, read_sheet

SECONDS_TO_ANSWER = 30.0
CHUNK = 200
"""Rows a request: all of them are taken, or the request names the wrong one."""
_SERVER_ERROR = 500


class SheetForm(StrEnum):
    """How the file is written; ``auto`` goes by its name."""

    AUTO = "auto"
    CSV = "csv"
    JSONL = "jsonl"


def run(file: Path, kind: SheetKind, form: SheetForm, server: str, secret: str) -> None:
    """Import a file. Raises Invalid where it cannot be read at all; ends with 1 where a row was refused."""
    jsonl = form is SheetForm.JSONL or (
        form is SheetForm.AUTO and file.suffix.lower() in (".jsonl", ".ndjson", ".json")
    )
    sheet = read_sheet(file.read_bytes(), kind, jsonl=jsonl)
    bad = 0
    for row in sheet.rows:
        if row.body is None:
            bad += 1
            _show(row, {"error": row.error})
    good = [row for row in sheet.rows if row.body is not None]
    with (
        httpx2.Client(
            base_url=server, headers={"Authorization": f"Bearer {secret}"}, timeout=SECONDS_TO_ANSWER
        ) as client,
        progress(f"import {file.name}") as step,
    ):
        for at in range(0, len(good), CHUNK):
            step("", at / len(good))
            for row, told in _send(client, kind, good[at : at + CHUNK]):
                bad += "error" in told
                _show(row, told)
    errors().print(f"{len(good)} rows sent ({sheet.encoding}), {bad} refused.")
    if bad:
        raise typer.Exit(EXIT_BAD_DATA)


def _send(
    client: httpx2.Client, kind: SheetKind, rows: Sequence[SheetRow]
) -> Iterator[tuple[SheetRow, dict[str, Any]]]:
    """Send rows together; where one is refused, in halves, so that only that one is left out."""
    try:
        answer = client.post(f"/v1/{kind.value}", json={kind.value: [row.body for row in rows]})
        told = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        complain(f"the server does not answer ({error or type(error).__name__}); import the file again.")
        raise typer.Exit(EXIT_CANNOT_RUN) from error
    if answer.is_success:
        yield from zip(rows, told["results"], strict=True)
        return
    if answer.status_code >= _SERVER_ERROR or answer.status_code in (401, 403, 429):
        complain(f"refused ({answer.status_code}): {told.get('detail', 'no reason given')}")
        raise typer.Exit(EXIT_CANNOT_RUN)
    if len(rows) == 1:
        given = told.get("errors", ())
        # The body may be one or many: of the two readings the list's is meant.
        meant = [one for one in given if f"/{kind.value}/0/" in one["pointer"]] or given
        places = "; ".join(f"{one['pointer'].rpartition('/')[2]}: {one['detail']}" for one in meant)
        yield rows[0], {"error": places or told.get("detail", "refused")}
        return
    middle = len(rows) // 2
    yield from _send(client, kind, rows[:middle])
    yield from _send(client, kind, rows[middle:])


def _show(row: SheetRow, told: dict[str, Any]) -> None:
    shown = {name: value for name, value in told.items() if name != "status_token"}
    print(json.dumps({"line": row.line, **shown}, ensure_ascii=False))
