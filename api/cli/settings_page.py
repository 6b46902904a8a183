"""`ibasho settings`: the page of all settings, which is docs/settings.md."""

from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from api.cli.terminal import new_app
from moderation.settings import PROJECT, Settings

app = new_app()

_HEAD = """# Settings

Environment variables, or lines of a file `.env` in the folder that `ibasho` is started in. `ibasho` refuses
variables that begin with `IBASHO_` and are not in this list. The page is written by `make docs`.

| variable | default | what it does |
|---|---|---|
"""


@app.command()
def settings() -> None:
    """Print every setting with its default and what it does, as Markdown."""
    print(page(), end="")


def page() -> str:
    """The page, from the descriptions of the settings."""
    rows = [
        f"| `IBASHO_{name.upper()}` | {_default(field.default)} | {str(field.description).replace('|', chr(92) + '|')} |"
        for name, field in Settings.model_fields.items()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _default(value: Any) -> str:
    if value is None or value is PydanticUndefined:
        return "-"
    if isinstance(value, Path) and value.is_absolute():
        value = value.relative_to(PROJECT)
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`"
