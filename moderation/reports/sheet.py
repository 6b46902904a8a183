"""Sheets: reports and inquiries as inquiry tools export them, CSV or JSON Lines, to bodies of the HTTP interface.

UTF-8 (with or without a mark) and Shift_JIS are read; anything else is refused with the line. A bad row is
named and left out; the others go on.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from moderation.errors import FieldProblem, Invalid
from moderation.trends.days import JST

_MARK = b"\xef\xbb\xbf"


class SheetKind(StrEnum):
    """What the rows are."""

    REPORTS = "reports"
    INQUIRIES = "inquiries"


_REPORT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "通報ID", "番号"),
    "reporter_id": ("reporter_id", "通報者ID", "通報者"),
    "subject_kind": ("subject_kind", "対象の種類"),
    "subject_id": ("subject_id", "対象ID", "対象"),
    "room_id": ("room_id", "配信枠ID", "配信ID"),
    "reason": ("reason", "理由"),
    "text": ("text", "内容", "本文"),
    "evidence": ("evidence", "証拠の発言ID"),
    "message_text": ("message_text", "発言の本文"),
    "author_id": ("author_id", "発言者ID"),
    "reported_at": ("reported_at", "通報日時", "日時"),
}
_INQUIRY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "お問い合わせID", "番号"),
    "topic": ("topic", "話題", "種別"),
    "text": ("text", "内容", "本文"),
    "sender_id": ("sender_id", "送信者ID"),
    "author_id": ("author_id", "対象者ID"),
    "room_id": ("room_id", "配信枠ID", "配信ID"),
    "case_id": ("case_id", "ケースID"),
    "ticket_id": ("ticket_id", "チケット番号"),
    "asked_at": ("asked_at", "受付日時", "日時"),
}
_NEEDED = {
    SheetKind.REPORTS: ("id", "reporter_id", "subject_id", "reason"),
    SheetKind.INQUIRIES: ("id", "topic", "text"),
}
_COLUMNS = {SheetKind.REPORTS: _REPORT_COLUMNS, SheetKind.INQUIRIES: _INQUIRY_COLUMNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row: its body, or what is wrong with it. ``line`` counts from 1 as an editor shows it."""

    line: int
    body: dict[str, Any] | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file that was read; ``encoding`` is what it was in."""

    encoding: str
    rows: tuple[SheetRow, ...] = field(default=())


def decode(raw: bytes) -> tuple[str, str]:
    """The text of a file and its encoding, ``UTF-8`` or ``Shift_JIS``.

    Raises:
        Invalid: It is in neither; the line and the byte are named.
    """
    try:
        return raw.removeprefix(_MARK).decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        broken = error
    try:
        return raw.decode("cp932"), "Shift_JIS"
    except UnicodeDecodeError:
        line = raw[: broken.start].count(b"\n") + 1
        detail = f"line {line}: neither UTF-8 nor Shift_JIS (byte {broken.start + 1}); save the file as UTF-8"
        raise Invalid("The file cannot be read.", [FieldProblem(pointer="/file", detail=detail)]) from None


def read_sheet(raw: bytes, kind: SheetKind, *, jsonl: bool) -> Sheet:
    """Read a file.

    Args:
        raw: Its bytes.
        kind: What its rows are.
        jsonl: JSON Lines, each a body as the HTTP interface takes it; CSV with a line of names otherwise.

    Raises:
        Invalid: The encoding is none we read, or a needed column is missing.
    """
    text, encoding = decode(raw)
    rows = _json_rows(text) if jsonl else _csv_rows(text, kind)
    return Sheet(encoding=encoding, rows=tuple(rows))


def _json_rows(text: str) -> Iterator[SheetRow]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            body = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            yield SheetRow(line=number, error=f"not JSON ({error})")
            continue
        if not isinstance(body, dict):
            yield SheetRow(line=number, error='must be an object such as {"id": "rp-1", …}')
        else:
            yield SheetRow(line=number, body=body)


def _csv_rows(text: str, kind: SheetKind) -> Iterator[SheetRow]:
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(reader, [])]
    places = {
        name: next((header.index(known) for known in names if known in header), None)
        for name, names in _COLUMNS[kind].items()
    }
    missing = [name for name in _NEEDED[kind] if places[name] is None]
    if missing:
        known = ", ".join(f"{name} ({'・'.join(_COLUMNS[kind][name][1:])})" for name in missing)
        problem = FieldProblem(
            pointer="/header", detail=f"lacks {known}; line 1 has {', '.join(header) or 'nothing'}"
        )
        raise Invalid("The file lacks columns.", [problem])
    make = _report_body if kind is SheetKind.REPORTS else _inquiry_body
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                given = {
                    name: cells[at].strip()
                    for name, at in places.items()
                    if at is not None and at < len(cells) and cells[at].strip()
                }
                yield _made(reader.line_num, given, make, kind)
    except csv.Error as error:
        yield SheetRow(line=reader.line_num, error=f"not CSV ({error}); is a quotation mark left open?")


def _made(line: int, given: Mapping[str, str], make: Any, kind: SheetKind) -> SheetRow:
    lacking = [name for name in _NEEDED[kind] if name not in given]
    if lacking:
        return SheetRow(line=line, error=f"lacks {', '.join(lacking)}")
    try:
        return SheetRow(line=line, body=make(given))
    except ValueError as error:
        return SheetRow(line=line, error=str(error))


def _report_body(given: Mapping[str, str]) -> dict[str, Any]:
    kind = given.get("subject_kind", "message")
    subject = {"kind": kind, "id": given["subject_id"]} | _some(given, "room_id")
    body: dict[str, Any] = {
        "id": given["id"],
        "reporter_id": given["reporter_id"],
        "subject": subject,
        "reason": given["reason"],
    } | _some(given, "text")
    if "evidence" in given:
        body["evidence"] = given["evidence"].split()
    if kind == "message" and "message_text" in given:
        body["message"] = {"text": given["message_text"]} | _some(given, "author_id", "room_id")
    return body | _time(given, "reported_at")


def _inquiry_body(given: Mapping[str, str]) -> dict[str, Any]:
    names = ("id", "topic", "text", "sender_id", "author_id", "room_id", "case_id", "ticket_id")
    return _some(given, *names) | _time(given, "asked_at")


def _some(given: Mapping[str, str], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


def _time(given: Mapping[str, str], name: str) -> dict[str, Any]:
    """A time as spreadsheets write it; without a zone it is Japan's."""
    if name not in given:
        return {}
    try:
        at = datetime.fromisoformat(given[name].replace("/", "-"))
    except ValueError as error:
        raise ValueError(f"{name} {given[name]!r} is no time; write 2026-05-01 13:30") from error
    return {name: (at if at.tzinfo else at.replace(tzinfo=JST)).isoformat()}
