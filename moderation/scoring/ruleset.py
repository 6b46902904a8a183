"""Rule set: all rule and list files of one version as texts, and how one version comes from another."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from functools import cached_property
from hashlib import sha256
from typing import Literal

from rules.compile import LANGUAGE
from rules.load import Loaded, load_sources
from rules.lock import rule_hash

Kind = Literal["pack", "list"]


@dataclass(frozen=True, kw_only=True, eq=False)
class RuleSources:
    """The YAML texts of one rule set by their path below the packs and lists folders."""

    packs: Mapping[str, str]
    lists: Mapping[str, str]

    @cached_property
    def version(self) -> str:
        """Hash of every text, so that whatever is edited makes another version."""
        content = {"language": LANGUAGE, "packs": dict(self.packs), "lists": dict(self.lists)}
        text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return f"rs-{sha256(text.encode()).hexdigest()[:12]}"

    @cached_property
    def loaded(self) -> Loaded:
        """The rules and lists that are sound, and why the others are not."""
        return load_sources(self.packs, self.lists)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleSources) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    def of(self, kind: Kind) -> Mapping[str, str]:
        """The texts of one kind by path."""
        return self.packs if kind == "pack" else self.lists

    def with_file(self, kind: Kind, path: str, text: str | None) -> "RuleSources":
        """The same with one file written anew; without it where the text is None."""
        files = {name: known for name, known in self.of(kind).items() if name != path}
        if text is not None:
            files[path] = text
        return replace(self, packs=files) if kind == "pack" else replace(self, lists=files)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file that two versions have differently; None where one of them has none."""

    kind: Kind
    path: str
    before: str | None
    after: str | None

    @property
    def lines(self) -> list[str]:
        """Unified diff with three lines around each change, without the file header."""
        diff = unified_diff((self.before or "").splitlines(), (self.after or "").splitlines(), lineterm="")
        return list(diff)[2:]


def changes(before: RuleSources, after: RuleSources) -> tuple[FileChange, ...]:
    """What differs, in order of kind and path."""
    return tuple(
        FileChange(kind=kind, path=path, before=before.of(kind).get(path), after=after.of(kind).get(path))
        for kind in ("pack", "list")
        for path in sorted({*before.of(kind), *after.of(kind)})
        if before.of(kind).get(path) != after.of(kind).get(path)
    )


def rebased(made: RuleSources, parent: RuleSources, onto: RuleSources) -> tuple[RuleSources, tuple[str, ...]]:
    """The changes from ``parent`` to ``made`` on top of another version.

    Returns:
        The new version, and the paths that both sides changed in different ways: there ``made`` wins, and
        a person has to look.
    """
    theirs = {(change.kind, change.path): change.after for change in changes(parent, onto)}
    result, torn = onto, []
    for change in changes(parent, made):
        key = (change.kind, change.path)
        if key in theirs and theirs[key] != change.after:
            torn.append(change.path)
        result = result.with_file(change.kind, change.path, change.after)
    return result, tuple(torn)


def rule_hashes(loaded: Loaded) -> dict[str, tuple[int, str]]:
    """Version and hash of what each rule catches and does, by id."""
    lists = {one.id: one for one in loaded.lists}
    return {item.rule.id: (item.rule.version, rule_hash(item.rule, lists)) for item in loaded.rules}


def bumped(
    sources: RuleSources, known: Mapping[str, Mapping[int, str]]
) -> tuple[RuleSources, tuple[str, ...]]:
    """The same with a new ``version:`` in each rule whose content changed under a number that means something else.

    Args:
        sources: The files.
        known: For each rule id the hashes that its versions ever had.

    Returns:
        The files, and the ids of the rules that got a new number.
    """
    result, raised = sources, []
    for rule_id, path, line, version in _taken(sources.loaded, known):
        lines = sources.packs[path].split("\n")
        lines[line - 1] = lines[line - 1].replace(str(version), str(max(known[rule_id]) + 1), 1)
        result = result.with_file("pack", path, "\n".join(lines))
        raised.append(rule_id)
    return result, tuple(raised)


def _taken(loaded: Loaded, known: Mapping[str, Mapping[int, str]]) -> Iterator[tuple[str, str, int, int]]:
    hashes = rule_hashes(loaded)
    for item in loaded.rules:
        version, content = hashes[item.rule.id]
        before = known.get(item.rule.id, {}).get(version)
        line = item.document.line(("version",))
        if before is not None and before != content and line is not None:
            yield item.rule.id, item.path, line, version
