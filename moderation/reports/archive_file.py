"""ZIP files for authorities and counsel: every file with its SHA-256, and how to check them."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moderation.trends.days import JST

SUMS = "SHA256SUMS"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def zipped(files: Mapping[str, bytes], *, now: datetime) -> bytes:
    """One ZIP with the files and ``SHA256SUMS``, which `sha256sum -c SHA256SUMS` checks.

    Args:
        files: Content by name.
        now: The time the files carry.
    """
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    made = io.BytesIO()
    stamp = now.astimezone(JST).timetuple()[:6]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, SUMS: sums.encode()}.items():
            archive.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def as_json(content: Any) -> bytes:
    """Readable JSON in UTF-8."""
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def as_csv(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """CSV that spreadsheets in Japan open as it is: UTF-8 with a mark; a cell can never become a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
