"""Folders of rules, for commands that work on files."""

from pathlib import Path
from typing import Annotated

import typer

from moderation.bootstrap import read_rule_files
from moderation.scoring.ruleset import RuleSources
from moderation.settings import Settings

Packs = Annotated[
    Path | None,
    typer.Argument(metavar="[FOLDER]", help="Folder of rule packs; IBASHO_RULES_DIR says the default."),
]
Lists = Annotated[
    Path | None, typer.Option("--lists", help="Folder of term lists; IBASHO_LISTS_DIR says the default.")
]


def sources_in(settings: Settings, packs: Path | None, lists: Path | None) -> RuleSources:
    """The files of the folders, or of those of the settings. Raises Misconfigured."""
    chosen = settings.model_copy(
        update={"rules_dir": packs or settings.rules_dir, "lists_dir": lists or settings.lists_dir}
    )
    return read_rule_files(chosen)
