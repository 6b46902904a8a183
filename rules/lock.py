"""Lock: which content each version of a rule and of a list has.

A verdict names a rule and its version, so a version may never mean two things. What a rule catches and
does is locked; its status, tests, notes, date and author may change without a new version.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from rules.load import Loaded
from rules.problems import Problem, RulesError
from rules.rule import Rule
from rules.term_list import TermList

LOCK: Final = Path(__file__).parent / "packs.lock.json"
"""The lock of our own packs."""
_FREE: Final = {"status", "tests", "false_positives", "date", "author", "why"}
"""Keys that may change without a new version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A version and the hash of its content."""

    version: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Rules by id."""

    rules: Mapping[str, Locked] = field(default_factory=dict)


def rule_hash(rule: Rule, lists: Mapping[str, TermList]) -> str:
    """Hash of what a rule catches and does, with the lists it uses; 16 hex digits."""
    content: dict[str, Any] = rule.model_dump(mode="json", by_alias=True, exclude=_FREE)
    used = sorted(_lists_in(content["when"]))
    content["lists"] = {
        name: lists[name].model_dump(mode="json", include={"terms", "except_"})
        for name in used
        if name in lists
    }
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:16]


def lists_of(rule: Rule) -> frozenset[str]:
    """Names of the lists that a rule uses."""
    return frozenset(_lists_in(rule.model_dump(mode="json", by_alias=True)["when"]))


def make_lock(loaded: Loaded) -> Lock:
    """The lock of what is loaded."""
    lists = {term_list.id: term_list for term_list in loaded.lists}
    rules = {
        item.rule.id: Locked(version=item.rule.version, hash=rule_hash(item.rule, lists))
        for item in loaded.rules
    }
    return Lock(rules=rules)


def check_lock(loaded: Loaded, lock: Lock) -> tuple[Problem, ...]:
    """Every rule that changed under its version, went back, is not locked yet, or vanished."""
    lists = {term_list.id: term_list for term_list in loaded.lists}
    problems = []
    for item in loaded.rules:
        rule, known = item.rule, lock.rules.get(item.rule.id)
        if known is None:
            problems.append(
                item.problem(
                    "not_locked", f"{rule.id} is not in the lock file", hint="write the lock file anew"
                )
            )
        elif rule.version < known.version:
            what = f"version {rule.version} is older than the locked {known.version}"
            problems.append(
                item.problem("version_back", what, at=("version",), hint=f"set version: {known.version + 1}")
            )
        elif rule.version == known.version and rule_hash(rule, lists) != known.hash:
            what = f"{rule.id} or a list it uses changed, its version did not"
            problems.append(
                item.problem("version_same", what, at=("version",), hint=f"set version: {rule.version + 1}")
            )
        elif rule.version > known.version:
            what = f"version {rule.version} of {rule.id} is not in the lock file"
            problems.append(
                item.problem("not_locked", what, at=("version",), hint="write the lock file anew")
            )
    here = {item.rule.id for item in loaded.rules}
    problems.extend(
        Problem(
            path=f"{rule_id.replace('.', '/', 1)}.yaml",
            line=None,
            code="vanished",
            what=f"the locked rule {rule_id} is gone",
            hint="keep the file and set status: retired",
            rule_id=rule_id,
        )
        for rule_id in sorted(set(lock.rules) - here)
    )
    return tuple(problems)


def changed_without_version(loaded: Loaded, lock: Lock) -> tuple[Problem, ...]:
    """The problems that forbid writing a new lock: content that changed under its version, and lost rules."""
    return tuple(problem for problem in check_lock(loaded, lock) if problem.code != "not_locked")


def read_lock(path: Path = LOCK) -> Lock:
    """The lock in a file; an empty one where there is none. Raises RulesError."""
    if not path.exists():
        return Lock()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rules = {
            str(key): Locked(version=int(row["version"]), hash=str(row["hash"]))
            for key, row in content["rules"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"the lock file cannot be read: {error}"
        problem = Problem(
            path=path.name, line=None, code="bad_lock", what=what, hint="restore it from version control"
        )
        raise RulesError([problem]) from error
    return Lock(rules=rules)


def write_lock(lock: Lock, path: Path = LOCK) -> None:
    """Write a lock, one rule a line, in order of id."""
    rows = [
        f"    {json.dumps(rule_id)}: {json.dumps({'version': row.version, 'hash': row.hash})}"
        for rule_id, row in sorted(lock.rules.items())
    ]
    path.write_text('{\n  "rules": {\n' + ",\n".join(rows) + "\n  }\n}\n", encoding="utf-8")


def _lists_in(content: Any) -> set[str]:
    found: set[str] = set()
    todo = [content]
    for part in todo:
        if isinstance(part, dict):
            for key, value in part.items():
                if key in {"lists", "except_lists", "unless_lists"}:
                    found.update(value)
                else:
                    todo.append(value)
        elif isinstance(part, list):
            todo.extend(part)
    return found
