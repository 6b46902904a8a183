"""How far an article got, as a CMS or a spreadsheet gives it: CSV in UTF-8 (with or without BOM) or Shift_JIS."""

import csv
import io
import re
from datetime import date

from moderation.campaigns.campaign import Reach
from moderation.errors import FieldProblem, Invalid

MOST_ROWS = 5_000
_MOST = 10**12
_NAMES = {
    "day": ("day", "date", "日付", "日"),
    "views": ("views", "pv", "閲覧数", "表示回数", "ビュー"),
    "readers": ("readers", "unique_readers", "uu", "読者数", "ユニーク読者数", "ユーザー数"),
}
_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")


def read_reach_csv(data: bytes) -> list[Reach]:
    """The series of a file with the columns ``day``, ``views`` and, if known, ``readers``.

    Japanese headings are known too; an empty cell is "not known".

    Raises:
        Invalid: Naming each line, and how to put it right.
    """
    rows = list(csv.reader(io.StringIO(_text(data)), strict=False))
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise Invalid("The file is empty.", [_problem(1, "needs a heading: day,views,readers")])
    if len(rows) - 1 > MOST_ROWS:
        raise Invalid("The file is too long.", [_problem(MOST_ROWS + 2, f"send at most {MOST_ROWS:,} days")])
    places = _places(rows[0])
    problems: list[FieldProblem] = []
    found: dict[date, Reach] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        reach = _row(row, places, line, problems)
        if reach is not None and reach.day in found:
            problems.append(_problem(line, f"{reach.day} comes twice; add both up"))
        elif reach is not None:
            found[reach.day] = reach
    if not found and not problems:
        problems.append(_problem(2, "has no day"))
    if problems:
        raise Invalid("The reach cannot be read.", problems[:20])
    return [found[day] for day in sorted(found)]


def check_reach(given: list[Reach]) -> None:
    """Refuse a series that says nothing, or says a day twice. Raises Invalid."""
    problems = []
    seen: set[date] = set()
    for at, one in enumerate(given):
        if one.views is None and one.readers is None:
            problems.append(FieldProblem(pointer=f"/days/{at}", detail="needs views, readers, or both"))
        if one.day in seen:
            problems.append(FieldProblem(pointer=f"/days/{at}/day", detail=f"{one.day} comes twice"))
        seen.add(one.day)
    if problems:
        raise Invalid("The reach cannot be used.", problems)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid(
        "The file is neither UTF-8 nor Shift_JIS.",
        [_problem(1, "save it as CSV in UTF-8 (Excel: 「CSV UTF-8（コンマ区切り）」)")],
    )


def _places(heading: list[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in heading]
    places = {
        column: next((names.index(name) for name in known if name in names), -1)
        for column, known in _NAMES.items()
    }
    problems = []
    if places["day"] < 0:
        problems.append(_problem(1, "has no column day (or 日付)"))
    if places["views"] < 0 and places["readers"] < 0:
        problems.append(_problem(1, "has neither a column views (閲覧数) nor readers (読者数)"))
    if problems:
        raise Invalid("The reach cannot be read.", problems)
    return places


def _row(row: list[str], places: dict[str, int], line: int, problems: list[FieldProblem]) -> Reach | None:
    cells = {column: row[at].strip() if 0 <= at < len(row) else "" for column, at in places.items()}
    day = _day(cells["day"])
    if day is None:
        problems.append(_problem(line, f"{cells['day'][:40]!r} is not a day as 2026-08-01"))
    numbers: dict[str, int | None] = {}
    for column in ("views", "readers"):
        text = cells[column].replace(",", "")
        numbers[column] = int(text) if text.isdecimal() and int(text) <= _MOST else None
        if text and numbers[column] is None:
            problems.append(
                _problem(line, f"{column}: {cells[column][:40]!r} is not a whole number of 0 or more")
            )
    if day is None:
        return None
    if not cells["views"] and not cells["readers"]:
        problems.append(_problem(line, "says neither views nor readers; leave the line out"))
    return Reach(day=day, views=numbers["views"], readers=numbers["readers"])


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _problem(line: int, detail: str) -> FieldProblem:
    return FieldProblem(pointer=f"/line/{line}", detail=detail)
