"""The house rules that a machine can hold us to."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import rules.vocabulary
from api.cli.settings_page import page
from classifiers import labels
from moderation import taxonomy
from moderation.settings import PROJECT, Settings

ROOMS = ("moderation", "classifiers", "rules", "api", "workers")
SOURCES = [path.relative_to(PROJECT) for room in ROOMS for path in sorted((PROJECT / room).rglob("*.py"))]
ONLY_UNIT_OF_WORK = Path("moderation/storage/database.py")


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_file_outgrows_300_lines(path):
    assert len((PROJECT / path).read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_only_the_unit_of_work_commits(path):
    if path != ONLY_UNIT_OF_WORK:
        assert ".commit(" not in (PROJECT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_every_file_says_what_it_is(path):
    assert ast.get_docstring(ast.parse((PROJECT / path).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "folder", [folder for folder in (PROJECT / "tests").rglob("*") if folder.is_dir() and list(folder.glob("*.py"))],
    ids=lambda folder: folder.name,
)  # fmt: skip
def test_every_folder_of_tests_is_a_package(folder):
    # Mirrored tests share file names; without it pytest stops at collection.
    assert (folder / "__init__.py").is_file()


def test_imports_point_inwards():
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


class TestVocabulary:
    """The three rooms know nothing of each other, and say the same words."""

    def test_categories(self):
        ours = [category.value for category in taxonomy.Category]
        assert list(rules.vocabulary.CATEGORIES) == ours
        assert list(labels.CATEGORIES) == ours
        assert dict(labels.CATEGORY_JA) == {word.value: name for word, name in taxonomy.CATEGORY_JA.items()}

    def test_severities(self):
        assert list(rules.vocabulary.SEVERITIES) == [severity.value for severity in taxonomy.Severity]

    def test_targets(self):
        ours = {target.value for target in taxonomy.Target}
        assert set(labels.TARGETS) == ours
        assert set(get_args(rules.vocabulary.TargetKind)) == ours

    def test_roles_and_strictness(self):
        assert set(get_args(rules.vocabulary.Role)) == {role.value for role in taxonomy.AuthorRole}
        assert set(get_args(rules.vocabulary.Strictness)) == {word.value for word in taxonomy.Strictness}

    def test_age_bands_that_a_rule_can_ask_for(self):
        assert {*get_args(rules.vocabulary.AgeBand), "unknown"} == {band.value for band in taxonomy.AgeBand}

    @pytest.mark.parametrize(
        ("words", "names"),
        [
            (taxonomy.Category, taxonomy.CATEGORY_JA),
            (taxonomy.Severity, taxonomy.SEVERITY_JA),
            (taxonomy.Target, taxonomy.TARGET_JA),
            (taxonomy.ReportReason, taxonomy.REASON_JA),
        ],
    )
    def test_every_word_has_a_japanese_name(self, words, names):
        assert set(names) == set(words)
        assert all(names.values())


class TestSettings:
    @pytest.mark.parametrize("name", Settings.model_fields)
    def test_each_says_what_it_does(self, name):
        assert Settings.model_fields[name].description

    def test_the_page_is_what_make_docs_writes(self):
        assert (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8") == page()


def test_no_path_of_a_machine_is_written_down():
    # A lock file or a page made on one machine must not name its folders.
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        pytest.skip("not a git checkout")
    files = subprocess.run([git, "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    found = [
        name
        for name in files.splitlines()
        if (path := PROJECT / name).suffix in (".lock", ".md", ".toml", ".py", ".yaml", ".json")
        and path.is_file()
        and f"{PROJECT.parent}/" in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []
