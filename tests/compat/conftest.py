"""A server for the foreign clients. Nothing they do changes it, so one serves all of them."""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation.settings import PROJECT, Settings
from moderation.storage.database import open_database
from moderation.taxonomy import Scope
from tests.conftest import missing
from tests.support import parts
from tests.support.servers import ApiServer, make_key, running_server

NPM_CLIENT = "perspective-api-client@3.1.0"
NPM_FOLDER = PROJECT / "var" / "test-npm"
NPM_SECONDS = 180


@pytest.fixture(scope="session")
def compat(
    model_dir: Path, sqlite_template: Path, redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApiServer]:
    folder = tmp_path_factory.mktemp("compat")
    shutil.copytree(sqlite_template, folder / "data")
    settings = Settings(
        data_dir=folder / "data",
        model_dir=model_dir,
        redis_url=redis_server,
        max_body_bytes=100_000,
        log_level="info",
    )
    with running_server(settings, folder) as server:
        server.key = new_key(server, Scope.SCORE)
        yield server


@pytest.fixture(scope="session")
def other_key(compat: ApiServer) -> str:
    """A key that may not score."""
    return new_key(compat, Scope.REPORT)


def new_key(server: ApiServer, scope: Scope) -> str:
    database = open_database(server.settings)
    try:
        return make_key(database, scopes=(scope,))
    finally:
        database.dispose()


@pytest.fixture(scope="session")
def npm_folder() -> Path:
    """A folder with perspective-api-client in it, installed once and kept below var/."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("node with npm")
    NPM_FOLDER.mkdir(parents=True, exist_ok=True)
    with (NPM_FOLDER / "install.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (NPM_FOLDER / "node_modules" / "perspective-api-client" / "index.js").exists():
            _install()
    return NPM_FOLDER


def _install() -> None:
    command = ["npm", "install", "--prefix", NPM_FOLDER, "--no-audit", "--no-fund", NPM_CLIENT]
    try:
        done = subprocess.run(
            command, cwd=NPM_FOLDER, capture_output=True, text=True, check=False, timeout=NPM_SECONDS
        )
    except subprocess.TimeoutExpired:
        missing(f"npm's {NPM_CLIENT} (npm install took over {NPM_SECONDS} s)")
    if done.returncode != 0:
        if parts.in_ci():
            pytest.fail(f"npm install {NPM_CLIENT} failed:\n{done.stderr[-2000:]}", pytrace=False)
        missing(f"npm's {NPM_CLIENT}")
