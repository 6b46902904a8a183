"""pydantic's findings as problems that a rule author understands."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rules.conditions.tree import KINDS
from rules.problems import Problem, did_you_mean
from rules.rule import Rule
from rules.term_list import TermList
from rules.yaml_source import Document


def explain(error: ValidationError, path: str, document: Document) -> Iterator[Problem]:
    """One problem for each finding, at the line it is about."""
    if not isinstance(document.data, dict):
        yield Problem(path=path, line=1, code="not_a_mapping", what="the file has to be keys with values")
        return
    rule_id = document.data.get("id")
    for found in error.errors(include_url=False):
        code, what, hint = _words(found)
        yield Problem(
            path=path,
            line=document.line(_place(found)),
            code=code,
            what=what,
            hint=hint,
            rule_id=rule_id if isinstance(rule_id, str) else None,
        )


def _place(found: ErrorDetails) -> tuple[int | str, ...]:
    """Where to point at: a condition nobody knows is pointed at by its first key."""
    given = found["input"]
    if found["type"] == "condition_kind" and isinstance(given, dict) and given:
        return (*found["loc"], str(next(iter(given))))
    return found["loc"]


def _words(found: ErrorDetails) -> tuple[str, str, str | None]:
    kind, given, context = found["type"], found["input"], found.get("ctx", {})
    key = _key(found)
    what = f"{key!r}: {found['msg'][0].lower()}{found['msg'][1:]}, not {_short(given)}"
    told: tuple[str, str, str | None] = ("wrong_value", what, None)
    if kind == "extra_forbidden":
        told = "unknown_key", f"unknown key {key!r}", did_you_mean(key, _all_keys() - {key})
    elif kind == "missing":
        told = "missing_key", f"the key {key!r} is missing", None
    elif kind == "literal_error":
        expected = str(context.get("expected", ""))
        near = did_you_mean(
            str(given), [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
        )
        told = "unknown_word", f"{key!r} cannot be {_short(given)}", near or f"one of {expected}"
    elif kind == "condition_kind":
        told = "unknown_condition", *_unknown_condition(given)
    elif kind == "string_type" and isinstance(given, bool | int | float):
        told = "not_text", f"{given!r} is not text", f'write "{given}" in quotes'
    elif kind == "value_error":
        told = "wrong_value", f"{key!r}: {context.get('error', found['msg'])}", None
    return told


def _key(found: ErrorDetails) -> str:
    """The last key on the way; capitalised parts are pydantic's names of condition kinds."""
    keys = [part for part in found["loc"] if isinstance(part, str)]
    if found["type"] != "extra_forbidden":
        keys = [part for part in keys if not part[:1].isupper()]
    return keys[-1] if keys else "the rule"


def _unknown_condition(given: Any) -> tuple[str, str | None]:
    if not isinstance(given, Mapping):
        return f"a condition has keys and values, this is {_short(given)}", "for example `terms: [...]`"
    near = next(filter(None, (did_you_mean(str(key), KINDS) for key in given)), None)
    return f"no condition has the keys {', '.join(map(str, given))}", near or f"one of {', '.join(KINDS)}"


def _short(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - one terminal line


@cache
def _all_keys() -> frozenset[str]:

    names: set[str] = set()
    todo: list[type[BaseModel]] = [Rule, TermList]
    for model in todo:
        properties = model.model_json_schema()
        names |= set(properties["properties"])
        for definition in properties.get("$defs", {}).values():
            names |= set(definition.get("properties", {}))
    return frozenset(names)
