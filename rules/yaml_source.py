"""YAML to plain data, with the line of every key and item, and without YAML's traps.

Read here: mappings, lists, text, whole numbers, decimals, true, false and null. Refused, all at once and each
with its line: anchors and aliases (a few lines of them can grow to gigabytes), tags, merge keys, a second
document, doubled keys, deep nesting, and every plain word that YAML 1.1 and 1.2 read differently
(``on``, ``no``, ``22:00``, ``010``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.resolver import Resolver

from rules.problems import Problem

MAX_DEPTH: Final = 24
"""Mappings and lists inside one another."""
MAX_NODES: Final = 120_000
"""Keys, items and values of one file; a list of 50,000 terms fits."""
MOST_REFUSED: Final = 100
"""Problems told of one file; a file of nothing else is given up there."""

Path = tuple[str | int, ...]

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}
_AS_YAML_1_1 = Resolver()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One YAML document as plain data, and the line (from 1) of each path in it."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest thing around it. Parts that are not in it are passed over."""
        here: Path = ()
        for part in path:
            if (*here, part) in self.lines:
                here = (*here, part)
        return self.lines.get(here)


class _Refused(Exception):
    """Reading cannot go on."""

    def __init__(self, line: int, code: str, what: str, hint: str | None = None) -> None:
        super().__init__(what)
        self.line, self.code, self.what, self.hint = line, code, what, hint


def parse(path: str, source: str | bytes, *, max_bytes: int) -> tuple[Document | None, Sequence[Problem]]:
    """One document, None where reading had to stop, and everything that is refused in it.

    What is refused was read as text or as nothing, so that the rest can be judged.

    Args:
        path: Named in the problem.
        source: The file's text; bytes have to be UTF-8.
        max_bytes: Largest size accepted.
    """

    def problem(line: int | None, code: str, what: str, hint: str | None = None) -> Problem:
        return Problem(path=path, line=line, code=code, what=what, hint=hint)

    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        what = f"the file has more than {max_bytes:,} bytes"
        return None, [problem(None, "too_large", what, "split it")]
    refused: list[Problem] = []
    try:
        text = source if isinstance(source, str) else source.decode("utf-8-sig")
        return _Builder(path, text, refused).document(), refused
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        half = "half a character stands in the text"
        what = f"byte {error.start} is not UTF-8" if isinstance(source, bytes) else half
        return None, [problem(None, "not_utf8", what, "save the file as UTF-8")]
    except _Refused as error:
        return None, [*refused, problem(error.line, error.code, error.what, error.hint)]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        return None, [*refused, problem(mark.line + 1 if mark else None, "bad_yaml", f"not YAML: {why}")]


class _Builder:
    """Builds plain data from parser events, so that nothing is expanded before it is judged."""

    def __init__(self, path: str, text: str, refused: list[Problem]) -> None:
        self._path, self._refused = path, refused
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
        self._lines: dict[Path, int] = {}
        self._nodes = 0

    def document(self) -> Document:
        next(self._events)  # stream start
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            raise _Refused(1, "empty", "the file is empty")
        data = self._value(next(self._events), ())
        next(self._events)  # document end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(
                after.start_mark.line + 1,
                "second_document",
                "a second document starts here",
                "one rule a file",
            )
        return Document(data=data, lines=self._lines)

    def _refuse(self, line: int, code: str, what: str, hint: str | None = None) -> None:
        if len(self._refused) >= MOST_REFUSED:
            raise _Refused(line, code, what, hint)
        self._refused.append(Problem(path=self._path, line=line, code=code, what=what, hint=hint))

    def _value(self, event: Any, path: Path) -> Any:
        line = event.start_mark.line + 1
        self._lines.setdefault(path, line)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _Refused(line, "too_large", f"more than {MAX_NODES:,} values in one file", "split it")
        if event.anchor is not None:  # of an alias too: what it stands for is never put in
            self._refuse(
                line, "anchor", "anchors (&) and aliases (*) are not read", "write it out, or quote the text"
            )
        if isinstance(event, yaml.AliasEvent):
            return None
        if event.tag is not None and event.tag != "!":
            self._refuse(
                line, "tag", f"the tag {event.tag} is not read", "quote the text if it starts with '!'"
            )
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, line)
        if len(path) >= MAX_DEPTH:
            raise _Refused(line, "too_deep", f"nested more than {MAX_DEPTH} deep")
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._list(path)

    def _mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in iter(self._events.__next__, None):
            if isinstance(event, yaml.MappingEndEvent):
                return result
            line = event.start_mark.line + 1
            key = self._key(event, line)
            if key in result:
                self._refuse(
                    line,
                    "doubled_key",
                    f"the key {key!r} stands twice",
                    f"first in line {self._lines[*path, key]}",
                )
            self._lines[*path, key] = line
            result[key] = self._value(next(self._events), (*path, key))
        return result

    def _key(self, event: Any, line: int) -> str:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused(line, "anchor", "anchors (&) and aliases (*) are not read", "write it out")
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused(line, "bad_key", "a key has to be a word")
        if event.value == "<<":
            self._refuse(line, "anchor", "merge keys (<<) are not read", "write the keys out")
            return str(event.value)
        key = self._scalar(event, line)
        if not isinstance(key, str):
            self._refuse(
                line,
                "bad_key",
                f"the key {event.value!r} is not a word",
                "keys are words; quote it if it is meant",
            )
        return str(event.value)

    def _list(self, path: Path) -> list[Any]:
        result: list[Any] = []
        for event in iter(self._events.__next__, None):
            if isinstance(event, yaml.SequenceEndEvent):
                return result
            result.append(self._value(event, (*path, len(result))))
        return result

    def _scalar(self, event: Any, line: int) -> Any:
        value: str = event.value
        if not event.implicit[0]:  # quoted or a block: text as it stands
            return value
        ours = _plain(value)
        tag = str(_AS_YAML_1_1.resolve(yaml.ScalarNode, value, (True, False)))  # type: ignore[no-untyped-call]
        kind = tag.rpartition(":")[2]
        if isinstance(ours, str) and kind in {"bool", "int", "float", "null", "merge", "value"}:
            what = f"YAML reads {value!r} as a {kind}, in some versions only"
            hint = f'write "{value}" in quotes' if kind != "null" else "write null"
            self._refuse(line, "yaml_trap", what, hint)
        return ours


def _plain(value: str) -> Any:
    if value in _WORDS:
        return _WORDS[value]
    if _INT.fullmatch(value):
        return int(value) if len(value) < 19 else value  # noqa: PLR2004 - beyond 64 bits it is text
    return float(value) if _FLOAT.fullmatch(value) else value
