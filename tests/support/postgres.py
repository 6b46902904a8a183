"""A real PostgreSQL for one test process: started once, and a new database from a template a test."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.support import parts

SECONDS_TO_START = 60.0
_TEMPLATE = "ibasho_template"


class Postgres:
    """A running server; ``url`` names one of its databases."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql")
        self._made = 0
        self._prefix = f"ibasho_test_{os.getpid()}"

    def url(self, database: str) -> str:
        """SQLAlchemy's URL of a database of this server."""
        url = self._url.set(database=database, drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    @property
    def template(self) -> str:
        """The database that new ones are copied from."""
        return f"{self._prefix}_{_TEMPLATE}"

    def make_template(self) -> str:
        """An empty database to migrate and seed; its URL."""
        self._run("CREATE DATABASE {}", self.template)
        return self.url(self.template)

    @contextmanager
    def database(self) -> Iterator[str]:
        """A copy of the template for one test; its URL."""
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, self.template)
        try:
            yield self.url(name)
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def drop_template(self) -> None:
        """Leave a server that is not ours as it was."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.template)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*[sql.Identifier(name) for name in names]))


@contextmanager
def running_postgres() -> Iterator[Postgres | None]:
    """The server of IBASHO_TEST_DATABASE_URL, or one of our own; None where there is no program."""
    given = os.environ.get(parts.DATABASE_URL)
    if given:
        yield Postgres(given)
        return
    programs = parts.find_postgres()
    if programs is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="ibasho-pg-", dir="/tmp"))  # a socket path must be short
    try:
        with _server(programs, folder):
            yield Postgres(f"postgresql://postgres@/postgres?host={folder}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(programs: Path, folder: Path) -> Iterator[None]:
    user = _user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        programs = _reachable(programs, folder)
    as_user = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    initdb = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
    ]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **as_user)
    # Data of a test may be lost with the machine: no fsync makes every commit quick.
    options = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
    arguments = [word for option in (*options, "listen_addresses=") for word in ("-c", option)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *arguments],
            stdout=log, stderr=log, cwd=folder, start_new_session=True, **as_user,
        )  # fmt: skip
    try:
        _wait(folder, server)
        yield
    finally:
        server.send_signal(3)  # SIGQUIT: at once; nothing here is worth a checkpoint
        server.wait(timeout=30)


def _user() -> pwd.struct_passwd | None:
    """Whom to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs, or a copy of the wheel's where another user cannot walk to them (a home of 0700)."""
    if all(parent.stat().st_mode & 0o001 for parent in programs.resolve().parents):
        return programs
    package, copy = programs.parent.parent, folder / "programs"
    shutil.copytree(programs.parent, copy / package.name / programs.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # the programs look for them beside the package
    shutil.copytree(libraries, copy / libraries.name)
    return copy / package.name / programs.parent.name / programs.name


def _wait(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text(errors='replace')[-2000:]}")
