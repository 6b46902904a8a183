"""`ibasho report`: send a viewer's report to a running server, or import many."""

import json
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx2
import typer
import typer.core

from api.cli import report_import
from api.cli.report_import import SheetForm
from api.cli.terminal import EXIT_BAD_DATA, EXIT_CANNOT_RUN, complain
from moderation.reports.sheet import SheetKind
from moderation.settings import read_settings
from moderation.taxonomy import ReportReason, SubjectKind

SECONDS_TO_ANSWER = 30.0


class _KindOrCommand(typer.core.TyperGroup):
    """`ibasho report message m-1 …` sends one report; `ibasho report import FILE` brings in many."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """A kind of subject stands for the command ``send``."""
        if args and args[0] in {kind.value for kind in SubjectKind}:
            args = ["send", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_KindOrCommand,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Send a viewer's report to a running server, or import many.",
)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or JSON Lines.")],
    kind: Annotated[SheetKind, typer.Option(help="What the rows are.")] = SheetKind.REPORTS,
    form: Annotated[SheetForm, typer.Option("--format", help="How the file is written.")] = SheetForm.AUTO,
    url: Annotated[str | None, typer.Option(help="Where the server is.")] = None,
    key: Annotated[str | None, typer.Option(help="API key with the scope report.")] = None,
) -> None:
    """Import reports or inquiries from a file, and print one JSON line a row.

    UTF-8 and Shift_JIS are read. A bad row is named with its line and the others go on; then the exit code
    is 1. Ids are taken once, so a file may be imported again.

    Example:  ibasho report import tickets.csv --kind inquiries
    """
    server, secret = server_and_key(url, key)
    report_import.run(file, kind, form, server, secret)


@app.command("send")
def report(
    kind: Annotated[SubjectKind, typer.Argument(help="What it is about.")],
    subject: Annotated[str, typer.Argument(help="The id of that message, author, room or profile.")],
    reporter: Annotated[str, typer.Option(help="Id of the viewer who complains.")],
    reason: Annotated[ReportReason, typer.Option(help="Why.")] = ReportReason.OTHER,
    text: Annotated[str, typer.Option(help="What the reporter wrote.")] = "",
    room: Annotated[str | None, typer.Option(help="The room it happened in, for authors.")] = None,
    report_id: Annotated[
        str | None,
        typer.Option("--id", help="The report's id: sent twice, it counts once. Made up without it."),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Where the server is. Without it: where `ibasho serve` would listen.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="API key with the scope report; IBASHO_API_KEY says the default.")
    ] = None,
) -> None:
    """Send a viewer's report to a running server, and print which case it joined or opened.

    Example:  ibasho report message m-1 --reporter u-7 --reason insult --key ibasho_...
    """
    server, secret = server_and_key(url, key)
    about: dict[str, Any] = {"kind": kind.value, "id": subject}
    if room:
        about["room_id"] = room
    body = {
        "id": report_id or f"cli-{uuid4()}",
        "reporter_id": reporter,
        "subject": about,
        "reason": reason.value,
        "text": text,
    }
    print(json.dumps(send(server, secret, "/v1/reports", body), ensure_ascii=False))


def server_and_key(url: str | None, key: str | None) -> tuple[str, str]:
    """Where the server is, and the key to send; without a key the command ends with one line."""
    settings = read_settings()
    secret = key or (settings.api_key.get_secret_value() if settings.api_key else "")
    if not secret:
        complain("no API key: give --key, or set IBASHO_API_KEY; `ibasho keys create` makes one.")
        raise typer.Exit(EXIT_CANNOT_RUN)
    return url or f"http://{settings.host}:{settings.port}", secret


def send(url: str, key: str, path: str, body: object) -> Any:
    """POST to a server and give its answer; what it refuses ends the command with one line."""
    try:
        answer = httpx2.post(
            f"{url.rstrip('/')}{path}",
            json=body,
            headers={"Authorization": f"Bearer {key}"},
            timeout=SECONDS_TO_ANSWER,
        )
        told = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        complain(
            f"{url} does not answer as an Ibasho server ({error or type(error).__name__}); is --url right?"
        )
        raise typer.Exit(EXIT_CANNOT_RUN) from error
    if answer.is_success:
        return told
    places = "; ".join(f"{problem['pointer']} {problem['detail']}" for problem in told.get("errors", ()))
    complain(f"refused ({answer.status_code}): {told.get('detail', 'no reason given')} {places}".rstrip())
    raise typer.Exit(EXIT_CANNOT_RUN if answer.status_code >= 500 else EXIT_BAD_DATA)  # noqa: PLR2004 - HTTP
