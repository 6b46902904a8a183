"""docs/compat.md is true: its tables are the code's, and its examples run."""

import re
import subprocess
import sys

import pytest

from moderation.scoring.mappings import OPENAI, OPENAI_CATEGORIES, PERSPECTIVE, Counterpart
from moderation.settings import PROJECT
from moderation.taxonomy import Category

PAGE = (PROJECT / "docs" / "compat.md").read_text(encoding="utf-8")
NOTHING = "–"
SHOWN = [name for name in PERSPECTIVE if not name.endswith("_EXPERIMENTAL")]


def names(values) -> str:
    return ", ".join(f"`{value}`" for value in values) or NOTHING


def made_of(counterpart: Counterpart | None) -> str:
    if counterpart is None:
        return NOTHING
    cell = names(counterpart.any_of)
    if counterpart.beside:
        cell += f" with {names(counterpart.beside)}"
    if counterpart.minors:
        cell += " with harm to a minor"
    if counterpart.severe_of:
        assert counterpart.severe_of == PERSPECTIVE["TOXICITY"].any_of
        cell += ", and what rules rate high or critical of `TOXICITY`"
    return cell


def table(heading: str) -> list[str]:
    """The rows of the table below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def pointed_at(example: str, compat) -> str:
    assert "http://127.0.0.1:8080" in example
    assert "ibasho_your_key" in example
    return example.replace("http://127.0.0.1:8080", compat.url).replace("ibasho_your_key", compat.key)


def test_openais_categories_are_made_of_what_the_table_says():
    rows = [f"| `{name}` | {made_of(OPENAI.get(name))} |" for name in OPENAI_CATEGORIES]
    assert table("OpenAI's categories in ours") == rows


def test_perspectives_attributes_are_made_of_what_the_table_says():
    rows = [f"| `{name}` | {made_of(PERSPECTIVE[name])} |" for name in SHOWN]
    assert table("Perspective's attributes in our categories") == rows


def test_our_categories_go_where_the_table_says():
    rows = []
    for ours in Category:
        openai = [name for name in OPENAI_CATEGORIES if name in OPENAI and ours in OPENAI[name].any_of]
        perspective = [name for name in SHOWN if ours in PERSPECTIVE[name].any_of]
        rows.append(f"| `{ours}` | {names(openai)} | {names(perspective)} |")
    assert table("Our categories in theirs") == rows


@pytest.mark.parametrize("example", examples("python"), ids=["openai", "google"])
def test_the_python_examples_run(compat, example):
    command = [sys.executable, "-c", pointed_at(example, compat)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) >= 0.5


def test_the_node_example_runs(compat, npm_folder):
    [example] = examples("js")
    done = subprocess.run(
        ["node", "-"], input=pointed_at(example, compat), cwd=npm_folder,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert float(done.stdout) >= 0.5
