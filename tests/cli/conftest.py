"""How commands are tried: in this process where that is quick, as real processes where it matters."""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from api.cli.main import run
from moderation.settings import PROJECT, Settings
from tests.support.servers import environment

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    """The settings of a machine on which nothing was done yet, but for a trained classifier."""
    return Settings(data_dir=tmp_path / "var", model_dir=PROJECT / "var" / "models" / "ja")


@pytest.fixture
def ibasho(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Run a command to its end, in this process: ``ibasho(*arguments, settings=, input=, env=)``."""

    def command(
        *arguments: object,
        settings: Settings | None = None,
        input: bytes = b"",  # noqa: A002 - as subprocess.run calls it
        env: dict[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        words = ["ibasho", *map(str, arguments)]
        given = (environment(settings) if settings else {}) | (env or {})
        with monkeypatch.context() as patch:
            for name, value in given.items():
                patch.setenv(name, value)
            patch.setenv("COLUMNS", "120")
            patch.setattr(sys, "argv", words)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(input), encoding="utf-8"))
            capfd.readouterr()
            with pytest.raises(SystemExit) as ended:
                run()
        told = capfd.readouterr()
        return subprocess.CompletedProcess(words, int(ended.value.code or 0), told.out, told.err)

    yield command
    structlog.reset_defaults()
