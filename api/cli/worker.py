"""`ibasho worker`: jobs, recorder and schedule."""

from enum import StrEnum
from typing import Annotated

import typer

from api.cli import logs
from api.cli.terminal import errors, new_app
from moderation.settings import read_settings
from moderation.storage import migrate
from moderation.storage.database import open_database
from workers.run import PARTS, run_all

app = new_app()


class Part(StrEnum):
    """One part of the worker."""

    JOBS = "jobs"
    RECORDER = "recorder"
    SCHEDULE = "schedule"


@app.command()
def worker(
    only: Annotated[
        Part | None,
        typer.Option(help="Run one part only: jobs (webhooks), recorder (trends), schedule (clocks)."),
    ] = None,
) -> None:
    """Start the background work, until Ctrl-C: what is in hand is finished first.

    jobs deliver webhooks, the recorder counts messages for the trends, the schedule looks after
    everything with a clock. Any number of workers may run, on any number of machines that share
    IBASHO_REDIS_URL and IBASHO_DATABASE_URL.
    """
    settings = read_settings()
    logs.configure(settings.log_level)
    database = open_database(settings)
    try:
        migrate.check_current(database)
    finally:
        database.dispose()
    errors().print(f"Ibasho works: {only.value if only else 'jobs, recorder, schedule'} (Ctrl-C stops)")
    if only:
        PARTS[only.value](settings)
    else:
        run_all(settings)
