"""The lexicon: expressions that say harm, found in folded text in one pass, judged only where they occur."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from daachorse import CharwiseDoubleArrayAhoCorasick

from classifiers.errors import LexiconError
from classifiers.lexicon_file import Entry, read_entries
from classifiers.lexicon_needles import EXCUSE, Needle, needles_of
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
    """Entries compiled into one automaton. Immutable; safe to share between threads."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: Final = tuple(entries)
        self.version: Final = _version(self.entries)
        self._needles: list[list[tuple[int, Needle]]] = []
        patterns: dict[str, int] = {}
        for index, entry in enumerate(self.entries):
            for needle in needles_of(entry):
                at = patterns.setdefault(needle.text, len(patterns))
                if at == len(self._needles):
                    self._needles.append([])
                self._needles[at].append((index, needle))
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(patterns)) if patterns else None

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
        if self._automaton is None:
            return []
        found = self._automaton.find_overlapping(views.folded)
        return self._judge(views, found) if found else []

    def _judge(self, views: Views, found: Sequence[tuple[int, int, int]]) -> list[Hit]:
        excused: dict[int, set[int]] = {}
        wanted: list[tuple[int, int, int, Needle]] = []
        for start, end, pattern in found:
            for index, needle in self._needles[pattern]:
                if needle.kind == EXCUSE:
                    excused.setdefault(index, set()).update(range(start, end))
                else:
                    wanted.append((start, -end, index, needle))
        # From left to right, the longer first: a hit lies within an earlier one if it ends no later than any did.
        wanted.sort(key=_by_place)
        reached: dict[str, int] = {}
        hits: list[Hit] = []
        for start, minus_end, index, needle in wanted:
            entry, end = self.entries[index], -minus_end
            if end <= reached.get(entry.category, 0):
                continue
            if index in excused and not excused[index].isdisjoint(range(start, end)):
                continue
            if stands(views, start, end, needle):
                hits.append(Hit(entry, start, end, needle.masked))
                reached[entry.category] = end
        hits.sort(key=_by_length)
        return hits

    def as_rows(self) -> list[dict[str, Any]]:
        """For JSON; ``from_rows`` is the way back."""
        return [asdict(entry) for entry in self.entries]

    @classmethod
    def from_rows(cls, rows: Iterable[dict[str, Any]]) -> "Lexicon":
        """Build from ``as_rows``. Raises TypeError for rows of another shape."""
        return cls(
            Entry(**{**row, "exceptions": tuple(row["exceptions"]), "also": tuple(row["also"])})
            for row in rows
        )


def _version(entries: Sequence[Entry]) -> str:
    """Short hash of what the entries say, whatever file and order they stand in."""
    rows = sorted(json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) for entry in entries)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def _by_place(wanted: tuple[int, int, int, Needle]) -> tuple[int, int, int]:
    return wanted[:3]


def _by_length(hit: Hit) -> tuple[int, int]:
    return hit.start - hit.end, hit.start
