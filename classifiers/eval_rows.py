"""Rows to measure on: any JSONL that has a text and says somehow what it is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from classifiers.corpus import Row, split_of
from classifiers.errors import EvaluationError
from classifiers.labels import CATEGORIES

_HARMFUL_SHARE: Final = 0.5
_EXPECTED: Final[dict[Any, bool | None]] = {"flag": True, "allow": False}
_LEVELS: Final[dict[Any, bool | None]] = {0: False, 1: None, 2: True}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalRow:
    """One row. None means that the file does not say.

    Attributes:
        harmful: Whether any category holds.
        target: Whom it is about, one of TARGETS, or empty.
        group: Of a row that may have been taught from (it has ``provenance``); empty for others.
    """

    text: str
    categories: frozenset[str] | None = None
    harmful: bool | None = None
    target: str = ""
    evasion: bool = False
    hard: bool = False
    group: str = ""


def as_eval_row(row: EvalRow | Row) -> EvalRow:
    """A corpus row as one to measure on."""
    if isinstance(row, EvalRow):
        return row
    return EvalRow(
        text=row.text,
        categories=row.categories,
        harmful=bool(row.categories),
        target=row.target,
        evasion=bool(row.evasion),
        hard=row.hard,
    )


def read_eval(path: Path) -> tuple[EvalRow, ...]:
    """Rows of a JSONL file with ``text`` and, of these, what it has; other keys are ignored.

    ``categories`` (list) · ``expect`` (flag, allow) · ``toxic_share`` (0..1, harmful from 0.5) · ``level``
    (0 fine, 1 left out, 2 harmful).

    Raises:
        EvaluationError: Every bad row, as ``file:line: what is wrong``; or no rows.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError([f"{path}:1: cannot be read: {error}"]) from error
    rows: list[EvalRow] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            row = _row(line)
            if isinstance(row, EvalRow):
                rows.append(row)
            else:
                problems.append(f"{path}:{number}: {row}")
    if problems:
        raise EvaluationError(problems)
    if not rows:
        raise EvaluationError([f"{path}:1: no rows"])
    return tuple(rows)


def never_taught(rows: Sequence[EvalRow]) -> tuple[EvalRow, ...]:
    """The rows that training leaves out: all but those of moderators' decisions whose group is taught."""
    return tuple(row for row in rows if not row.group or split_of(row.group) == "test")


def _row(line: str) -> EvalRow | str:
    try:
        given = json.loads(line)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at column {error.colno}"
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        return "needs an object with `text`"
    categories = given.get("categories")
    if categories is not None and not (isinstance(categories, list) and set(categories) <= set(CATEGORIES)):
        return f"`categories` must be a list out of {', '.join(CATEGORIES)}, got {categories!r}"
    harmful = _harmful(given)
    if isinstance(harmful, str):
        return harmful
    return EvalRow(
        text=given["text"],
        categories=None if categories is None else frozenset(categories),
        harmful=harmful,
        target=str(given.get("target") or ""),
        evasion=bool(given.get("evasion")),
        hard=bool(given.get("hard")),
        group=str(given.get("group") or "") if "provenance" in given else "",
    )


def _harmful(given: dict[str, Any]) -> bool | str | None:
    """What the row says of harm: yes, no, nothing (None), or what is wrong with how it says it."""
    if given.get("categories") is not None:
        return bool(given["categories"])
    for key, meaning in (("expect", _EXPECTED), ("level", _LEVELS)):
        if key in given:
            known = tuple(meaning)
            if given[key] not in known:
                return f"`{key}` must be one of {', '.join(map(str, known))}, got {given[key]!r}"
            return meaning[given[key]]
    share = given.get("toxic_share")
    if share is None:
        return None
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        return f"`toxic_share` must lie in 0..1, got {share!r}"
    return bool(share >= _HARMFUL_SHARE)
