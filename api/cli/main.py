"""The command `ibasho`: which commands there are, and what an error looks like.

A command's module is imported when it is asked for, so that `ibasho --help` is quick and
`ibasho score` loads neither the web server nor scikit-learn. The table below is what the help shows.
"""

import sys
from importlib import import_module
from typing import Any

import typer
import typer.core
import typer.main

from api.cli import logs
from api.cli.terminal import EXIT_BAD_DATA, EXIT_CANNOT_RUN
from classifiers.errors import ArtefactCorrupt, ArtefactMissing, ClassifierError
from moderation.errors import Invalid, ModerationError, Unavailable
from rules.problems import RulesError

START, DAILY, CARE = "Start", "Score and check", "Look after it"
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": (START, "api.cli.demo.command", "Start everything with a sample stream, to look at."),
    "serve": (START, "api.cli.serve", "Start the HTTP API and the console."),
    "worker": (START, "api.cli.worker", "Start the jobs, the recorder and the schedule."),
    "score": (DAILY, "api.cli.score", "Score messages of a file or of standard input; needs no server."),
    "ingest": (DAILY, "api.cli.ingest", "Score chat from a Redis stream or a file, as the server would."),
    "report": (DAILY, "api.cli.report", "Send a viewer's report to a running server, or import many."),
    "rules": (DAILY, "api.cli.rules", "Check the rule files and run the tests inside them."),
    "model": (DAILY, "api.cli.model", "Train and measure the classifier, check its corpus."),
    "trends": (DAILY, "api.cli.trends", "Print how much of what harm there was."),
    "notices": (DAILY, "api.cli.notices", "List takedown notices and export one as a ZIP."),
    "transparency": (DAILY, "api.cli.transparency", "Write the yearly transparency counts."),
    "evidence": (CARE, "api.cli.evidence", "Preserve a case for the police or a disclosure request."),
    "retention": (CARE, "api.cli.retention", "Delete what is past its time, or everything of one author."),
    "keys": (CARE, "api.cli.keys", "Make, list, rotate and revoke API keys."),
    "webhooks": (CARE, "api.cli.webhooks", "Look after webhook endpoints and what was sent to them."),
    "campaigns": (DAILY, "api.cli.campaigns", "Enter awareness articles, and measure what they changed."),
    "users": (CARE, "api.cli.users", "Add, list and lock out people of the console."),
    "audit": (CARE, "api.cli.audit", "Look at the audit trail, and see whether it is whole."),
    "db": (CARE, "api.cli.db", "Bring the databases up to date."),
    "settings": (CARE, "api.cli.settings_page", "Print the page of all settings (docs/settings.md)."),
}


class LazyGroup(typer.core.TyperGroup):
    """Commands whose modules are imported when one of them is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the arguments name, loaded."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            command = typer.main.get_command(import_module(COMMANDS[name][1]).app)
        return name, command, rest


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ibasho: trust and safety for Japanese livestreams.\n\n"
    "New here? `ibasho demo` shows all of it. `ibasho COMMAND --help` explains a command. "
    "Settings are environment variables; `ibasho settings` lists them.",
)


@app.callback()
def _ibasho() -> None:
    """Results go to standard output, log lines to standard error."""
    logs.configure("warning")


def _shown() -> None:
    """Stand in the help for a command whose module is not loaded."""


for _name, (_panel, _module, _help) in COMMANDS.items():
    app.command(_name, help=_help, rich_help_panel=_panel)(_shown)


def run() -> None:
    """Run the command of ``sys.argv``; every error we know is one line, never a traceback."""
    try:
        app(prog_name="ibasho")
    except (ModerationError, ClassifierError, RulesError, OSError) as error:
        text, code = explain(error)
        print(f"ibasho: {text}", file=sys.stderr)
        sys.exit(code)


def explain(error: ModerationError | ClassifierError | RulesError | OSError) -> tuple[str, int]:
    """What to print for an error, and the exit code."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}.", EXIT_CANNOT_RUN
    if isinstance(error, Unavailable | ArtefactMissing | ArtefactCorrupt):
        return " ".join(str(error).split()), EXIT_CANNOT_RUN  # a driver's message may be of several lines
    if isinstance(error, Invalid):
        places = "; ".join(f"{problem.pointer.strip('/')} {problem.detail}" for problem in error.problems)
        return f"{error} {places}".strip(), EXIT_BAD_DATA
    return str(error), EXIT_BAD_DATA
