"""How far an article got, as a CMS or a spreadsheet gives it: CSV in UTF-8 (with or without BOM) or Shift_JIS."""

import csv
import io
import re
import unicodedata
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
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


def read_reach_csv(data: bytes, *, today: date) -> list[Reach]:
    """The series of a file with the columns ``day``, ``views`` and, if known, ``readers``.

    Japanese headings and full-width figures are known too; an empty cell is "not known". Cells may be parted by tabs or
    semicolons as well.

    Args:
        data: The file.
        today: The last day that can have been counted.

    Raises:
        Invalid: Naming each line, and how to put it right.
    """
    rows = _rows(_text(data))
    if not rows:
        raise Invalid("The file is empty.", [_problem(1, "needs a heading: day,views,readers")])
    if len(rows) - 1 > MOST_ROWS:
        raise Invalid("The file is too long.", [_problem(rows[-1][0], f"send at most {MOST_ROWS:,} days")])
    heading, *days = rows
    places = _places(*heading)
    problems: list[FieldProblem] = []
    found: dict[date, Reach] = {}
    for line, row in days:
        if any(row[len(heading[1]) :]):
            detail = f"has {len(row)} cells, the heading {len(heading[1])}; put 1,200 in quotation marks"
            problems.append(_problem(line, detail))
            continue
        reach = _row(row, places, line, problems)
        if reach is not None and reach.day > today:
            problems.append(_problem(line, f"{reach.day} is still to come"))
        elif reach is not None and reach.day in found:
            problems.append(_problem(line, f"{reach.day} comes twice; add both up"))
        elif reach is not None:
            found[reach.day] = reach
    if not found and not problems:
        problems.append(_problem(heading[0] + 1, "has no day"))
    if problems:
        raise Invalid("The reach cannot be read.", problems[:20])
    return [found[day] for day in sorted(found)]


def check_reach(given: list[Reach], *, today: date) -> None:
    """Refuse a series that says nothing, a day twice, or one that is still to come. Raises Invalid."""
    problems = []
    seen: set[date] = set()
    for at, one in enumerate(given):
        if one.views is None and one.readers is None:
            problems.append(FieldProblem(pointer=f"/days/{at}", detail="needs views, readers, or both"))
        if one.day > today:
            problems.append(FieldProblem(pointer=f"/days/{at}/day", detail=f"{one.day} is still to come"))
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


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Lines that are not empty, with their number."""
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=_delimiter(text))
    try:
        rows = [(reader.line_num, [_plain(cell) for cell in row]) for row in reader]
        return [(line, row) for line, row in rows if any(row)]
    except csv.Error as wrong:
        problem = _problem(reader.line_num, f"{wrong}; is a quotation mark left open?")
        raise Invalid("The file is no CSV.", [problem]) from wrong


def _delimiter(text: str) -> str:
    """What parts the heading: cells that are copied from a spreadsheet come with tabs."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(",\t;", key=heading.count)


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _places(line: int, heading: list[str]) -> dict[str, int]:
    names = [cell.lower() for cell in heading]
    places = {
        column: next((names.index(name) for name in known if name in names), -1)
        for column, known in _NAMES.items()
    }
    problems = []
    if places["day"] < 0:
        problems.append(_problem(line, "has no column day (or 日付)"))
    if places["views"] < 0 and places["readers"] < 0:
        problems.append(_problem(line, "has neither a column views (閲覧数) nor readers (読者数)"))
    if problems:
        raise Invalid("The reach cannot be read.", problems)
    return places


def _row(row: list[str], places: dict[str, int], line: int, problems: list[FieldProblem]) -> Reach | None:
    cells = {column: row[at] if 0 <= at < len(row) else "" for column, at in places.items()}
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
