"""What this worker process is made of: settings and database, opened once."""

from dataclasses import dataclass

from moderation.settings import Settings, read_settings
from moderation.storage.database import Database, open_database


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a job may use."""

    settings: Settings
    database: Database


_open: list[WorkerParts] = []


def start(settings: Settings) -> WorkerParts:
    """Open the parts of this process; jobs find them from then on."""
    stop()
    _open.append(WorkerParts(settings, open_database(settings)))
    return _open[0]


def stop() -> None:
    """Close them again."""
    while _open:
        _open.pop().database.dispose()


def parts() -> WorkerParts:
    """The parts of this process; a worker that RQ itself started reads the environment."""
    return _open[0] if _open else start(read_settings())
