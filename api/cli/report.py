"""`ibasho report`: send a viewer's report to a running server."""

import json
from typing import Annotated, Any
from uuid import uuid4

import httpx2
import typer

from api.cli.terminal import EXIT_BAD_DATA, EXIT_CANNOT_RUN, complain, new_app
from moderation.settings import read_settings
from moderation.taxonomy import ReportReason, SubjectKind

SECONDS_TO_ANSWER = 30.0

app = new_app()


@app.command()
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
    settings = read_settings()
    secret = key or (settings.api_key.get_secret_value() if settings.api_key else "")
    if not secret:
        complain("no API key: give --key, or set IBASHO_API_KEY; `ibasho keys create` makes one.")
        raise typer.Exit(EXIT_CANNOT_RUN)
    server = url or f"http://{settings.host}:{settings.port}"
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
