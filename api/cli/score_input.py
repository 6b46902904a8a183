"""What `ibasho score` reads: text lines, or JSON Lines with a text in each."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_LOOKS_LIKE_JSON = re.compile(rb'\s*\{\s*["}]')


class Form(StrEnum):
    """How a line is read; ``auto`` looks at the first line that is not empty."""

    AUTO = "auto"
    TEXT = "text"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: a text to score, or why it has none.

    Attributes:
        id: What the line calls itself; its number, as text, where it does not.
        text: What to score; None for a line that cannot be used.
        error: What is wrong with the line, and where.
    """

    id: str | int
    text: str | None = None
    error: str | None = None


def read_lines(lines: Iterable[bytes], *, form: Form, most: int) -> Iterator[Line]:
    """Lines in order; empty ones are skipped and still counted.

    Args:
        lines: As they come from a file.
        form: Text or JSON Lines.
        most: Longest text, in code points.
    """
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip(b"\r\n")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        if form is Form.AUTO:
            form = Form.JSONL if _LOOKS_LIKE_JSON.match(line) else Form.TEXT
        yield _line(line, number, form=form, most=most)


def _line(line: bytes, number: int, *, form: Form, most: int) -> Line:
    try:
        decoded = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return _bad(number, number, f"not UTF-8 from byte {error.start + 1} on; save the file as UTF-8")
    if form is Form.TEXT:
        return _checked(str(number), decoded, number, most)
    try:
        given = json.loads(decoded)
    except json.JSONDecodeError as error:
        return _bad(number, number, f"not JSON ({error.msg} at column {error.colno})")
    except RecursionError:
        return _bad(number, number, "not JSON that can be read (nested too deep)")
    if not isinstance(given, dict):
        return _bad(number, number, 'must be a JSON object such as {"id": "1", "text": "…"}')
    return _from_object(given, number, most)


def _from_object(given: dict[str, Any], number: int, most: int) -> Line:
    name = given.get("id", str(number))
    if isinstance(name, bool) or not isinstance(name, str | int):
        return _bad(number, number, f"`id` must be text or a whole number, got {_shown(name)}")
    if "text" not in given:
        return _bad(name, number, "lacks `text`")
    text = given["text"]
    if not isinstance(text, str):
        return _bad(name, number, f"`text` must be text, got {_shown(text)}")
    return _checked(name, text, number, most)


def _checked(name: str | int, text: str, number: int, most: int) -> Line:
    if len(text) > most:
        return _bad(name, number, f"`text` has {len(text):,} code points; at most {most:,} are scored")
    return Line(id=name, text=text)


def _bad(name: str | int, number: int, what: str) -> Line:
    return Line(id=name if name != number else str(number), error=f"line {number}: {what}")


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"  # noqa: PLR2004 - enough to recognise it by
