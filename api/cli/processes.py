"""Child processes of a command: `ibasho` itself with other settings, and the end of them."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr

from moderation.settings import PROJECT, Settings

SECONDS_TO_STOP = 40
"""A child that has not ended this long after SIGTERM is killed."""


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a process these settings, and no others of ours."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("IBASHO_")}
    for name in sorted(settings.model_fields_set):
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            given[f"IBASHO_{name.upper()}"] = str(value)
    return given


def spawn(arguments: Sequence[str], settings: Settings, log: Path) -> "subprocess.Popen[bytes]":
    """Start `ibasho ARGUMENTS`; what it says goes to the log. It ends when this process does."""
    with log.open("ab") as out:
        # Not in this terminal's group: Ctrl-C is for the parent, which stops its children in order.
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "api.cli.child", str(os.getpid()), *arguments],
            cwd=settings.data_dir,  # where no .env of the user's lies
            env=environment(settings) | {"PYTHONPATH": str(PROJECT)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask it to end, and wait; it finishes what is in hand."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
