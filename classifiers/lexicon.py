"""The lexicon: expressions that say harm, found in folded text in one pass, judged only where they occur."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from classifiers.errors import LexiconError
from classifiers.lexicon_file import Entry, read_entries
from classifiers.lexicon_index import Found, LexiconIndex
from classifiers.lexicon_needles import EXCUSE
from classifiers.lexicon_stands import stands
from classifiers.views import Views

__all__ = ["LEXICON_FOLDER", "Entry", "Hit", "Lexicon"]

LEXICON_FOLDER: Final = Path(__file__).parent / "lexicon"


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found. Offsets into the folded text; ``masked`` where a mask hid a letter of it."""

    entry: Entry
    start: int
    end: int
    masked: bool


class Lexicon:
    """Entries compiled into one automaton. Immutable; safe to share between threads.

    ``index`` and ``version`` are given by who stored them beside the same entries; both take their time.
    """

    def __init__(
        self, entries: Iterable[Entry], *, index: LexiconIndex | None = None, version: str = ""
    ) -> None:
        self.entries: Final = tuple(entries)
        self.version: Final = version or _version(self.entries)
        self.index: Final = index or LexiconIndex.of(self.entries)

    @classmethod
    def load(cls, folder: Path = LEXICON_FOLDER) -> "Lexicon":
        """Read every ``*.yaml`` of a folder. Raises LexiconError naming every problem."""
        paths = sorted(folder.glob("*.yaml"))
        if not paths:
            raise LexiconError([f"{folder}: no lexicon files (*.yaml) here"])
        return cls(read_entries(paths))

    def by_category(self, category: str) -> tuple[Entry, ...]:
        """The entries that belong to a category, also as a further one."""
        return tuple(entry for entry in self.entries if category in entry.categories)

    def find(self, views: Views) -> list[Hit]:
        """Entries in a text, longest first. One that lies within a longer one of its category is left out."""
        found = self.index.find(views.folded)
        return self._judge(views, found) if found else []

    def _judge(self, views: Views, found: Sequence[Found]) -> list[Hit]:
        excused: dict[int, set[int]] = {}
        wanted: list[tuple[int, int, int, str, bool]] = []
        for start, end, index, kind, masked in found:
            if kind == EXCUSE:
                excused.setdefault(index, set()).update(range(start, end))
            else:
                wanted.append((start, -end, index, kind, masked))
        # From left to right, the longer first: a hit lies within an earlier one if it ends no later than any did.
        wanted.sort(key=_by_place)
        reached: dict[str, int] = {}
        hits: list[Hit] = []
        for start, minus_end, index, kind, masked in wanted:
            entry, end = self.entries[index], -minus_end
            if end <= reached.get(entry.category, 0):
                continue
            if index in excused and not excused[index].isdisjoint(range(start, end)):
                continue
            if start and views.folded[start - 1] in entry.not_after:
                continue
            if stands(views, start, end, kind):
                hits.append(Hit(entry, start, end, masked))
                reached[entry.category] = end
        hits.sort(key=_by_length)
        return hits

    def as_rows(self) -> list[dict[str, Any]]:
        """For JSON, what is as usual left out; ``from_rows`` is the way back."""
        return [
            {name: value for name in _NAMES if (value := getattr(entry, name)) != _USUAL[name]}
            for entry in self.entries
        ]

    @classmethod
    def from_rows(
        cls, rows: Iterable[dict[str, Any]], *, index: LexiconIndex | None = None, version: str = ""
    ) -> "Lexicon":
        """Build from ``as_rows``. Raises TypeError for rows of another shape."""
        return cls((_entry(**row) for row in rows), index=index, version=version)


_NAMES: Final = tuple(field.name for field in fields(Entry))
_USUAL: Final = {field.name: field.default for field in fields(Entry)}


def _entry(*, exceptions: Sequence[str] = (), also: Sequence[str] = (), **row: Any) -> Entry:
    return Entry(exceptions=tuple(exceptions), also=tuple(also), **row)


def _version(entries: Sequence[Entry]) -> str:
    """Short hash of what the entries say, whatever file and order they stand in."""
    rows = sorted(json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) for entry in entries)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def _by_place(wanted: tuple[int, int, int, str, bool]) -> tuple[int, int, int]:
    return wanted[:3]


def _by_length(hit: Hit) -> tuple[int, int]:
    return hit.start - hit.end, hit.start
