"""Lexicon files: their form, and every problem in them by file, line and key.

    category: insult
    entries:
      - {term: 馬鹿, severity: 2, reading: バカ, match: token, except: [馬鹿力], target: true}

``term``      as a person would type it; it is folded before it is looked for
``severity``  1 (rude) to 4 (grave)
``match``     substring: anywhere · token: where words begin and end · reading: as token, and its reading
              as well · exact: the whole message
``reading``   kana; looked for too: from six kana on as the term is, shorter ones where words begin and end
``except``    longer strings that hold the term and mean something else
``not_after`` letters that make another word of it when one stands right before: 彼少美 before 女は
``target``    true: harm only where it is aimed at somebody
``also``      further categories it belongs to
``minors``    true: says that a minor is at risk
``mask``      false: never look for it with a letter hidden (死○); true: also where only two letters are
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from classifiers.errors import LexiconError
from classifiers.fold import fold
from classifiers.hints import first, not_among, not_flags, not_texts, unknown_key
from classifiers.labels import CATEGORIES

MatchMode = Literal["substring", "token", "reading", "exact"]
MODES: Final = ("substring", "token", "reading", "exact")
SEVERITIES: Final = (1, 2, 3, 4)
_KEYS: Final = (
    "term",
    "severity",
    "reading",
    "match",
    "except",
    "not_after",
    "target",
    "also",
    "minors",
    "mask",
)
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One expression. ``id`` is ``category/term`` and unique; ``severity`` 1..4; ``mask`` None: by length."""

    category: str
    term: str
    severity: int
    match: MatchMode = "substring"
    reading: str = ""
    exceptions: tuple[str, ...] = ()
    target: bool = False
    also: tuple[str, ...] = ()
    minors: bool = False
    mask: bool | None = None
    not_after: str = ""

    def __hash__(self) -> int:
        return hash(
            (self.category, self.term)
        )  # entries are looked up for every message, and no two share both

    @property
    def id(self) -> str:
        """``category/term``."""
        return f"{self.category}/{self.term}"

    @property
    def categories(self) -> tuple[str, ...]:
        """Its category first, then the further ones."""
        return (self.category, *self.also)


def read_entries(paths: Sequence[Path]) -> tuple[Entry, ...]:
    """All entries of these files, in order. Raises LexiconError with every problem found."""
    entries: list[Entry] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        for line, found in _read_file(path):
            where = f"{path}:{line}"
            if isinstance(found, str):
                problems.append(f"{where}: {found}")
                continue
            key = fold(found.term).text
            if key in seen:
                problems.append(
                    f"{where}: term {found.term!r} stands already at {seen[key]}; keep one, use `also` for more"
                )
                continue
            seen[key] = where
            entries.append(found)
    if problems:
        raise LexiconError(problems)
    return tuple(entries)


def _read_file(path: Path) -> Iterator[tuple[int, Entry | str]]:
    """Line and entry, or line and what is wrong there."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError) as error:
        yield 1, f"cannot be read: {error}"
        return
    except yaml.MarkedYAMLError as error:
        yield (error.problem_mark.line + 1 if error.problem_mark else 1), f"not YAML: {error.problem}"
        return
    if not isinstance(root, yaml.MappingNode):
        yield 1, "must be a mapping with `category` and `entries`"
        return
    top = {str(key.value): value for key, value in root.value}
    for key, _ in root.value:
        problem = unknown_key([str(key.value)], ("category", "entries"))
        if problem:
            yield _line(key), problem
    category = top.get("category")
    if category is None or category.value not in CATEGORIES:
        yield _line(category or root), not_among("category", category and category.value, CATEGORIES)
        return
    entries = top.get("entries")
    if not isinstance(entries, yaml.SequenceNode):
        yield _line(entries or root), "`entries` must be a list"
        return
    for node in entries.value:
        yield _line(node), _entry(node, str(category.value))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _entry(node: yaml.Node, category: str) -> Entry | str:
    """One entry, or what is wrong with it."""
    if not isinstance(node, yaml.MappingNode):
        return "an entry must be a mapping such as {term: 馬鹿, severity: 2, match: token}"
    constructor = yaml.constructor.SafeConstructor()
    given: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in given:
            return f"key {name!r} stands twice"
        given[name] = constructor.construct_object(value, deep=True)
    problem = unknown_key(given, _KEYS) or _problem(given)
    if problem:
        return problem
    return Entry(
        category=category,
        term=given["term"],
        severity=given["severity"],
        match=given.get("match", "substring"),
        reading=given.get("reading", ""),
        exceptions=tuple(given.get("except", ())),
        target=given.get("target", False),
        also=tuple(given.get("also", ())),
        minors=given.get("minors", False),
        mask=given.get("mask"),
        not_after=given.get("not_after", ""),
    )


def _problem(given: dict[str, Any]) -> str:
    """The first thing wrong with an entry's values, or an empty string."""
    return first(
        check(given)
        for check in (
            _wrong_term,
            lambda entry: not_among("match", entry.get("match", "substring"), MODES),
            lambda entry: not_flags(entry, ("target", "minors", "mask")),
            lambda entry: not_texts(entry, ("except", "also")),
            lambda entry: first(not_among("also", also, CATEGORIES) for also in entry.get("also", ())),
            _wrong_exception,
            _wrong_letters,
        )
    )


def _wrong_term(given: dict[str, Any]) -> str:
    term, severity, reading = given.get("term"), given.get("severity"), given.get("reading", "")
    if not isinstance(term, str) or not fold(term).text:
        return f"`term` must be text that is not empty when folded (quote numbers), got {term!r}"
    if isinstance(severity, bool) or severity not in SEVERITIES:
        return f"`severity` of {term!r} must be 1, 2, 3 or 4, got {severity!r}"
    if not isinstance(reading, str) or ("reading" in given and not fold(reading).text):
        return f"`reading` of {term!r} must be kana, got {reading!r}"
    return ""


def _wrong_exception(given: dict[str, Any]) -> str:
    needles = {fold(given[key]).text for key in ("term", "reading") if key in given}
    for excuse in given.get("except", ()):
        folded = fold(excuse).text
        if folded in needles:
            return f"exception {excuse!r} of {given['term']!r} folds to the term itself; name the longer word"
        if not any(needle in folded for needle in needles):
            return f"exception {excuse!r} of {given['term']!r} does not hold the term when folded"
    return ""


def _wrong_letters(given: dict[str, Any]) -> str:
    letters = given.get("not_after", "x")
    if not isinstance(letters, str) or not letters:
        return f"`not_after` of {given['term']!r} must be letters, such as 彼少美, got {letters!r}"
    other = next((letter for letter in letters if fold(letter).text != letter), None)
    return (
        f"`not_after` of {given['term']!r}: write {other!r} as it is when folded, {fold(other).text!r}"
        if other
        else ""
    )
