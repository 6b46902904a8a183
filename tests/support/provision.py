"""Get what the tests need on this machine; `make test` runs this before pytest.

PostgreSQL and Redis come with the wheels of requirements-dev.lock where the machine has none.
Chromium is installed with apt where there is apt and we are root. What cannot be had is named; its
tests are then skipped, or, where CI=true, this fails.
"""

# ruff: noqa: T201 - it is a command

import os
import shutil
import subprocess
import sys

from tests.support import parts

APT = ("apt-get", "-o", "DPkg::Lock::Timeout=300")


def provision() -> dict[str, str | None]:
    """Each part, and where it is; None for what cannot be had."""
    postgres = os.environ.get(parts.DATABASE_URL) or parts.find_postgres()
    redis = os.environ.get(parts.REDIS_URL) or parts.find_redis()
    chromium = parts.find_chromium() or (_install_chromium() and parts.find_chromium())
    found = {"PostgreSQL": postgres, "Redis": redis, "Chromium": chromium}
    return {name: str(place) if place else None for name, place in found.items()}


def _install_chromium() -> bool:
    """Install Debian's Chromium; whether that went well."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print("test: no Chromium here; installing Debian's (apt-get) ...", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            [*APT, *command], env=quiet, capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode != 0:
            print(f"test: apt-get {command[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}", flush=True)
            return False
    return True


def main() -> int:
    """Print where each part is; 1 where one is missing and must not be."""
    found = provision()
    for name, place in found.items():
        print(f"test: {name}: {place or 'NOT THERE'}")
    missing = [name for name, place in found.items() if place is None]
    if missing:
        names = " and ".join(missing)
        print(
            f"\n!!! {names} cannot be had here: their tests are SKIPPED. Install them, or set",
            file=sys.stderr,
        )
        print(f"!!! {parts.DATABASE_URL} / {parts.REDIS_URL}.\n", file=sys.stderr)
    return 1 if missing and parts.in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
