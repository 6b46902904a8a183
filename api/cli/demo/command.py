"""`ibasho demo`: everything at once, with a week of an invented service replayed into it."""

import signal
import time
from datetime import UTC, datetime
from types import FrameType
from typing import Annotated

import httpx2
import typer
from rich.table import Table

from api.cli.demo import people, summary
from api.cli.demo.hands import decide_some
from api.cli.demo.replay import Replayed, replay
from api.cli.demo.stage import Stage, own_folder, set_up
from api.cli.demo.stream import posts, read_stream
from api.cli.demo.summary import Outcome
from api.cli.terminal import EXIT_BAD_DATA, complain, errors, new_app, progress, results
from api.cli.training import train_if_unusable
from moderation.errors import Misconfigured
from moderation.settings import read_settings
from moderation.storage import census

app = new_app()


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End by itself with a summary, for scripts.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Go on with what the last demo left.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the console; a free one where it is taken.")
    ] = None,
) -> None:
    """Start all of Ibasho with a sample stream, print the console's address and logins, until Ctrl-C.

    API, console, workers, recorder, a private Redis and a webhook receiver run on this machine, in
    var/demo, which is emptied at the start. Everything goes through the real HTTP API.
    """
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    signal.signal(signal.SIGHUP, _as_ctrl_c)
    settings = read_settings()
    train_if_unusable(settings.classifier_dir)
    with own_folder(settings, keep=keep) as folder:
        _say("Starting the server, the workers, Redis and a webhook receiver ...")
        with set_up(settings, folder, port=port) as stage:
            outcome = None if keep and _has_messages(stage) else _play(stage)
            if outcome is not None:
                results().print(summary.to_table(outcome, time.monotonic() - began))
            wrong = outcome.problems() if outcome else []
            for problem in wrong:
                complain(problem)
            if not once:
                _invite(stage)
                _wait(stage)
            _say("Stopping what was started ...")
    if once and wrong:
        raise typer.Exit(EXIT_BAD_DATA)


def _say(text: str) -> None:
    errors().print(text)


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def _has_messages(stage: Stage) -> bool:
    with stage.database.read_archive() as archive:
        return census.take_archive(archive, people.SERVICE).messages > 0


def _play(stage: Stage) -> Outcome:
    """Replay the stream, decide some cases, and wait until all of it has arrived."""
    replayed = _replay(stage)
    _say("An administrator decides some of the cases ...")
    decided = decide_some(stage.url, stage.access.login("admin"), lambda case_id: _categories(stage, case_id))
    _say("Waiting for the recorder and the webhooks ...")
    return summary.settle(stage.database, stage.receiver, replayed, decided)


def _replay(stage: Stage) -> Replayed:
    requests = list(posts(read_stream(), now=datetime.now(UTC)))
    total = sum(request.items for request in requests)
    headers = {"Authorization": f"Bearer {stage.access.key}"}
    sent = 0
    with (
        progress("Replaying a week of chat") as step,
        httpx2.Client(base_url=stage.url, headers=headers) as client,
    ):

        def tell(items: int) -> None:
            nonlocal sent
            sent += items
            step("", sent / total)

        return replay(client, requests, tell=tell)


def _categories(stage: Stage, case_id: str) -> dict[str, float]:
    with stage.database.read() as connection:
        return census.case_categories(connection, case_id)


def _invite(stage: Stage) -> None:
    out = results()
    table = Table("login", "password", "who", title="Logins of this run", title_justify="left")
    for login in stage.access.logins:
        table.add_row(login.login, login.password, f"{login.name}, {login.about}")
    out.print(table)
    out.print(f"Console   {stage.url}/console/", style="bold")
    out.print(f"API       {stage.url}/docs   key {stage.access.key}", soft_wrap=True)
    out.print(
        f"Logs      {stage.folder / 'logs'}; webhooks arrive at the demo's own receiver", soft_wrap=True
    )
    out.print("Ctrl-C stops all of it.")


def _wait(stage: Stage) -> None:
    """Until Ctrl-C, or until a part dies."""
    try:
        while (dead := stage.died()) is None:
            time.sleep(0.5)
    except KeyboardInterrupt:
        return
    raise Misconfigured(f"The demo's {dead} ended by itself; {stage.folder / 'logs' / dead}.log says why.")
