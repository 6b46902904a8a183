"""What commands share: exit codes, an app of their own, and progress on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

EXIT_BAD_DATA = 1
"""Something given was wrong, or a check failed; everything else was done."""
EXIT_CANNOT_RUN = 2
"""Nothing was done: a setting, a file, a server is missing."""

Step = Callable[[str, float], None]
"""Told which step runs and how much of all is done, 0 to 1."""


def new_app(about: str | None = None) -> typer.Typer:
    """An app for one command; with a text about it, for a group of commands."""
    app = typer.Typer(
        no_args_is_help=about is not None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if about is not None:
        app.callback(help=about)(_group)  # else a group of one command would lose its name
    return app


def _group() -> None:
    """Nothing happens before the command."""


def errors() -> Console:
    """Standard error, for whatever is not the command's result."""
    return Console(file=sys.stderr, highlight=False)


def results() -> Console:
    """Standard output, for tables."""
    return Console(highlight=False)


def complain(text: str) -> None:
    """One line about something wrong."""
    print(f"ibasho: {text}", file=sys.stderr)


@contextmanager
def progress(about: str) -> Iterator[Step]:
    """A bar on standard error while something long runs; one line a step where that is no terminal."""
    console = errors()
    if not console.is_terminal:
        yield _lines(about)
        return
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console
    ) as bar:
        task = bar.add_task(about, total=1.0)

        def step(name: str, done: float) -> None:
            bar.update(task, description=f"{about}: {name}" if name else about, completed=done)

        yield step
        bar.update(task, description=about, completed=1.0)


def _lines(about: str) -> Step:
    told: set[str] = set()

    def step(name: str, _done: float) -> None:
        if name not in told:
            told.add(name)
            print(f"{about}: {name} ..." if name else f"{about} ...", file=sys.stderr)

    return step
