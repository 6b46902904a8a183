"""Load rules and lists from folders or texts: everything sound is loaded, every problem is named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from rules.explain import explain
from rules.problems import Problem
from rules.rule import Rule
from rules.term_list import TermList
from rules.yaml_source import Document, parse

PACKS: Final = Path(__file__).parent / "packs"
"""Our own rules."""
LISTS: Final = Path(__file__).parent / "lists"
"""Our own lists."""
MAX_RULE_BYTES: Final = 64 * 1024
MAX_LIST_BYTES: Final = 2 * 1024 * 1024
MAX_FILES: Final = 5_000
"""Files of one kind in one rule set."""

Source = str | bytes
Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRule:
    """A rule, the file it came from, and where its keys stand."""

    rule: Rule
    path: str
    source: str
    document: Document

    def problem(
        self, code: str, what: str, *, at: tuple[str | int, ...] = (), hint: str | None = None
    ) -> Problem:
        """A problem of this rule at one of its keys."""
        line = self.document.line(at) if at else 1
        return Problem(path=self.path, line=line, code=code, what=what, hint=hint, rule_id=self.rule.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was read: rules and lists in order of id, and what could not be."""

    rules: tuple[LoadedRule, ...] = ()
    lists: tuple[TermList, ...] = ()
    problems: tuple[Problem, ...] = ()


def load_folder(packs: Path = PACKS, lists: Path = LISTS) -> Loaded:
    """Read ``packs/**/*.yaml`` and ``lists/*.yaml``. Bad input ends in ``problems``, never in an exception."""
    found_packs, bad_packs = _read(packs, MAX_RULE_BYTES)
    found_lists, bad_lists = _read(lists, MAX_LIST_BYTES)
    loaded = load_sources(found_packs, found_lists)
    return Loaded(rules=loaded.rules, lists=loaded.lists, problems=(*bad_packs, *bad_lists, *loaded.problems))


def load_sources(packs: Mapping[str, Source], lists: Mapping[str, Source]) -> Loaded:
    """Read rules and lists from texts.

    Args:
        packs: YAML by path, e.g. ``insult/die.yaml``.
        lists: YAML by path, e.g. ``die_commands.yaml``.
    """
    problems: list[Problem] = []
    for kind, sources in (("rules", packs), ("lists", lists)):
        if len(sources) > MAX_FILES:
            what = f"{len(sources):,} {kind}, at most {MAX_FILES:,} are read"
            return Loaded(problems=(Problem(path=".", line=None, code="too_many", what=what),))
    rules = list(_unique(_rules(packs, problems), problems))
    term_lists: dict[str, TermList] = {}
    for path in sorted(lists):
        term_list = _list(path, lists[path], problems)
        if term_list is not None:
            term_lists[term_list.id] = term_list
    return Loaded(
        rules=tuple(sorted(rules, key=lambda item: item.rule.id)),
        lists=tuple(term_lists[name] for name in sorted(term_lists)),
        problems=tuple(problems),
    )


def _read(folder: Path, max_bytes: int) -> tuple[dict[str, bytes], list[Problem]]:
    if not folder.is_dir():
        return {}, [Problem(path=str(folder), line=None, code="no_folder", what="there is no such folder")]
    sources: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.y*ml")):
        name = path.relative_to(folder).as_posix()
        if path.suffix != ".yaml":
            problems.append(
                Problem(path=name, line=None, code="suffix", what="rule files end in .yaml", hint="rename it")
            )
            continue
        try:
            with path.open("rb") as file:
                sources[name] = file.read(max_bytes + 1)
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
            problems.append(Problem(path=name, line=None, code="unreadable", what=what))
    return sources, problems


def _rules(packs: Mapping[str, Source], problems: list[Problem]) -> Iterator[LoadedRule]:
    for path in sorted(packs):
        found = _read_as(Rule, path, packs[path], MAX_RULE_BYTES, problems)
        if found is not None:
            rule, document = found
            source = packs[path]
            text = source if isinstance(source, str) else source.decode("utf-8-sig")
            yield LoadedRule(rule=rule, path=path, source=text, document=document)


def _read_as(
    model: type[Shape], path: str, source: Source, max_bytes: int, problems: list[Problem]
) -> tuple[Shape, Document] | None:
    """What a file says. Where YAML itself was refused in a line, nothing more is told of that line."""
    document, found = parse(path, source, max_bytes=max_bytes)
    problems.extend(found)
    if document is None:
        return None
    refused = {one.line for one in found}
    try:
        made = model.model_validate(document.data)
    except ValidationError as error:
        problems.extend(one for one in explain(error, path, document) if one.line not in refused)
        return None
    return None if refused else (made, document)


def _unique(rules: Iterator[LoadedRule], problems: list[Problem]) -> Iterator[LoadedRule]:
    seen: dict[str, str] = {}
    # Where two files have one id, the one that stands where the id says is right.
    for item in sorted(rules, key=lambda item: item.path != f"{item.rule.id.replace('.', '/', 1)}.yaml"):
        if item.rule.id in seen:
            what = f"the id {item.rule.id!r} is taken by {seen[item.rule.id]}"
            problems.append(item.problem("doubled_id", what, at=("id",), hint="the id is the file's path"))
            continue
        seen[item.rule.id] = item.path
        yield item


def _list(path: str, source: Source, problems: list[Problem]) -> TermList | None:
    found = _read_as(TermList, path, source, MAX_LIST_BYTES, problems)
    if found is None:
        return None
    term_list, document = found
    if f"{term_list.id}.yaml" != path:
        problems.append(
            Problem(
                path=path,
                line=document.line(("id",)),
                code="id_not_path",
                what=f"the id is {term_list.id!r}, the file is {path}",
                hint=f"rename the file to {term_list.id}.yaml, or the id",
            )
        )
        return None
    return term_list
