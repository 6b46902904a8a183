"""Real `ibasho` processes for tests: a server on a free port, and workers beside it."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from api.cli.processes import environment, spawn, stop
from moderation.settings import Settings
from moderation.storage.accounts import accounts
from moderation.storage.database import Database, open_database
from moderation.taxonomy import Scope

__all__ = ["ApiServer", "environment", "free_port", "make_key", "running_server", "running_worker"]

SECONDS_TO_START = 60.0
SERVICE = "test"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_key(
    database: Database,
    *,
    service: str = SERVICE,
    scopes: tuple[Scope, ...] = (Scope.ADMIN,),
    rate_limit: int | None = None,
) -> str:
    """A new API key; with ``admin`` it may do everything. ``rate_limit``: messages a second."""
    secret = f"ibasho_test_{os.urandom(16).hex()}"
    now = datetime.now(UTC)
    with database.write() as unit:
        accounts.add_service(unit.connection, service, name=service, now=now)
        accounts.add_key(
            unit.connection,
            service=service,
            name="tests",
            secret=secret,
            scopes=scopes,
            expires_at=None,
            now=now,
            rate_limit=rate_limit,
        )
    return secret


@dataclass(slots=True)
class ApiServer:
    """`ibasho serve` as a process; ``log`` is where it writes."""

    settings: Settings
    log: Path
    port: int = field(default_factory=free_port)
    key: str = ""
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, workers: int = 1) -> None:
        """Start, and wait until it is ready."""
        arguments = ("serve", "--port", str(self.port), "--workers", str(workers))
        self.process = spawn(arguments, self.settings, self.log)
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx2.get(f"{self.url}/readyz").status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"The server did not start:\n{self.log.read_text(errors='replace')[-3000:]}")

    def kill(self) -> None:
        """kill -9: nothing is finished, nothing said goodbye to."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """As Ctrl-C would."""
        if self.process is not None:
            stop(self.process)

    def client(self) -> httpx2.Client:
        """A client with the key."""
        return httpx2.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=30)

    def database(self) -> Database:
        """The database it works on."""
        return open_database(self.settings)


@contextmanager
def running_server(settings: Settings, folder: Path) -> Iterator[ApiServer]:
    """A server on a free port over a database that is up to date, with a key of service ``test``."""
    database = open_database(settings)
    server = ApiServer(settings=settings, log=folder / "serve.log", key=make_key(database))
    database.dispose()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def running_worker(
    settings: Settings, folder: Path, *, only: str | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """`ibasho worker` as a process."""
    arguments = ("worker", *(("--only", only) if only else ()))
    process = spawn(arguments, settings, folder / f"worker-{only or 'all'}.log")
    try:
        yield process
    finally:
        stop(process)
