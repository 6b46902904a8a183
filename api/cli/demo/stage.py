"""The demo's stage: its own folder, databases, Redis, server, workers and webhook receiver."""

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen

import httpx2

from api.cli.demo.people import Access, let_in
from api.cli.demo.receiver import Receiver
from api.cli.processes import spawn, stop
from api.cli.serve import bind
from moderation.bootstrap import seed
from moderation.errors import Misconfigured, PortTaken
from moderation.settings import Settings
from moderation.storage import migrate, private_redis
from moderation.storage.database import Database, open_database

SECONDS_TO_START = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that runs."""

    url: str
    folder: Path
    database: Database
    access: Access
    receiver: Receiver
    processes: dict[str, "Popen[bytes]"]

    def died(self) -> str | None:
        """The name of a process that ended by itself, if one did."""
        return next((name for name, process in self.processes.items() if process.poll() is not None), None)


@contextmanager
def own_folder(given: Settings, *, keep: bool) -> Iterator[Path]:
    """The demo's folder, for one demo at a time; emptied first unless it shall be kept.

    Raises:
        Misconfigured: Another demo runs in it.
    """
    given.data_dir.mkdir(parents=True, exist_ok=True)
    folder = (given.data_dir / "demo").resolve()
    with (given.data_dir / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Misconfigured(
                f"A demo runs in {folder} already; stop it, or set IBASHO_DATA_DIR to another folder."
            ) from error
        if folder.exists() and not keep:
            # A demo that was killed left its Redis running: the last to leave stops it.
            private_redis.ensure(Settings(_env_file=None, data_dir=folder, redis_url=None)).close()
            shutil.rmtree(folder)
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        yield folder


@contextmanager
def set_up(given: Settings, folder: Path, *, port: int | None) -> Iterator[Stage]:
    """Start everything, and stop all of it at the end.

    Args:
        given: Where model and rules are, host and port.
        folder: The demo's own.
        port: Where the console shall be; a free one where it is taken.
    """
    with ExitStack() as cleanup:
        settings = _settings(given, folder)
        database = open_database(settings)
        cleanup.callback(database.dispose)
        migrate.upgrade(database)
        now = datetime.now(UTC)
        with database.write() as unit:
            seed(unit, settings, now=now)
        redis = private_redis.ensure(settings)
        cleanup.callback(redis.close)
        receiver = Receiver()
        cleanup.callback(receiver.stop)
        access = let_in(database, receiver.start(), now=now)
        receiver.secret = access.webhook_secret
        shared = settings.model_copy(update={"redis_url": redis.url})
        where = _free(given.host, given.port if port is None else port)
        arguments = {"server": ("serve", "--host", given.host, "--port", str(where)), "worker": ("worker",)}
        processes: dict[str, Popen[bytes]] = {}
        for name, words in arguments.items():
            processes[name] = spawn(words, shared, folder / "logs" / f"{name}.log")
            cleanup.callback(stop, processes[name])
        url = f"http://{given.host}:{where}"
        stage = Stage(
            url=url,
            folder=folder,
            database=database,
            access=access,
            receiver=receiver,
            processes=processes,
        )
        _wait_until_ready(stage)
        yield stage


def _settings(given: Settings, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=folder,
        database_url=None,
        archive_url=None,
        redis_url=None,
        model_dir=given.classifier_dir.absolute(),
        rules_dir=given.rules_dir.absolute(),
        lists_dir=given.lists_dir.absolute(),
        allow_private_webhooks=True,  # the demo's own receiver listens on this machine
        log_level="warning",
    )


def _free(host: str, port: int) -> int:
    """This port, or another one where it is taken."""
    try:
        listening = bind(host, port)
    except PortTaken:
        listening = bind(host, 0)
    with listening:
        return int(listening.getsockname()[1])


def _wait_until_ready(stage: Stage) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and stage.died() is None:
        try:
            if httpx2.get(f"{stage.url}/readyz", timeout=5).is_success:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    name = stage.died() or "server"
    raise Misconfigured(f"The demo's {name} did not start; {stage.folder / 'logs' / name}.log says why.")
