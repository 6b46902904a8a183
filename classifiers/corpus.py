"""The corpus: lines of our own with labels, and the split that keeps near copies on one side.

A row is one JSON object a line: ``text, categories, minors, target, register, group`` and, where true,
``evasion`` (how a word is hidden) and ``hard`` (benign but looks like harm). A row with ``provenance`` comes
from a moderator's decision (`ibasho model export`): nobody said its target and register.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from classifiers.errors import CorpusError
from classifiers.hints import first, not_among, not_flags, not_texts, unknown_key
from classifiers.labels import CATEGORIES, EVASIONS, REGISTERS, TARGETS

CORPUS_FOLDER: Final = Path(__file__).parent / "corpus"
Split = Literal["train", "dev", "test"]

_NEEDED: Final = ("text", "categories", "minors", "target", "register", "group")
_OPEN: Final = ("target", "register")
"""What a row with provenance may leave out."""
_KNOWN: Final = (*_NEEDED, "evasion", "hard", "provenance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One labelled line. No category means benign; ``at`` is its file and line.

    ``target`` and ``register`` are empty where nobody said. Lines of one ``group`` may resemble each other; lines of two groups should not.
    """

    text: str
    categories: frozenset[str]
    minors: bool
    target: str
    register: str
    group: str
    evasion: tuple[str, ...] = ()
    hard: bool = False
    at: str = ""


def load_rows(paths: Sequence[Path] = (CORPUS_FOLDER,)) -> tuple[Row, ...]:
    """Rows of JSONL files, or of all ``*.jsonl`` in folders, in order of name and line.

    Raises:
        CorpusError: Every bad row, as ``file:line: what is wrong``; or no rows at all.
    """
    rows: list[Row] = []
    problems: list[str] = []
    for path in _files(paths):
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path}:1: cannot be read: {error}")
            continue
        for number, line in enumerate(lines, 1):
            if line.strip():
                row = _row(line, f"{path}:{number}")
                if isinstance(row, Row):
                    rows.append(row)
                else:
                    problems.append(f"{path}:{number}: {row}")
    if problems:
        raise CorpusError(problems)
    if not rows:
        raise CorpusError([f"{', '.join(map(str, paths))}: no corpus rows (*.jsonl) here"])
    return tuple(rows)


def split_of(group: str) -> Split:
    """Where a group belongs: 85 % train, 10 % dev, 5 % test, by a hash of its name, for ever the same."""
    twentieth = hashlib.sha256(group.encode("utf-8", "surrogatepass")).digest()[0] * 20 // 256
    return "test" if twentieth == 0 else "dev" if twentieth in (2, 3) else "train"


def of_split(rows: Iterable[Row], *splits: Split) -> tuple[Row, ...]:
    """The rows that belong to these splits, in order."""
    return tuple(row for row in rows if split_of(row.group) in splits)


def corpus_hash(rows: Iterable[Row]) -> str:
    """Short hash of texts and labels, whatever file and order they stand in."""
    said = sorted(
        json.dumps([row.text, sorted(row.categories), row.minors, row.target, row.group], ensure_ascii=True)
        for row in rows
    )
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.jsonl"))
        else:
            yield path


def _row(line: str, at: str) -> Row | str:
    """A row, or what is wrong with it."""
    try:
        given = json.loads(line)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at column {error.colno}"
    if not isinstance(given, dict):
        return "must be a JSON object"
    problem = _problem(given)
    if problem:
        return problem
    return Row(
        text=given["text"],
        categories=frozenset(given["categories"]),
        minors=given["minors"],
        target=given.get("target", ""),
        register=given.get("register", ""),
        group=given["group"],
        evasion=tuple(given.get("evasion", ())),
        hard=given.get("hard", False),
        at=at,
    )


def _problem(given: dict[str, Any]) -> str:
    """The first thing wrong with a row, or an empty string."""
    return first(
        check(given)
        for check in (
            lambda row: unknown_key(row, _KNOWN),
            _lacking,
            lambda row: not_flags(row, ("minors", "hard")),
            lambda row: not_texts(row, ("categories", "evasion")),
            _wrong_words,
        )
    )


def _lacking(given: dict[str, Any]) -> str:
    needed = [key for key in _NEEDED if key not in _OPEN] if "provenance" in given else _NEEDED
    missing = [key for key in needed if key not in given]
    if missing:
        return f"lacks {', '.join(missing)}"
    for key in ("text", "group"):
        if not isinstance(given[key], str) or not given[key].strip():
            return f"`{key}` must be text that is not empty, got {given[key]!r}"
    if not isinstance(given.get("provenance", {}), dict):
        return f"`provenance` must be an object, got {given['provenance']!r}"
    return ""


def _wrong_words(given: dict[str, Any]) -> str:
    words: list[tuple[str, object, tuple[str, ...]]] = [
        (key, given[key], known)
        for key, known in (("target", TARGETS), ("register", REGISTERS))
        if key in given
    ]
    words += [("categories", category, CATEGORIES) for category in given["categories"]]
    words += [("evasion", evasion, EVASIONS) for evasion in given.get("evasion", ())]
    return first(not_among(*word) for word in words)
