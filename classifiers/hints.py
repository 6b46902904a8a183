"""What to say of a word that is not among those that may stand there."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any


def unknown_key(given: Iterable[str], known: Sequence[str]) -> str:
    """The first key that is not known, and the nearest that is; empty if all are."""
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            return f"unknown key {name!r}; {hint}"
    return ""


def not_among(key: str, value: object, known: Sequence[str]) -> str:
    """What is wrong with a value that should be one of a few words; empty if it is one."""
    if value in known:
        return ""
    near = get_close_matches(str(value), known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}"
    return f"`{key}` has {value!r}; {hint}"


def not_flags(given: Mapping[str, Any], keys: Iterable[str]) -> str:
    """The first of these keys whose value is neither true nor false; empty if none is there."""
    for key in keys:
        if not isinstance(given.get(key, False), bool):
            return f"`{key}` must be true or false, got {given[key]!r}"
    return ""


def not_texts(given: Mapping[str, Any], keys: Iterable[str]) -> str:
    """The first of these keys whose value is not a list of texts; empty if none is there."""
    for key in keys:
        value = given.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return f"`{key}` must be a list of texts, got {value!r}"
    return ""


def first(problems: Iterable[str]) -> str:
    """The first that is not empty, or an empty text."""
    return next((problem for problem in problems if problem), "")
