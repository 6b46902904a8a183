"""`ibasho rules`: check rule files and run their tests here; trying and bringing into force stand beside."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli import rules_force, rules_try
from api.cli.rules_files import Lists, Packs
from api.cli.terminal import EXIT_BAD_DATA, errors, new_app
from classifiers.views import Views
from moderation.bootstrap import read_policies
from moderation.errors import Misconfigured
from moderation.scoring.detectors import fold_text
from moderation.settings import read_settings
from rules.checks import check
from rules.load import Loaded, load_folder
from rules.problems import Problem
from rules.testing import example_count, run_tests

app = new_app("Write, try, activate and take back rules. docs/rules.md explains how a rule is written.")

app.command("trace")(rules_try.trace)
app.command("backtest")(rules_try.backtest)
for command in (
    rules_force.activate,
    rules_force.rollback,
    rules_force.versions,
    rules_force.undo,
    rules_force.lock,
):
    app.command(command.__name__)(command)


@app.command("check")
def check_all(folder: Packs = None, lists: Lists = None) -> None:
    """Load every rule, and check all there is to know before it runs; its tests are run too.

    Prints one line a problem, `path:line: what is wrong (how to mend it)`, and exits 1 if there is any.
    """
    loaded = _load(folder, lists)
    clauses = {clause.id for clause in read_policies()}
    _tell(loaded, check(loaded, fold=fold_text, views_of=Views, policies=clauses))


@app.command("test")
def try_examples(
    folder: Packs = None,
    lists: Lists = None,
    only: Annotated[
        list[str] | None, typer.Option("--rule", help="Only this rule id; may be repeated.")
    ] = None,
) -> None:
    """Try every `fires` and `silent` example of every rule.

    Prints one line an example that does not hold, and exits 1 if there is any.
    """
    loaded = _load(folder, lists)
    known = {item.rule.id for item in loaded.rules}
    unknown = [
        Problem(path=name, line=None, code="no_rule", what="there is no rule of this id") for name in only or []
        if name not in known
    ]  # fmt: skip
    tried = run_tests(loaded, fold=fold_text, views_of=Views, rule_ids=only or None)
    _tell(loaded, (*loaded.problems, *unknown, *tried))


def _load(folder: Path | None, lists: Path | None) -> Loaded:
    settings = read_settings()
    chosen = (folder or settings.rules_dir, lists or settings.lists_dir)
    for path in chosen:
        if not path.is_dir():
            why = "is a file; give the folder that holds it" if path.is_file() else "no such folder"
            raise Misconfigured(f"{path}: {why}.")
    return load_folder(*chosen)


def _tell(loaded: Loaded, problems: Sequence[Problem]) -> None:
    for problem in problems:
        print(problem)
    errors().print(
        f"{len(loaded.rules)} rules, {len(loaded.lists)} lists, {example_count(loaded)} examples: "
        f"{len(problems) or 'no'} problem{'' if len(problems) == 1 else 's'}"
    )
    if problems:
        raise typer.Exit(EXIT_BAD_DATA)
